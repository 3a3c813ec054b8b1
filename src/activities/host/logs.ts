import { Failure } from '../../workflows/failures.ts';
import { activityContext, currentStep, failure, type HostPlace } from '../kit/index.ts';
import { hostCommands, rotationState } from './commands.ts';
import { ssh, sshUnless } from './ssh.ts';

/** What a database cannot live without: its log of changes and its files. */
const neverPattern =
  /(^|\/)(pg_wal|pg_xlog|pg_xact|pg_clog|base|global|pg_tblspc)(\/|$)|\.wal$|(^|\/)[0-9A-F]{24}(\.partial)?$|\.(ibd|frm|rdb|aof)$/i;

/** Throws InvalidInput for a path that is no log of the environment, RefusedBySafetyRule for one that is, or leads to, a database's files. */
export async function mustBeEmptied(host: HostPlace, path: string): Promise<void> {
  if (!host.logs.includes(path))
    throw failure(
      Failure.InvalidInput,
      `${JSON.stringify(path)} is no log of ${host.unit}; the environment names: ${host.logs.join(', ') || 'none'}`,
    );
  if (neverPattern.test(path)) throw failure(Failure.RefusedBySafetyRule, `${path} belongs to a database and is never emptied`);
  const real = (await sshUnless(host, hostCommands.realPath(path), [1]))?.stdout.trim();
  if (real !== undefined && neverPattern.test(real))
    throw failure(Failure.RefusedBySafetyRule, `${path} leads to ${real}, which belongs to a database and is never emptied`);
}

const units: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** What the journal takes on the disk, in bytes as far as journalctl tells them. */
export async function readJournalUse(host: HostPlace): Promise<number> {
  const { stdout } = await ssh(host, hostCommands.journalUse());
  const [, amount, unit] = /take up ([\d.]+)([BKMGT])/.exec(stdout) ?? [];
  if (unit === undefined) throw failure(Failure.Permanent, `journalctl on ${host.address} answered something else: ${stdout}`);
  return Math.round(Number(amount) * units[unit]!);
}

/** When Muster rotated last, by the host's clock; null for never. */
export async function lastRotation(host: HostPlace): Promise<string | null> {
  const seconds = await changedAt(host);
  return seconds === null ? null : new Date(seconds * 1_000).toISOString();
}

/** Whether the logs were rotated since the step was asked for. */
export async function startedToRotate(host: HostPlace): Promise<{ so: boolean; at: string | null }> {
  const [changed, { stdout }] = await Promise.all([changedAt(host), ssh(host, hostCommands.clock())]);
  const asked = activityContext()?.info.scheduledTimestampMs ?? currentStep().startedAt;
  const askedThere = parseFloat(stdout) - (Date.now() - asked) / 1_000;
  return { so: changed !== null && changed > askedThere, at: changed === null ? null : new Date(changed * 1_000).toISOString() };
}

async function changedAt(host: HostPlace): Promise<number | null> {
  const found = await sshUnless(host, hostCommands.changedAt(rotationState), [1]);
  return found ? parseFloat(found.stdout) : null;
}
