import type { Kit } from '../../kit/kit.ts';
import type { Scenario } from '../../plans/scenario-plan.ts';
import { sessions } from '../../tools.ts';
import { see } from '../care/first-look.ts';
import { awaitReachable, endOf, sayEnd } from '../database/reach.ts';

/** From this share of its connections on, a database takes no more users. */
const nearlyFull = 0.8;

/** Whether the database of a service answers and has room; without one that Muster knows, there is nothing to spare. */
export async function dependenciesAreWell(kit: Kit, { database, region }: Scenario): Promise<boolean> {
  if (database === null) return true;
  const where = { database, region };
  const [way, found] = await kit.parallel(
    () =>
      see(
        kit,
        `Go the way to ${database}`,
        () => sessions.reachDatabase(where),
        (seen) => sayEnd(seen) ?? 'it answers',
      ),
    () =>
      see(
        kit,
        `Read who holds the connections of ${database}`,
        () => sessions.readSessions(where),
        (seen) => ('full' in seen ? 'all are taken' : `${seen.used} of ${seen.maxConnections} taken, ${seen.waiting} wait for locks`),
      ),
  );
  kit.keep('database', { way, connections: found });
  const answers = way !== null && !endOf(way);
  return answers && found !== null && 'used' in found && found.used / found.maxConnections < nearlyFull;
}

/** What the database works on longest; the shape of each query, never its values. */
export async function readSlowQueries(kit: Kit, { database, region }: Scenario): Promise<void> {
  if (database === null) return;
  const read = () => sessions.readSlowQueries({ database, region });
  const say = ({ queries, source }: { queries: readonly { shape: string }[]; source: string }) =>
    queries[0] ? `by ${source}: ${queries[0].shape.slice(0, 120)}` : `none, by ${source}`;
  kit.keep('slowQueries', await see(kit, `Read which queries of ${database} take longest`, read, say));
}

/** Waits until the database takes questions, instead of sleeping and hoping. Source: observer-coordinator "Application Won't Start" (`sleep 30` there). */
export async function awaitDatabase(kit: Kit, { database, ...where }: Scenario): Promise<void> {
  if (database === null) return;
  await awaitReachable(kit, { database, ...where }, `Wait until ${database} takes questions`);
}
