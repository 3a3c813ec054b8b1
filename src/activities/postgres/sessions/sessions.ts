import type { Environment } from '../../../config/environment.ts';
import { readDisk, type DatabaseDisk } from './disk.ts';
import { walkTo, type DatabaseWay } from './way.ts';
import { proof, read, until } from '../../kit/index.ts';
import { endSessions } from './end.ts';
import { readSessions, type SessionsAsked, type SessionsSeen } from './list.ts';
import { readSlowQueries, type SlowAsked, type SlowQueries } from './slow-queries.ts';
import type { Where } from '../sql.ts';

export type { Archiver, DatabaseDisk } from './disk.ts';
export type { DatabaseWay, WayStep } from './way.ts';
export type { Blocker, NoConnectionLeft, Sessions, SessionsSeen } from './list.ts';
export type { Session, SessionId } from './rows.ts';
export type { SlowQueries, SlowQuery } from './slow-queries.ts';

/** Connections that are free again, of those that ordinary roles may have. */
export interface FreeConnections {
  free: number;
  of: number;
}

const patience = 60_000;
/** Room that is there for a moment only does not count. */
const steadyForMs = 5_000;

/** Who is connected to a database, what holds the others up, and how far one gets on the way to it. Values of statements are never read. */
export function postgresSessionActivities(environment: Environment) {
  return {
    /** Who holds the connections and the locks. That no connection is left to ask with is an answer. */
    readSessions: read((asked: SessionsAsked): Promise<SessionsSeen> => readSessions(environment, asked)),

    endSessions: endSessions(environment),

    /** Name, port, TLS, sign-in and one question, each with its time; what fails is an answer. */
    reachDatabase: read((where: Where): Promise<DatabaseWay> => walkTo(environment, where)),

    readSlowQueries: read((asked: SlowAsked): Promise<SlowQueries> => readSlowQueries(environment, asked)),

    /** What fills the database's disk, and what keeps its log from being removed. */
    readDiskOfDatabase: read((where: Where): Promise<DatabaseDisk> => readDisk(environment, where)),

    /** Waits until the whole way to the database is good. */
    awaitReachable: proof((where: Where) =>
      until(
        async () => {
          const way = await walkTo(environment, where);
          const bad = way.steps.find(({ verdict }) => verdict === 'bad');
          return bad ? { notYet: `${bad.name}: ${bad.detail}` } : { is: way };
        },
        { within: 2 * patience, what: `the database ${where.database} in ${where.region} to answer` },
      ),
    ),

    /** Waits until a share (0 to 1) of the connections that ordinary roles may have is free, and stays free for five seconds. */
    awaitFreeConnections: proof(({ freeShare, ...where }: Where & { freeShare: number }): Promise<FreeConnections> => {
      let freeSince: number | undefined;
      return until(
        async () => {
          const seen = await readSessions(environment, where);
          const now = 'full' in seen ? { free: 0, of: 0 } : freeOf(seen);
          const enough = now.of > 0 && now.free >= freeShare * now.of;
          freeSince = enough ? (freeSince ?? Date.now()) : undefined;
          if (freeSince !== undefined && Date.now() - freeSince >= steadyForMs) return { is: now };
          return { notYet: now.of === 0 ? 'none is free' : `${now.free} of ${now.of} are${enough ? ', and must stay so' : ''}` };
        },
        { within: patience, every: 1_000, what: `connections of ${where.database} in ${where.region} to be free` },
      );
    }),
  };
}

/** Muster's own connection is given back with the answer. */
function freeOf({ maxConnections, reserved, used }: Extract<SessionsSeen, { used: number }>): FreeConnections {
  const of = maxConnections - reserved;
  return { free: Math.max(0, of - (used - 1)), of };
}
