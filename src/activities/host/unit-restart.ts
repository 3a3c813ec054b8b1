import { hostCommands } from './commands.ts';
import { Failure } from '../../workflows/failures.ts';
import { activityContext, currentStep, failure, type HostPlace, until } from '../kit/index.ts';
import { ssh, type Remote } from './ssh.ts';
import { isUp, readUnitOf, sayUnit, whyDown, type UnitSeen } from './unit-state.ts';

export interface RestartFound {
  so: boolean;
  found: string;
  seen: UnitSeen;
}

const patience = 3 * 60_000;
/** So long it must have run to count as up. */
const steadySeconds = 2;

/**
 * Whether the unit was restarted since the step was asked for. The restarts that systemd makes by itself do not count: they raise their
 * number, and a person's or ours sets it back to nought.
 */
export async function lookForRestart(host: HostPlace): Promise<RestartFound> {
  const seen = await readUnitOf(host);
  mustBeLoaded(host, seen);
  const { carried, attempt } = currentStep();
  if (attempt === 1) carried.seen ??= JSON.stringify([seen.InvocationID, seen.NRestarts]);
  const so = carried.seen === undefined ? await startedSinceAsked(host, seen) : isAnotherStart(seen, carried.seen);
  return { so, found: `${host.unit} is ${sayUnit(seen)}`, seen };
}

/** Throws Permanent for a unit that systemd has not, or that is masked. */
export function mustBeLoaded(host: HostPlace, { LoadState }: UnitSeen): void {
  if (LoadState !== 'loaded') throw failure(Failure.Permanent, `systemd on ${host.address} says of ${host.unit}: ${LoadState}`);
}

function isAnotherStart({ InvocationID, NRestarts }: UnitSeen, before: string): boolean {
  const [invocation, restarts] = JSON.parse(before) as [string, string];
  return InvocationID !== '' && InvocationID !== invocation && Number(NRestarts) <= Number(restarts);
}

/** What the first attempt saw is lost: then the clock tells, the one of the host that nobody sets. */
async function startedSinceAsked(host: HostPlace, { InactiveExitTimestampMonotonic, NRestarts }: UnitSeen): Promise<boolean> {
  const asked = activityContext()?.info.scheduledTimestampMs ?? currentStep().startedAt;
  const started = Number(InactiveExitTimestampMonotonic) / 1e6;
  return started > (await uptimeOf(host)) - (Date.now() - asked) / 1_000 && Number(NRestarts) === 0;
}

async function uptimeOf(host: HostPlace): Promise<number> {
  const { stdout } = await ssh(host, hostCommands.uptime());
  const seconds = parseFloat(stdout);
  if (Number.isFinite(seconds)) return seconds;
  throw failure(Failure.Permanent, `${host.address} does not say since when it runs`);
}

/** The commands of a start or restart: too many starts before, which systemd does not always tell, would stand in the way of this one. */
export function startCommands({ unit }: HostPlace, verb: 'start' | 'restart', { ActiveState }: UnitSeen): Remote[] {
  // What is inactive systemd does not remember.
  const forget = ActiveState === 'inactive' ? [] : [hostCommands.forgetFailures(unit)];
  return [...forget, hostCommands[verb](unit)];
}

/** Waits until the unit has run for two seconds. Throws Permanent when systemd has given it up, NotYet when it does not come up. */
export async function proveUp(host: HostPlace, before: string | undefined): Promise<{ incarnation: string; startedAt: string | null }> {
  return until(
    async () => {
      const [seen, uptime] = [await readUnitOf(host), await uptimeOf(host)];
      const another = before === undefined || seen.InvocationID !== before;
      if (seen.ActiveState === 'failed' && another && seen.Job === '')
        throw failure(Failure.Permanent, `${host.unit} does not come up: ${whyDown(seen)}`);
      const ranFor = uptime - Number(seen.ActiveEnterTimestampMonotonic) / 1e6;
      if (!isUp(seen) || !another || ranFor < steadySeconds) return { notYet: whyDown(seen) };
      return { is: { incarnation: seen.InvocationID, startedAt: new Date(Date.now() - ranFor * 1_000).toISOString() } };
    },
    { within: patience, what: `${host.unit} to run` },
  );
}
