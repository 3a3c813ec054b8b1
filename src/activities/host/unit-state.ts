import { Failure } from '../../workflows/failures.ts';
import type { Trouble, WorkloadInstance, WorkloadState } from '../../workflows/ports/workload-state.ts';
import { failure, type HostPlace } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { ssh } from './ssh.ts';

const properties = [
  ...[
    'LoadState',
    'ActiveState',
    'SubState',
    'Result',
    'Type',
    'MainPID',
    'NRestarts',
    'InvocationID',
    'Job',
    'ConditionResult',
    'ConditionTimestampMonotonic',
  ],
  ...['ActiveEnterTimestamp', 'ActiveEnterTimestampMonotonic', 'InactiveExitTimestampMonotonic', 'ExecMainPID', 'ExecMainCode'],
  ...['ExecMainStatus', 'ExecMainExitTimestamp', 'MemoryCurrent', 'MemoryMax', 'CPUQuotaPerSecUSec'],
] as const;

export type UnitSeen = Readonly<Record<(typeof properties)[number], string>>;

/** What systemd tells of a unit. Throws Permanent when it answers something else. */
export async function readUnitOf(host: HostPlace): Promise<UnitSeen> {
  const { stdout } = await ssh(host, hostCommands.show(host.unit, properties));
  const seen = pairsOf(stdout) as Partial<UnitSeen>;
  if (seen.LoadState === undefined || seen.ActiveState === undefined)
    throw failure(Failure.Permanent, `systemctl on ${host.address} answered something else than was asked for`);
  return { ...(Object.fromEntries(properties.map((name) => [name, ''])) as UnitSeen), ...seen };
}

/** `Name=value` lines; the last one of a name counts. */
export const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  );

/** The unit as a workload of one copy, with what systemd says of it, and the kernel where something was killed. */
export async function readWorkloadOf(host: HostPlace): Promise<WorkloadState> {
  const [seen, events] = await Promise.all([readUnitOf(host), eventsOf(host)]);
  const killedBy = wasKilled(seen) ? await kernelOf(host, seen) : null;
  // Only a unit that was restarted needs its host's own time.
  const now = Number(seen.NRestarts) > 0 ? await clockOf(host) : null;
  const instance = instanceOf(host, seen, killedBy, now);
  return { wanted: 1, ready: instance.ready ? 1 : 0, instances: [instance], events };
}

/** Running, or done where one run is all that is meant. */
export const isUp = ({ ActiveState, SubState }: UnitSeen): boolean =>
  ActiveState === 'active' && (SubState === 'running' || SubState === 'exited' || SubState === 'listening');

export const sayUnit = ({ ActiveState, SubState, Result, InvocationID }: UnitSeen): string =>
  `${ActiveState} (${SubState})${Result === 'success' || Result === '' ? '' : `, ${Result}`}, invocation ${InvocationID || 'none'}`;

const wasKilled = (seen: UnitSeen): boolean => seen.ExecMainCode === '2' && seen.ExecMainStatus === '9';

async function eventsOf(host: HostPlace): Promise<string[]> {
  const { stdout } = await ssh(host, hostCommands.unitEvents(host.unit));
  const lines = stdout.split('\n').filter((line) => /^\d{4}-/.test(line));
  return lines.reverse().slice(0, 20);
}

/** True when the kernel says that it killed the main process for memory, false when it says nothing of it, null when it cannot be asked. */
async function kernelOf(host: HostPlace, { ExecMainPID }: UnitSeen): Promise<boolean | null> {
  try {
    const { stdout } = await ssh(host, hostCommands.kills());
    return stdout.split('\n').some((line) => line.includes(`Killed process ${ExecMainPID} `)) ? true : stdout === '' ? null : false;
  } catch {
    return null;
  }
}

/** The host's own time, in ms; null when it does not tell. */
async function clockOf(host: HostPlace): Promise<number | null> {
  const told = await ssh(host, hostCommands.clock()).catch(() => undefined);
  const ms = Number(told?.stdout.trim() || NaN) * 1_000;
  return Number.isFinite(ms) ? ms : null;
}

