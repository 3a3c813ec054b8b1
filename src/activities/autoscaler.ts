import type { Environment } from '../config/environment.ts';
import { Failure } from '../workflows/failures.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { change } from './support/change.ts';
import { failure } from './support/fail.ts';
import { autoscaler } from './support/kube-objects.ts';
import { kubectl, kubectlJson, objectName, predictedKubectl, type Kubectl } from './support/kubectl.ts';
import { until } from './support/poll.ts';
import { deploymentOf } from './support/service-places.ts';

type Held = ServiceRegion & { replicas: number };

/** Limits as they were before Muster held the autoscaler, e.g. `2..10`. */
const keptKey = 'muster/limits';
const patience = 30_000;

/** The HorizontalPodAutoscaler of a Deployment: held at one size while traffic moves, because it would fight a manual scale. */
export function autoscalerActivities(environment: Environment) {
  const nameOf = (where: ServiceRegion) => deploymentOf(environment, where).autoscaler;
  const read = async (where: ServiceRegion) => {
    const name = nameOf(where);
    if (name === undefined) return undefined;
    const args = ['get', 'horizontalpodautoscalers', objectName(name)];
    const { metadata, spec } = await kubectlJson(deploymentOf(environment, where), autoscaler, { kind: 'read', args });
    return { min: spec.minReplicas, max: spec.maxReplicas, kept: metadata.annotations[keptKey] };
  };
  const patch = (where: ServiceRegion, kept: string | null, min: number, max: number): Kubectl => {
    const merge = { metadata: { annotations: { [keptKey]: kept } }, spec: { minReplicas: min, maxReplicas: max } };
    const object = ['horizontalpodautoscalers', objectName(nameOf(where) ?? '')];
    return { kind: 'change', args: ['patch', ...object, '--type=merge', '-p', JSON.stringify(merge), '-o', 'json'] };
  };
  const limitsOf = (kept: string | undefined) =>
    /^(\d+)\.\.(\d+)$/
      .exec(kept ?? '')
      ?.slice(1)
      .map(Number) as [number, number] | undefined;
  const hold = ({ replicas, ...where }: Held, found: { min: number; max: number; kept: string | undefined }) =>
    patch(where, found.kept ?? `${found.min}..${found.max}`, replicas, replicas);
  const letGo = (where: ServiceRegion, kept: string | undefined) => {
    const limits = limitsOf(kept);
    if (!limits) throw failure(Failure.Permanent, `the autoscaler of ${where.service} in ${where.region} does not say its limits before`);
    return patch(where, null, ...limits);
  };
  const none = 'no autoscaler is named in the environment';

  return {
    /** Pins the autoscaler to a number of replicas and remembers its limits on it. */
    holdAutoscaler: change({
      look: async (asked: Held) => {
        if (!Number.isInteger(asked.replicas) || asked.replicas < 1)
          throw failure(Failure.InvalidInput, `an autoscaler cannot be held at ${asked.replicas} replicas`);
        const found = await read(asked);
        const so = found === undefined || (found.min === asked.replicas && found.max === asked.replicas);
        return { so, found: found ? `it scales from ${found.min} to ${found.max}` : none, now: found };
      },
      predict: (asked, { now }) => ({
        calls: now ? [predictedKubectl(deploymentOf(environment, asked), hold(asked, now))] : [],
        result: { held: now !== undefined },
      }),
      act: async (asked, { now }) => void (await kubectl(deploymentOf(environment, asked), hold(asked, now!))),
      prove: (asked) =>
        until(
          async () => {
            const now = await read(asked);
            if (!now) return { is: { held: false } };
            return now.min === asked.replicas && now.max === asked.replicas ? { is: { held: true } } : { notYet: 'its limits are others' };
          },
          { within: patience, what: `the autoscaler to be held at ${asked.replicas}` },
        ),
    }),

    /** Gives the autoscaler the limits back that it had. */
    releaseAutoscaler: change({
      look: async (where: ServiceRegion) => {
        const now = await read(where);
        return { so: now?.kept === undefined, found: now ? `it scales from ${now.min} to ${now.max}` : none, now };
      },
      predict: (where, { now }) => ({
        calls: now?.kept === undefined ? [] : [predictedKubectl(deploymentOf(environment, where), letGo(where, now.kept))],
        result: { held: false },
      }),
      act: async (where, { now }) => void (await kubectl(deploymentOf(environment, where), letGo(where, now?.kept))),
      prove: (where) =>
        until(async () => ((await read(where))?.kept === undefined ? { is: { held: false } } : { notYet: 'it is still held' }), {
          within: patience,
          what: 'the autoscaler to scale by itself again',
        }),
    }),
  };
}
