import { Failure } from '../../workflows/failures.ts';
import { type DeploymentPlace, failure } from '../kit/index.ts';
import { autoscaler } from './objects.ts';
import { kubectlJson, objectName, type Kubectl } from './kubectl.ts';

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

/** Pins it to one size; the limits that it had before are kept on it. */
export function holdAt(place: DeploymentPlace, replicas: number, { min, max, kept }: AutoscalerLimits): Kubectl {
  return patch(place, kept ?? `${min}..${max}`, replicas, replicas);
}

/** Gives it the limits back that it had. Throws Permanent when it does not say them. */
export function letGo(place: DeploymentPlace, kept: string | undefined): Kubectl {
  const limits = /^(\d+)\.\.(\d+)$/.exec(kept ?? '');
  if (!limits) throw failure(Failure.Permanent, `the autoscaler of ${place.deployment} does not say its limits before`);
  return patch(place, null, Number(limits[1]), Number(limits[2]));
}

/** Whether an autoscaler that is held at another size would undo this one. */
export function fights(limits: AutoscalerLimits | undefined, replicas: number): limits is AutoscalerLimits {
  // With no replicas at all it leaves a Deployment alone, and cannot be held at none.
  return limits?.kept !== undefined && replicas > 0 && (limits.min !== replicas || limits.max !== replicas);
}

function patch(place: DeploymentPlace, kept: string | null, min: number, max: number): Kubectl {
  const merge = { metadata: { annotations: { [keptKey]: kept } }, spec: { minReplicas: min, maxReplicas: max } };
  const object = ['horizontalpodautoscalers', objectName(place.autoscaler ?? '')];
  return { kind: 'change', args: ['patch', ...object, '--type=merge', '-p', JSON.stringify(merge), '-o', 'json'] };
}
