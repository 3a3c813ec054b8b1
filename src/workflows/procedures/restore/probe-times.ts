import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { nameBeside, type RestoreToTime } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { restoreBeside } from './beside.ts';

/** Where the last good time is looked for, in ms since 1970. */
interface Span {
  good: number;
  /** Somebody says that the data was good then; otherwise only a probe can. */
  known: boolean;
  bad: number;
  earliest: string | null;
  /** A time that people asked for is tried first, and taken when it is good. */
  first?: string;
}

interface Probe {
  at: string;
  /** Null when nobody could tell, as in a dry run. */
  holds: boolean | null;
}

/** RDS restores to whole seconds. */
const second = 1_000;

/** Halves the span between good and bad by restores that are only looked at and removed again; answers the last time that was found good. */
export async function probeTimes(kit: Kit, plan: RestoreToTime, span: Span): Promise<{ at: string; tried: Probe[] }> {
  const tried: Probe[] = [];
  let [good, bad, known] = [span.good, span.bad, span.known];
  const tryOut = async (at: string) => {
    const holds = await probe(kit, plan, tried.length + 1, at);
    tried.push({ at, holds });
    return holds;
  };
  if (span.first !== undefined) {
    if ((await tryOut(span.first)) !== false) return { at: span.first, tried };
    bad = Date.parse(span.first);
    good = known ? good : Math.min(bad, Date.parse(span.earliest ?? span.first));
  }
  while (tried.length < plan.probes) {
    const middle = Math.floor((good + bad) / 2 / second) * second;
    if (middle <= good || middle >= bad) break;
    if ((await tryOut(iso(middle))) === true) [good, known] = [middle, true];
    else bad = middle;
  }
  const at = await kit.measure(
    'Choose the last time that is known to be good',
    () => chosen(known, good, tried),
    (time) => time,
  );
  return { at, tried };
}

async function chosen(known: boolean, good: number, tried: readonly Probe[]): Promise<string> {
  if (known) return iso(good);
  const times = tried.map(({ at }) => at).join(', ');
  throw ApplicationFailure.nonRetryable(`needed a time at which the data is whole, have none: it was not at ${times}`, Failure.Permanent);
}

async function probe(kit: Kit, plan: RestoreToTime, number: number, at: string): Promise<boolean | null> {
  const { database, region } = plan;
  const instance = nameBeside(plan, `probe${number}`);
  const endpoint = await restoreBeside(kit, plan, { instance, at, why: `Probe ${number}` });
  const holds = await kit.measure(
    `Probe ${number}: ask whether the data was whole at ${at}`,
    async () => {
      const seen = endpoint && (await postgres.examineCopy({ database, region, endpoint }));
      if (!seen) return null;
      if (seen.checks.length > 0) return seen.checks.every((check) => check.holds);
      throw ApplicationFailure.nonRetryable(`needed integrity checks of ${database} to judge a probe, have none`, Failure.Permanent);
    },
    (whole) => (whole === null ? 'unknown' : whole ? 'it was' : 'it was not'),
  );
  await kit.step(`Probe ${number}: remove ${instance} again`, () => rds.removeInstance({ region, instance }));
  return holds;
}

const iso = (ms: number): string => new Date(ms).toISOString();
