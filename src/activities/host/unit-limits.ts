import { Failure } from '../../workflows/failures.ts';
import type { Limits } from '../../workflows/ports/workload-state.ts';
import { failure, type HostPlace } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { ssh, sshUnless, type Remote } from './ssh.ts';
import { bytesOf, coresOf, readUnitOf, type UnitSeen } from './unit-state.ts';

/** Null means no limit. */
export interface UnitLimits {
  memoryBytes: number | null;
  cpu: number | null;
}

export interface LimitsFound {
  /** What holds now. */
  now: UnitLimits;
  /** Our own drop-in file; null when there is none. */
  text: string | null;
  seen: UnitSeen;
}

const leastMemory = 4 * 1024 * 1024;
const form =
  /^# Written by Muster\. Without this file: MemoryMax=(\d+|infinity) CPUQuota=(\d+%|infinity)\n\[Service\]\n(?:MemoryMax=(\d+|infinity)\n)?(?:CPUQuota=(\d+%)?\n)?$/;

/** What holds for a unit, and what our own file says. */
export async function readLimits(host: HostPlace): Promise<LimitsFound> {
  const [seen, file] = await Promise.all([readUnitOf(host), sshUnless(host, hostCommands.readDropIn(host.unit), [1])]);
  return { now: { memoryBytes: bytesOf(seen.MemoryMax), cpu: coresOf(seen.CPUQuotaPerSecUSec) }, text: file?.stdout ?? null, seen };
}

/** Throws InvalidInput for what can be no limit, before anything is asked of the host. */
export function mustBeLimits({ memoryBytes, cpu }: Limits): void {
  if (memoryBytes === undefined && cpu === undefined) throw failure(Failure.InvalidInput, 'no limit is named');
  if (memoryBytes !== undefined && (!Number.isSafeInteger(memoryBytes) || memoryBytes < leastMemory))
    throw failure(Failure.InvalidInput, `${JSON.stringify(memoryBytes)} is no memory limit; use ${leastMemory} bytes or more`);
  if (cpu !== undefined && !(Number.isFinite(cpu) && cpu >= 0.01 && cpu <= 4_096))
    throw failure(Failure.InvalidInput, `${JSON.stringify(cpu)} is no number of cores`);
}

/** The file that brings limits about, null when none is needed for them. Throws RefusedBySafetyRule when a person has edited it. */
export function wantedText({ now, text }: LimitsFound, limits: Limits): string | null {
  const { memoryBytes, cpu } = limits;
  const ours = text === null ? undefined : partsOf(text);
  const without = ours?.without ?? { memory: memoryText(now.memoryBytes), cpu: cpuText(now.cpu) };
  const memory = memoryBytes === undefined ? ours?.memory : memoryText(memoryBytes);
  const quota = cpu === undefined ? ours?.cpu : cpuText(cpu);
  if ((memory ?? without.memory) === without.memory && (quota ?? without.cpu) === without.cpu) return null;
  const lines = [...(memory === undefined ? [] : [`MemoryMax=${memory}`]), ...(quota === undefined ? [] : [`CPUQuota=${quota}`])];
  const first = `# Written by Muster. Without this file: MemoryMax=${without.memory} CPUQuota=${without.cpu}`;
  return `${[first, '[Service]', ...lines].join('\n')}\n`;
}

/** Checks a file that is to be put back. Throws InvalidInput for one that Muster would not write. */
export function mustBeOurs(text: string): void {
  if (!form.test(text)) throw failure(Failure.InvalidInput, 'the text is no drop-in file that Muster writes');
}

function partsOf(text: string) {
  const [whole, memoryBefore, cpuBefore, memory, cpu] = form.exec(text) ?? [];
  if (whole === undefined)
    throw failure(Failure.RefusedBySafetyRule, 'somebody has edited the drop-in file 90-muster.conf; rename it to keep it');
  return { without: { memory: memoryBefore!, cpu: cpuBefore! }, memory, cpu };
}

const memoryText = (bytes: number | null): string => (bytes === null ? 'infinity' : String(bytes));
const cpuText = (cores: number | null): string => (cores === null ? 'infinity' : `${Math.round(cores * 100)}%`);

/** What must hold with a file, as far as it says it. */
export function expected(text: string | null, found: LimitsFound): UnitLimits {
  const ours = text === null ? undefined : partsOf(text);
  const without = ours?.without ?? (found.text === null ? undefined : partsOf(found.text).without);
  if (!without) return found.now;
  const cpu = ours?.cpu ?? without.cpu;
  return { memoryBytes: bytesOf(ours?.memory ?? without.memory), cpu: cpu === 'infinity' ? null : parseInt(cpu, 10) / 100 };
}

/** The commands that put a file there, or take it away, and make systemd read it. */
export const limitCommands = ({ unit }: HostPlace, text: string | null): Remote[] => [
  text === null ? hostCommands.removeDropIn(unit) : hostCommands.writeDropIn(unit, text),
  hostCommands.reload(),
];

/** Throws RefusedBySafetyRule when the limit would kill what runs now, or is more than the host has. */
export async function refuseLimits(host: HostPlace, { seen }: LimitsFound, wanted: UnitLimits): Promise<void> {
  const { memoryBytes } = wanted;
  if (memoryBytes === null) return;
  const used = bytesOf(seen.MemoryCurrent);
  if (seen.ActiveState === 'active' && used !== null && used >= memoryBytes)
    throw failure(
      Failure.RefusedBySafetyRule,
      `${host.unit} uses ${used} bytes just now, and would be killed by a limit of ${memoryBytes}`,
    );
  const { stdout } = await ssh(host, hostCommands.memory());
  const total = Number(/^MemTotal:\s+(\d+) kB$/m.exec(stdout)?.[1]) * 1024;
  if (!(memoryBytes <= total))
    throw failure(
      Failure.RefusedBySafetyRule,
      `${host.address} has ${total || 'an unknown number of'} bytes of memory, fewer than ${memoryBytes}`,
    );
}

export const sameLimits = (a: UnitLimits, b: UnitLimits): boolean => a.memoryBytes === b.memoryBytes && a.cpu === b.cpu;

export const sayLimits = ({ memoryBytes, cpu }: UnitLimits): string =>
  `memory ${memoryBytes === null ? 'without a limit' : `up to ${memoryBytes} bytes`}, processor ${cpu === null ? 'without a limit' : `up to ${cpu} cores`}`;
