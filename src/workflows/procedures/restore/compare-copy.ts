import type { CopyState } from '../../../activities/postgres/index.ts';
import { badFirst, fact, plainFact } from '../../facts/facts.ts';
import { proofFacts } from '../../facts/proof-facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import type { Endpoint } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { lossFacts } from './lost-writes.ts';
import { duration, inSeconds } from '../../../words/durations.ts';

/** What is known of a copy: the time that it was restored to, its name, and where it listens unless this is a dry run. */
export interface Restored {
  at: string;
  instance: string;
  endpoint: Endpoint | undefined;
}

/** Reads the copy through, so that the first customers do not wait for cold storage, and looks at what it holds; undefined in a dry run. */
export async function warmAndExamine(
  { step, measure, keep }: Kit,
  { database, region }: Pick<DatabasePlan, 'database' | 'region'>,
  { instance, endpoint }: Restored,
): Promise<CopyState | undefined> {
  await step(`Read ${instance} through once, so that it is warm`, async () => {
    const done = endpoint && (await postgres.warmUp({ database, region, endpoint }));
    if (!done) return 'not in a dry run';
    keep('warmUp', done);
    return `${done.pages} pages of ${done.relations} tables and indexes in ${duration(done.ms)}${done.complete ? '' : ', not all'}`;
  });
  const look = async () => (endpoint ? postgres.examineCopy({ database, region, endpoint }) : undefined);
  return measure(`Look at what ${instance} holds`, look, sayState);
}

/** What people must know before the copy takes over. */
export async function factsOfCopy(plan: DatabasePlan, { at, instance, endpoint }: Restored): Promise<Fact[]> {
  const { database, region } = plan;
  const [lost, state, settings, replicas] = await Promise.all([
    lossFacts(plan, { at, without: endpoint }),
    endpoint ? postgres.examineCopy({ database, region, endpoint }) : undefined,
    rds.compareSettings({ database, region, instance }),
    replicasOf(plan),
  ]);
  const source = `RDS in ${region}`;
  return badFirst([
    ...lost,
    ...integrityFacts('in the copy', state, instance),
    fact.count('settings', 'settings that differ from the old database', settings?.length ?? null, source, {
      verdict: settings === undefined ? 'unknown' : settings.length === 0 ? 'good' : 'bad',
    }),
    ...(settings ?? []).map(({ setting, source: old, restored }) =>
      fact.words(`setting/${setting}`, `setting ${setting}`, `${say(old)} became ${say(restored)}`, source, { verdict: 'bad' }),
    ),
    fact.time('restored-to', 'restored to', at, 'the plan', { verdict: 'good' }),
    ...sizeFacts('the copy', state, instance),
    ...replicas,
    ...proofFacts(plan),
  ]);
}

/** The environment's checks, one fact each. */
export function integrityFacts(where: string, state: Pick<CopyState, 'checks'> | undefined, source: string): Fact[] {
  if (!state || state.checks.length === 0) {
    const value = state ? 'the environment has no checks' : null;
    return [fact.words('integrity', `integrity ${where}`, value, source, { verdict: 'unknown' })];
  }
  return state.checks.map(({ name, value, holds }) =>
    plainFact(`integrity/${name}`, `${where}: ${name}`, holds ? true : value, source, { verdict: holds ? 'good' : 'bad' }),
  );
}

/** How much a server holds; only to be read. */
export function sizeFacts(what: string, state: CopyState | undefined, source: string): Fact[] {
  const known = { informational: true } as const;
  return [
    fact.time(`newest-row/${what}`, `newest row of ${what}`, state?.newest?.at ?? null, source, known),
    fact.count(`rows/${what}`, `rows of ${what}`, state?.rows ?? null, source, known),
    fact.bytes(`size/${what}`, `size of ${what}`, state?.bytes ?? null, source, known),
  ];
}

/** Replicas go on following the old database, so each is built anew afterwards. */
export async function replicasOf({ database, otherRegions }: DatabasePlan): Promise<Fact[]> {
  return Promise.all(
    otherRegions.map(async (region) => {
      const { role, status } = await rds.describeDatabase({ database, region });
      const { lagMs } = await postgres.replicationState({ database, region });
      const behind = lagMs === null ? '' : `, ${inSeconds(lagMs, 1)} behind`;
      const value = role === 'replica' ? `${status}${behind}; it will be built anew` : role;
      return fact.words(`replica/${region}`, `replica in ${region}`, value, `RDS and PostgreSQL in ${region}`, { informational: true });
    }),
  );
}

function sayState(state: CopyState | undefined): string {
  if (!state) return 'it is not there in a dry run';
  const broken = state.checks.filter(({ holds }) => !holds).map(({ name }) => name);
  const whole = broken.length === 0 ? `${state.checks.length} checks hold` : `does not hold: ${broken.join(', ')}`;
  return `${state.rows ?? 'unknown'} rows, the newest of ${state.newest?.at ?? 'unknown'}; ${whole}`;
}

const say = (value: unknown): string =>
  value === null || value === '' ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
