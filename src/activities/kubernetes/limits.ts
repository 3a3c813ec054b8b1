import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Limits } from '../../workflows/ports/workload-state.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, currentStep, deploymentOf, failure, until } from '../kit/index.ts';
import { isRolledOut } from './deployment.ts';
import { livingOf, mainOf, readOwned, readWorkload } from './owned.ts';
import type { Container, Pod } from './pod-objects.ts';
import { amountOf, bytesText, coresText } from './quantity.ts';
import { noRoomFor, type ContainerLimits } from './room.ts';
import { ailingOf, endOf, troubleOf } from './trouble.ts';
import { kubectl, objectName, predictedKubectl, type Kubectl } from './kubectl.ts';

/** `back` is the way back to what was before: what crashed then may crash again. */
type Limited = ServiceRegion & { limits: Limits; back?: boolean };

const patience = 10 * 60_000;
const leastMemory = 4 * 1024 * 1024;
const leastCpu = 0.001;
const crashesThatTell = 3;

/** What the container that does the work may use at most. */
export function kubernetesLimitActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const object = (where: ServiceRegion) => `deployment/${objectName(at(where).deployment)}`;
  const setTo = ({ limits, ...where }: Limited, container: string): Kubectl => {
    const words = textsOf(limits).map(([key, text]) => `${key}=${text}`);
    return { kind: 'change', args: ['set', 'resources', object(where), '-c', objectName(container), `--limits=${words.join(',')}`] };
  };

  return {
    /**
     * Sets limits by a rollout; what is left out stays. `former` is what was there before, for the way back.
     * Source: pynomaly-kubernetes "Scenario 3", Increase memory limits.
     */
    limitPods: change({
      look: async (asked: Limited) => {
        textsOf(asked.limits);
        const wanted = await readWorkload(environment, asked);
        const main = mainOf(wanted);
        const now = limitsOf(main);
        // Another attempt finds the new limits there already.
        currentStep().carried.seen ??= JSON.stringify(now);
        return {
          so: isWithin(main, asked.limits),
          found: `${main.name} of ${object(asked)} has ${say(main)}`,
          main,
          now,
          replicas: wanted.spec.replicas,
        };
      },
      predict: (asked, { main, now }) => ({ calls: [predictedKubectl(at(asked), setTo(asked, main.name))], result: { former: now } }),
      refuse: async (asked, { now, replicas }) => {
        const why = await noRoomFor(at(asked), { from: now, to: asked.limits, replicas });
        if (why !== undefined) throw failure(Failure.RefusedBySafetyRule, `the limits of ${object(asked)} stay as they are: ${why}`);
      },
      act: async (asked, { main }) => void (await kubectl(at(asked), setTo(asked, main.name))),
      prove: async (asked, { main, now }) => {
        const { seen } = currentStep().carried;
        const former = seen === undefined ? now : (JSON.parse(seen) as ContainerLimits);
        await until(
          async () => {
            const owned = await readOwned(environment, asked);
            const living = livingOf(owned);
            const has = ({ spec }: Pod) =>
              isWithin(
                spec.containers.find(({ name }) => name === main.name),
                asked.limits,
              );
            const others = living.filter((pod) => !has(pod));
            const crashing = living.find((pod) => has(pod) && crashesAgain(pod, main.name));
            if (crashing && asked.back) return { is: true };
            if (crashing)
              throw failure(
                Failure.Permanent,
                `${crashing.metadata.name} has its new limits and crashes again: ${sayEnd(crashing, main.name)}`,
              );
            if (others.length === 0 && isRolledOut(owned.deployment)) return { is: true };
            return { notYet: `${others.length} of ${living.length} pods have others, or the new ones are not ready` };
          },
          { within: patience, what: `every pod of ${object(asked)} to have its new limits` },
        );
        return { former };
      },
    }),
  };
}

/** Limits in Kubernetes' words. Throws InvalidInput for what cannot be meant. */
function textsOf({ memoryBytes, cpu }: Limits): ['memory' | 'cpu', string][] {
  if (memoryBytes !== undefined && (!Number.isSafeInteger(memoryBytes) || memoryBytes < leastMemory))
    throw failure(Failure.InvalidInput, `${memoryBytes} bytes are no memory limit; use ${leastMemory} or more`);
  if (cpu !== undefined && (!Number.isFinite(cpu) || cpu < leastCpu)) throw failure(Failure.InvalidInput, `${cpu} is no number of cores`);
  if (memoryBytes === undefined && cpu === undefined) throw failure(Failure.InvalidInput, 'no limit is named');
  return [
    ...(memoryBytes === undefined ? [] : [['memory', bytesText(memoryBytes)] as ['memory', string]]),
    ...(cpu === undefined ? [] : [['cpu', coresText(cpu)] as ['cpu', string]]),
  ];
}

function limitsOf({ resources: { limits } }: Pick<Container, 'resources'>): ContainerLimits {
  return { memoryBytes: amountOf(limits['memory']), cpu: amountOf(limits['cpu']) };
}

function isWithin(container: Container | undefined, limits: Limits): boolean {
  return container !== undefined && textsOf(limits).every(([key, text]) => amountOf(container.resources.limits[key]) === amountOf(text));
}

/** Once may be bad luck, and what it needs may come late. */
function crashesAgain(pod: Pod, main: string): boolean {
  const trouble = troubleOf(pod, main, []);
  return (trouble === 'memory' || trouble === 'crashing') && (ailingOf(pod, main)?.restartCount ?? 0) >= crashesThatTell;
}

function sayEnd(pod: Pod, main: string): string {
  const ailing = ailingOf(pod, main);
  return (ailing && endOf(ailing)?.reason) ?? 'nobody knows why';
}

function say({ resources: { limits } }: Container): string {
  return `memory ${limits['memory'] ?? 'without limit'}, cpu ${limits['cpu'] ?? 'without limit'}`;
}
