import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, named, proof, read, until } from '../kit/index.ts';
import { integrityOf, type IntegrityCheck } from './integrity.ts';
import { findWritesAfter, sumOfLedger, type AskedWrites, type LedgerRow, type WritesAfter } from './ledger.ts';
import { withSession, type Where } from './sql.ts';
import { hottestTables, readThrough, type WarmUp } from './warm-up.ts';

/** What a copy of a database holds. */
export interface CopyState {
  checks: IntegrityCheck[];
  /** Newest row of the ledger. */
  newest: LedgerRow | null;
  /** Rows of the ledger; null when there is none, or to count them takes too long. */
  rows: number | null;
  bytes: number;
  /** PostgreSQL counts one up with every restore, so that it tells a restored server from its source; null when it may not be read. */
  timeline: number | null;
}

type Copy = Where & { endpoint: { host: string; port: number } };

const warmUpMs = 5 * 60_000;
const instant = z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]);

/** Looking at data that is restored, or is to be. Nothing here writes. */
export function copyActivities(environment: Environment) {
  const examine = async (where: Where): Promise<CopyState> => {
    const [checks, { newest, rows }] = [await integrityOf(environment, where), await sumOfLedger(environment, where)];
    const [size] = await withSession(environment, where, 'read', (session) =>
      session.run<{ bytes: number }>('SELECT pg_database_size(current_database())::float8 AS bytes'),
    );
    return { checks, newest, rows, bytes: size!.bytes, timeline: await timelineOf(environment, where) };
  };

  return {
    /** Rows of the ledger after a time, which a restore to that time would lose. */
    writesAfter: read((asked: AskedWrites): Promise<WritesAfter> => findWritesAfter(environment, asked)),

    /** When the environment's checks passed last; null when it cannot tell. Throws Permanent when the answer is no time. */
    lastGoodMarker: read(async (where: Where): Promise<{ at: string | null }> => {
      const { lastGood } = named(environment.databases, where.database, 'database');
      if (!lastGood) return { at: null };
      const [row] = await withSession(environment, where, 'read', (session) => session.run<Record<string, unknown>>(lastGood.sql));
      const value = Object.values(row ?? {})[0] ?? null;
      if (value === null) return { at: null };
      const parsed = instant.safeParse(value);
      if (!parsed.success)
        throw failure(Failure.Permanent, `the last-good marker of ${where.database} is no time: ${JSON.stringify(value)}`);
      return { at: parsed.data.toISOString() };
    }),

    /** What a server that has been there before the run holds. */
    examineDatabase: read(examine),

    /** What a copy that the run has made holds. */
    examineCopy: proof((where: Copy): Promise<CopyState> => examine(where)),

    /** Waits until the server of a timeline answers under the database's own name, which takes minutes after a rename; any server when it is null. */
    awaitServer: proof(({ timeline, ...where }: Where & { timeline: number | null }) =>
      until(
        async () => {
          const found = await timelineOf(environment, where);
          const isIt = timeline === null || found === null || found === timeline;
          return isIt ? { is: { timeline: found } } : { notYet: 'another server answers under its name' };
        },
        { within: 14 * 60_000, what: `the database ${where.database} in ${where.region} to answer` },
      ),
    ),

    /** Reads the copy's tables and indexes once, for at most five minutes: what was just restored is slow at the first touch. */
    warmUp: proof(async ({ database, region, endpoint }: Copy): Promise<WarmUp> => {
      // Without the old database's counters every table is as hot as the other.
      const hottest = await hottestTables(environment, { database, region }).catch(() => []);
      return readThrough(environment, { database, region, endpoint }, hottest, warmUpMs);
    }),
  };
}

async function timelineOf(environment: Environment, where: Where): Promise<number | null> {
  return withSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ timeline: number }>('SELECT timeline_id AS timeline FROM pg_control_checkpoint()');
    return row!.timeline;
  }).catch((error: { code?: string }) => {
    if (error.code === '42501') return null;
    throw error;
  });
}
