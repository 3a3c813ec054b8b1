import type { DatabaseWay } from '../../../activities/postgres/index.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabaseScenario } from '../../plans/scenario-plan.ts';
import { sessions } from '../../tools.ts';
import { see } from '../care/first-look.ts';

/** Where the way can end before a server has said a word. */
const before = ['name', 'port', 'encryption'];

/** How far one gets on the way to the database. */
export interface Reached {
  /** It answered a question. */
  answers: boolean;
  /** Something there spoke PostgreSQL, so that it may be asked more; also when nobody could look. */
  speaks: boolean;
  /** The first step that failed, as a sentence; null when none did, or nobody could look. */
  endsAt: string | null;
}

/** Goes the way to the database step by step. Source: iot-anomaly "4. Database Connectivity Issues", without a password on a command line. */
export async function reachDatabase(kit: Kit, { database, region }: DatabaseScenario): Promise<Reached> {
  const way = await see(kit, `Go the way to ${database} step by step`, () => sessions.reachDatabase({ database, region }), sayWay);
  kit.keep('way', way);
  const bad = way && endOf(way);
  return { answers: way !== null && !bad, speaks: !bad || !before.includes(bad.name), endsAt: bad?.detail ?? null };
}

/** The whole way again, at the end. */
export const proveReachable = (kit: Kit, plan: DatabaseScenario): Promise<void> =>
  awaitReachable(kit, plan, `Check that ${plan.database} answers a question`);

/** Waits for an answer of a database. */
export async function awaitReachable(
  { check }: Kit,
  { database, region }: Pick<DatabaseScenario, 'database' | 'region'>,
  sentence: string,
): Promise<void> {
  await check(sentence, () => sessions.awaitReachable({ database, region }));
}

/** The first step of the way that failed. */
export const endOf = ({ steps }: DatabaseWay) => steps.find(({ verdict }) => verdict === 'bad');
/** Where the way ends, as a sentence; undefined when it is open. */
export function sayEnd(way: DatabaseWay): string | undefined {
  const bad = endOf(way);
  return bad && `it ends at ${bad.name}: ${bad.detail}`;
}

const sayWay = (way: DatabaseWay): string => {
  const { steps } = way;
  const answers = `it answers: ${steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ')}`;
  return sayEnd(way) ?? answers;
};