function instanceOf(host: HostPlace, seen: UnitSeen, kernel: boolean | null, now: number | null): WorkloadInstance {
  // Between two crashes it runs for a moment.
  const again = Number(seen.NRestarts) > 0 && isWithin(seen.ActiveEnterTimestamp, freshMs, now);
  const ready = isUp(seen) && !again;
  return {
    name: host.unit,
    incarnation: seen.InvocationID || 'none',
    ready,
    startedAt: seen.ActiveState === 'active' ? timeOf(seen.ActiveEnterTimestamp) : null,
    restarts: Number(seen.NRestarts) || 0,
    trouble: ready ? null : again && isUp(seen) ? 'crashing' : troubleOf(seen, kernel, now),
    lastEnd: endOf(seen, kernel),
    memory: { usedBytes: bytesOf(seen.MemoryCurrent), limitBytes: bytesOf(seen.MemoryMax) },
    cpuLimit: coresOf(seen.CPUQuotaPerSecUSec),
    release: null,
    node: host.address,
  };
}

/** A unit that was restarted so short a time ago may well end again; one that ended longer ago starts slowly. */
const freshMs = 60_000;
const recentMs = 10 * 60_000;

/** Whether a time is so short ago; a time that is not told may be. */
function isWithin(text: string, ms: number, now: number | null): boolean {
  const at = timeOf(text);
  return at === null ? text === '' : now === null || now - Date.parse(at) < ms;
}

/** Exit codes that systemd gives when it could not even set the program up (folder, user, namespace …). */
const isSetUp = (status: number): boolean => status >= 200 && status <= 245;

function troubleOf(seen: UnitSeen, kernel: boolean | null, now: number | null): Trouble {
  if (seen.LoadState !== 'loaded' || seen.Result === 'resources' || seen.Result === 'assert') return 'configuration';
  if (seen.ExecMainCode === '1' && isSetUp(Number(seen.ExecMainStatus))) return 'configuration';
  if (isForMemory(seen, kernel)) return 'memory';
  if (seen.ActiveState === 'failed' || seen.SubState === 'auto-restart') return 'crashing';
  // A unit that is not remembered any more has a result without ever having been asked.
  const unmet = seen.ConditionResult === 'no' && Number(seen.ConditionTimestampMonotonic) > 0;
  if (seen.ActiveState === 'inactive') return unmet ? 'configuration' : 'stopped';
  return Number(seen.NRestarts) > 0 && isWithin(seen.ExecMainExitTimestamp, recentMs, now) ? 'crashing' : 'not-ready';
}

/** With control groups of the first version systemd only sees a signal: then the kernel decides, and without it a limit that was set. */
function isForMemory(seen: UnitSeen, kernel: boolean | null): boolean {
  if (seen.Result === 'oom-kill') return true;
  if (!wasKilled(seen) || seen.ActiveState === 'active') return false;
  return kernel ?? (bytesOf(seen.MemoryMax) !== null && seen.Result === 'signal');
}

function endOf(seen: UnitSeen, kernel: boolean | null): WorkloadInstance['lastEnd'] {
  const at = timeOf(seen.ExecMainExitTimestamp);
  if (at === null) return null;
  const status = Number(seen.ExecMainStatus);
  if (seen.ExecMainCode === '1') return { code: status, reason: status === 0 ? 'it ended by itself' : `exit code ${status}`, at };
  if (!isForMemory(seen, kernel)) return { code: 128 + status, reason: `killed by signal ${status}`, at };
  const sure = seen.Result === 'oom-kill' || kernel === true;
  return {
    code: 128 + status,
    reason: sure ? 'OOM: killed for its memory' : 'killed by signal 9 while it had a memory limit: most likely OOM',
    at,
  };
}

/** `Sat 2026-11-21 14:55:13 UTC` → ISO 8601; null for an empty one. */
function timeOf(text: string): string | null {
  const [, day, time] = /^\S+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text) ?? [];
  return day === undefined ? null : `${day}T${time}Z`;
}

/** A number of bytes; null for `infinity`, `[not set]` and the largest number, which mean none. */
export const bytesOf = (text: string): number | null => (/^\d{1,16}$/.test(text) ? Number(text) : null);

const seconds: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3_600 };

/** `1s 500ms` of a processor in each second → 1.5 cores; null for `infinity`. */
export function coresOf(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h)\b/g)];
  const sum = parts.reduce((total, [, amount, unit]) => total + Number(amount) * seconds[unit!]!, 0);
  return parts.length === 0 ? null : Number(sum.toFixed(6));
}

/** Why it did not come up, for a person. */
export const whyDown = (seen: UnitSeen): string => `${sayUnit(seen)}, exit status ${seen.ExecMainStatus}`;
