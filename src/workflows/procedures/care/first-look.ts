import type { RecentChange } from '../../../activities/incident/index.ts';
import type { Observation } from '../../../activities/service/index.ts';
import type { Kit } from '../../kit/kit.ts';
import { notTried } from '../../kit/scope.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { incidents, releases } from '../../tools.ts';
import { careOf } from '../../ports/workload-care.ts';
import type { LogTail, WorkloadInstance, WorkloadState } from '../../ports/workload-state.ts';

/** What is seen before anything is touched. What could not be read is null. */
export interface FirstLook {
  state: WorkloadState | null;
  /** As independent places see it, over some seconds. */
  outside: Observation | null;
  /** Newest first. */
  changes: RecentChange[] | null;
  log: LogTail | null;
}

const lookMs = 4_000;
const changesOfHours = 24;
const logLines = 200;

/**
 * Looks from outside and inside, side by side, and keeps what a restart would destroy.
 * Source: "Investigation" and "Quick Health Assessment" of all five runbooks; nothing of it follows a log or watches without an end.
 */
export async function firstLook(kit: Kit, plan: Scenario): Promise<FirstLook> {
  const { service, region } = plan;
  const where = whereOf(plan);
  const care = careOf(plan.platform);
  const since = new Date(Date.now() - changesOfHours * 3_600_000).toISOString();
  kit.phase('Look');
  const [state, outside, changes, log] = await kit.parallel(
    () => see(kit, `Read what runs ${service} in ${region}`, () => care.state(where), sayState),
    () => see(kit, `See ${service} from outside`, () => releases.observeVantage({ ...where, forMs: lookMs, everyMs: 500 }), sayReadings),
    () => see(kit, 'Read what was changed lately', () => incidents.recentChanges({ service, since }), sayChanges),
    () => see(kit, 'Keep the end of its logs', () => care.logs({ ...where, lines: logLines }), sayLog),
  );
  const seen: FirstLook = { state, outside, changes, log };
  kit.keep('before', { ...seen, log: log && { lines: log.lines.slice(-20), cut: log.cut } });
  return seen;
}

/**
 * Reads what helps, and goes on without it when it cannot be read: a log that is gone must not hold up a restart. Null is what could not be
 * read, undefined what a dry run did not try.
 */
export async function see<T>(kit: Kit, sentence: string, read: () => Promise<T>, say: (seen: NonNullable<T>) => string): Promise<T | null> {
  return kit.measure(
    sentence,
    () => read().catch(() => null),
    (seen) => (seen === undefined ? notTried : seen === null ? 'cannot be read' : say(seen)),
  );
}

/** A workload in a sentence. */
export function sayState({ wanted, ready, instances }: WorkloadState): string {
  const troubled = instances.filter(({ trouble }) => trouble !== null).map(sayInstance);
  return `${ready} of ${wanted} ready${troubled.length > 0 ? `; ${troubled.slice(0, 3).join('; ')}` : ''}`;
}

/** One copy with what ails it. */
export function sayInstance({ name, trouble, restarts, lastEnd }: WorkloadInstance): string {
  const ended = lastEnd ? `, last ended by ${lastEnd.reason}${lastEnd.code === null ? '' : ` (${lastEnd.code})`}` : '';
  return `${name}: ${trouble ?? 'well'}${restarts > 0 ? `, ${restarts} restarts` : ''}${ended}`;
}

export const sayReadings = ({ good, readings, missing }: Observation): string =>
  `${good} of ${readings} readings good${missing > 0 ? `, ${missing} missing` : ''}`;

const sayChanges = (changes: RecentChange[]): string =>
  changes[0]
    ? `${changes.length} in ${changesOfHours} hours, the last: ${changes[0].what} at ${changes[0].at}`
    : `none in ${changesOfHours} hours`;

const sayLog = ({ lines, cut }: LogTail): string => `${lines.length} lines${cut ? ', older ones left out' : ''}`;
