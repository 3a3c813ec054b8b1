import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, deploymentOf, failure, until } from '../kit/index.ts';
import { type AutoscalerLimits, holdAt, letGo, readAutoscaler } from './autoscaler.ts';
import { kubectl, predictedKubectl } from './kubectl.ts';

type Held = ServiceRegion & { replicas: number };

const patience = 30_000;

/** The HorizontalPodAutoscaler of a Deployment: held at a least size while traffic moves, because it would take a manual scale back. */
export function autoscalerActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const read = (where: ServiceRegion) => readAutoscaler(at(where));
  const holds = ({ min, max }: AutoscalerLimits, { replicas }: Held) => min === replicas && max >= replicas;
  const none = 'no autoscaler is named in the environment';

  return {
    /** Has the autoscaler keep at least a number of replicas, and remembers its limits on it; it may still scale out. */
    holdAutoscaler: change({
      look: async (asked: Held) => {
        if (!Number.isInteger(asked.replicas) || asked.replicas < 1)
          throw failure(Failure.InvalidInput, `an autoscaler cannot be held at ${asked.replicas} replicas`);
        const found = await read(asked);
        const so = found === undefined || holds(found, asked);
        return { so, found: found ? `it scales from ${found.min} to ${found.max}` : none, now: found };
      },
      predict: (asked, { now }) => ({
        calls: now ? [predictedKubectl(at(asked), holdAt(at(asked), asked.replicas, now))] : [],
        result: { held: now !== undefined },
      }),
      act: async (asked, { now }) => void (await kubectl(at(asked), holdAt(at(asked), asked.replicas, now!))),
      prove: (asked) =>
        until(
          async () => {
            const now = await read(asked);
            if (!now) return { is: { held: false } };
            return holds(now, asked) ? { is: { held: true } } : { notYet: 'its limits are others' };
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
        calls: now?.kept === undefined ? [] : [predictedKubectl(at(where), letGo(at(where), now.kept))],
        result: { held: false },
      }),
      act: async (where, { now }) => void (await kubectl(at(where), letGo(at(where), now?.kept))),
      prove: (where) =>
        until(async () => ((await read(where))?.kept === undefined ? { is: { held: false } } : { notYet: 'it is still held' }), {
          within: patience,
          what: 'the autoscaler to scale by itself again',
        }),
    }),
  };
}
