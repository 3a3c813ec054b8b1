import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, composeOf, failure, type Finding, until } from '../kit/index.ts';
import { cpuOf, mustHaveContainers, readEngine, readMemory } from './containers.ts';
import type { Container, Engine } from './objects.ts';
import { docker, predictedDocker, type Docker } from './docker.ts';

/** What each container may use; null takes a limit away again, what is left out stays as it is. */
export interface ComposeLimits {
  memoryBytes?: number | null;
  cpu?: number | null;
}
type Limited = ServiceRegion & { limits: ComposeLimits };

interface Found extends Finding {
  containers: Container[];
  engine: Engine;
}

/** docker takes nothing smaller. */
const leastBytes = 6 * 1024 * 1024;
const leastCpu = 0.01;

/** What containers may use, set while they run. It lasts until they are made anew: the compose file has the last word then. */
export function composeLimitActivities(environment: Environment) {
  const at = (where: ServiceRegion) => composeOf(environment, where);

  const checked = ({ memoryBytes, cpu }: ComposeLimits) => {
    if (memoryBytes == null && cpu == null && memoryBytes !== null && cpu !== null)
      throw failure(Failure.InvalidInput, 'say which limit to set: memoryBytes, cpu or both');
    if (memoryBytes != null && (!Number.isSafeInteger(memoryBytes) || memoryBytes < leastBytes))
      throw failure(Failure.InvalidInput, `${memoryBytes} is no number of bytes from ${leastBytes} on`);
    if (cpu != null && !(Number.isFinite(cpu) && cpu >= leastCpu)) throw failure(Failure.InvalidInput, `${cpu} is no number of cores`);
  };
  /** docker cannot take a limit off a container that runs; what the whole machine has is none. */
  const meant = ({ memoryBytes, cpu }: ComposeLimits, { MemTotal, NCPU }: Engine) => ({
    ...(memoryBytes === undefined ? {} : { memoryBytes: memoryBytes ?? MemTotal }),
    ...(cpu === undefined ? {} : { cpu: cpu ?? NCPU }),
  });
  const isSo = (one: Container, limits: ComposeLimits, engine: Engine) => {
    const { memoryBytes, cpu } = meant(limits, engine);
    const memory = one.HostConfig.Memory;
    const memorySo = memoryBytes === undefined || memory === memoryBytes || (limits.memoryBytes === null && memory === 0);
    const cpuSo = cpu === undefined || cpuOf(one) === cpu || (limits.cpu === null && cpuOf(one) === null);
    return memorySo && cpuSo;
  };
  const update = ({ limits }: Limited, { containers, engine }: Found): Docker[] => {
    const { memoryBytes, cpu } = meant(limits, engine);
    return containers
      .filter((one) => !isSo(one, limits, engine))
      .map((one) => {
        const memory =
          memoryBytes === undefined ? [] : ['--memory', String(memoryBytes), '--memory-swap', String(swapFor(one, memoryBytes))];
        const cores = cpu === undefined ? [] : ['--cpus', String(cpu)];
        return { kind: 'change', args: ['update', ...memory, ...cores, one.Id] };
      });
  };

  return {
    /** Sets what each container may use. Source: iot-anomaly "5. Memory/Resource Exhaustion", "Increase resource limits". */
    limitCompose: change({
      look: async (asked: Limited): Promise<Found> => {
        checked(asked.limits);
        const [containers, engine] = await Promise.all([mustHaveContainers(at(asked)), readEngine(at(asked))]);
        return {
          ...{ so: containers.every((one) => isSo(one, asked.limits, engine)), containers, engine },
          found: containers.map((one) => `${one.Name} may use ${sayLimits(one)}`).join(', '),
        };
      },
      predict: (asked, found) => ({
        calls: update(asked, found).map((command) => predictedDocker(at(asked), command)),
        result: { containers: found.containers.map(({ Name }) => Name) },
      }),
      refuse: async ({ limits, ...where }, { containers, engine }) => {
        const { memoryBytes, cpu } = meant(limits, engine);
        const refuse = (why: string) => {
          throw failure(Failure.RefusedBySafetyRule, why);
        };
        if ((memoryBytes ?? 0) > engine.MemTotal) refuse(`the machine has ${engine.MemTotal} bytes of memory, not ${memoryBytes}`);
        if ((cpu ?? 0) > engine.NCPU) refuse(`the machine has ${engine.NCPU} cores, not ${cpu}`);
        const lowered = containers.filter(
          ({ HostConfig: { Memory } }) => memoryBytes !== undefined && (Memory === 0 || Memory > memoryBytes),
        );
        const used = lowered.length === 0 ? new Map<string, number>() : await readMemory(at(where), lowered);
        const over = lowered.find(({ Id }) => (used.get(Id) ?? 0) >= memoryBytes!);
        if (over) refuse(`${over.Name} uses ${used.get(over.Id)} bytes already: it would be killed at ${memoryBytes}`);
      },
      act: async (asked, found) => {
        for (const command of update(asked, found)) await docker(at(asked), command);
      },
      prove: ({ limits, ...where }) =>
        until(
          async () => {
            const [containers, engine] = await Promise.all([mustHaveContainers(at(where)), readEngine(at(where))]);
            const others = containers.filter((one) => !isSo(one, limits, engine));
            if (others.length > 0) return { notYet: others.map((one) => `${one.Name} may use ${sayLimits(one)}`).join(', ') };
            return { is: { containers: containers.map(({ Name }) => Name) } };
          },
          { within: 30_000, what: `the limits of ${where.service} to be set` },
        ),
    }),
  };
}

/** Swap that it may use beside its memory stays as much as it was; memory and swap are one number for docker. */
function swapFor({ HostConfig: { Memory, MemorySwap } }: Container, memoryBytes: number): number {
  if (MemorySwap < 0) return -1;
  return memoryBytes + (Memory > 0 && MemorySwap > Memory ? MemorySwap - Memory : 0);
}

function sayLimits(one: Container): string {
  const { Memory } = one.HostConfig;
  return `${Memory > 0 ? `${Memory} bytes` : 'all memory'} and ${cpuOf(one) ?? 'all'} cores`;
}
