import { Failure } from '../../workflows/failures.ts';
import { type DeploymentPlace, failure, finding } from '../kit/index.ts';
import { autoscaler, autoscalers } from './objects.ts';
import { kubectlJson, lookAside, objectName, type Kubectl } from './kubectl.ts';

/** Limits as they were before Muster held the autoscaler, e.g. `2..10`. */
const keptKey = 'muster/limits';

export interface AutoscalerLimits {
  min: number;
  max: number;
  /** The limits before it was held; undefined when Muster does not hold it. */
  kept: string | undefined;
}

/** The limits of a Deployment's autoscaler; undefined when the environment names none. */
export async function readAutoscaler(place: DeploymentPlace): Promise<AutoscalerLimits | undefined> {
  if (place.autoscaler === undefined) return undefined;
  const args = ['get', 'horizontalpodautoscalers', objectName(place.autoscaler)];
  const { metadata, spec } = await kubectlJson(place, autoscaler, { kind: 'read', args });
  return { min: spec.minReplicas, max: spec.maxReplicas, kept: metadata.annotations[keptKey] };
}

/** An autoscaler that the environment does not name and that scales the Deployment; undefined when none does, or we may not look. */
async function findStranger(place: DeploymentPlace): Promise<{ name: string; min: number; max: number } | undefined> {
  const seen = await lookAside('autoscalers', kubectlJson(place, autoscalers, { kind: 'read', args: ['get', 'horizontalpodautoscalers'] }));
  if ('none' in seen) {
    finding('autoscalers of the Deployment', seen.none);
    return undefined;
  }
  const found = seen.items.find(
    ({ metadata, spec: { scaleTargetRef: target } }) =>
      target.kind === 'Deployment' && target.name === place.deployment && metadata.name !== place.autoscaler,
  );
  return found && { name: found.metadata.name, min: found.spec.minReplicas, max: found.spec.maxReplicas };
}

/** Throws RefusedBySafetyRule when an autoscaler that nobody named would undo a size: it cannot be held then. */
export async function refuseStranger(place: DeploymentPlace, replicas: number): Promise<void> {
  const stranger = await findStranger(place);
  if (!stranger || replicas === 0 || (replicas >= stranger.min && replicas <= stranger.max)) return;
  throw failure(
    Failure.RefusedBySafetyRule,
    `the autoscaler ${stranger.name} keeps deployment/${place.deployment} between ${stranger.min} and ${stranger.max}, and would undo ${replicas} replicas: name it in the environment, so that it is held`,
  );
}

/** Raises its minimum, or lowers it to a smaller size; it may go on to scale out. The limits that it had before are kept on it. */
export function holdAt(place: DeploymentPlace, replicas: number, { min, max, kept }: AutoscalerLimits): Kubectl {
  const before = Number(/\d+$/.exec(kept ?? '')?.[0] ?? max);
  return patch(place, kept ?? `${min}..${max}`, replicas, Math.max(replicas, before));
}

/** Gives it the limits back that it had. Throws Permanent when it does not say them. */
export function letGo(place: DeploymentPlace, kept: string | undefined): Kubectl {
  const limits = /^(\d+)\.\.(\d+)$/.exec(kept ?? '');
  if (!limits) throw failure(Failure.Permanent, `the autoscaler of ${place.deployment} does not say its limits before`);
  return patch(place, null, Number(limits[1]), Number(limits[2]));
}

/** Whether an autoscaler would undo this size: it is held at another one, or has limits that leave it out. */
export function fights(limits: AutoscalerLimits | undefined, replicas: number): limits is AutoscalerLimits {
  // With no replicas at all it leaves a Deployment alone, and cannot be held at none.
  if (limits === undefined || replicas === 0) return false;
  const held = limits.kept !== undefined && (limits.min !== replicas || limits.max < replicas);
  return held || replicas < limits.min || replicas > limits.max;
}

function patch(place: DeploymentPlace, kept: string | null, min: number, max: number): Kubectl {
  const merge = { metadata: { annotations: { [keptKey]: kept } }, spec: { minReplicas: min, maxReplicas: max } };
  const object = ['horizontalpodautoscalers', objectName(place.autoscaler ?? '')];
  return { kind: 'change', args: ['patch', ...object, '--type=merge', '-p', JSON.stringify(merge), '-o', 'json'] };
}
