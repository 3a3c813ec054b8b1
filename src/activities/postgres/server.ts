import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { change, failure, isUnreachable, named, proof, read, until, verdictOf } from '../kit/index.ts';
import { copyActivities } from './copies.ts';
import { endSessionsStatement, fenceStatement, proveFenced, proveUnfenced, readFence, setFence, type FenceState } from './fence.ts';
import { integrityOf, type IntegrityCheck } from './integrity.ts';
import { findMissing } from './receipts.ts';
import { predictedStatement, withSession, type Where } from './sql.ts';

export type { CopyState } from './copies.ts';
export type { IntegrityCheck } from './integrity.ts';
export type { WritesAfter } from './ledger.ts';
export type { MissingOrders, Receipt } from './receipts.ts';

/** How a database stands; everything but `reachable` is null when it does not answer. */
export interface ReplicationState {
  reachable: boolean;
  inRecovery: boolean | null;
  /** A new session cannot write: it is a standby, or fenced. */
  readOnly: boolean | null;
  /** Its own setting makes new sessions read-only. A standby takes it over from its primary, and still has it when it is promoted. */
  fenced: boolean | null;
  /** When the last transaction that a standby has replayed was committed. */
  lastReplayedAt: string | null;
  /** How far a standby is behind, at most; null on a primary, and when it cannot be known. */
  lagMs: number | null;
  /** Position in the write-ahead log: replayed on a standby, written on a primary. */
  replayLsn: string | null;
  /** Sessions with an open transaction that has written. */
  writers: number | null;
}

type FenceFinding = FenceState & { so: boolean; found: string };

/**
 * PostgreSQL itself, through its driver. The fence is the database's own setting: new sessions are read-only and old ones are ended. It stops
 * every honest client; one that asks for a read-write transaction by name gets past it, so a fence is only as good as the proof after it.
 */
export function postgresActivities(environment: Environment) {
  return {
    ...copyActivities(environment),

    replicationState: read((where: Where) => readState(environment, where)),

    fenceDatabase: change({
      look: async (where: Where): Promise<FenceFinding> => {
        const state = await readFence(environment, where);
        return { ...state, so: state.fenced && state.sessions === 0, found: describe(where, state) };
      },
      predict: (where, { name, lsn }) => ({ calls: fenceCalls(where, name, true), result: { lsn } }),
      act: (where, { name }) => setFence(environment, where, name, true),
      prove: (where, _found, answer) => proveFenced(environment, where, answer),
    }),

    unfenceDatabase: change({
      look: async (where: Where): Promise<FenceFinding> => {
        const state = await readFence(environment, where);
        return { ...state, so: !state.fenced, found: describe(where, state) };
      },
      predictAnyway: true,
      predict: (where, { name }) => ({ calls: fenceCalls(where, name, false), result: undefined }),
      refuse: (where) => refuseSecondWriter(environment, where),
      act: (where, { name }) => setFence(environment, where, name, false),
      prove: (where, _found, answer) => proveUnfenced(environment, where, answer),
    }),

    /** Waits until a standby has replayed up to a position; at most 30 s an attempt. */
    awaitCaughtUp: proof(({ database, region, lsn }: Where & { lsn: string }) =>
      until(
        async () => {
          const { behind, replayed } = await readDistance(environment, { database, region }, lsn);
          return behind <= 0 ? { is: { replayLsn: replayed } } : { notYet: `${behind} bytes behind` };
        },
        { within: 30_000, what: `the database ${database} in ${region} to replay up to ${lsn}` },
      ),
    ),

    /** The environment's own questions to the data, in a session that cannot write. */
    checkIntegrity: read((where: Where): Promise<IntegrityCheck[]> => integrityOf(environment, where)),

    /** The same for a database that the run has just restored, which is not there in a dry run. */
    missingInRestored: proof((asked: { service: string; region: string; since?: string }) => findMissing(environment, asked)),

    missingOrders: read((asked: { service: string; region: string; since?: string }) => findMissing(environment, asked)),
  };
}

async function readState(environment: Environment, where: Where): Promise<ReplicationState> {
  try {
    return await withSession(environment, where, 'read', async (session) => {
      const [row] = await session.run<StateRow>(stateStatement);
      const { in_recovery, fenced, last_replayed_at, lag_ms, lsn, writers } = row!;
      return {
        ...{ reachable: true, inRecovery: in_recovery, fenced, readOnly: in_recovery || fenced, replayLsn: lsn, writers },
        lastReplayedAt: last_replayed_at?.toISOString() ?? null,
        lagMs: lag_ms === null ? null : Math.max(0, Math.round(lag_ms)),
      };
    });
  } catch (error) {
    if (!isUnreachable(error) && verdictOf(error) !== 'notYet') throw error;
    const unknown = { inRecovery: null, readOnly: null, fenced: null, lastReplayedAt: null, lagMs: null, replayLsn: null, writers: null };
    return { reachable: false, ...unknown };
  }
}

interface StateRow {
  in_recovery: boolean;
  fenced: boolean;
  last_replayed_at: Date | null;
  lag_ms: number | null;
  lsn: string | null;
  writers: number;
}

// The age of the last transaction grows while nobody writes; when all that was announced is replayed, the last message is the better clock.
const stateStatement = `SELECT pg_is_in_recovery() AS in_recovery,
  current_setting('default_transaction_read_only') = 'on' AS fenced,
  pg_last_xact_replay_timestamp() AS last_replayed_at,
  (CASE WHEN pg_is_in_recovery() THEN 1000 * extract(epoch FROM LEAST(
    clock_timestamp() - pg_last_xact_replay_timestamp(),
    (SELECT clock_timestamp() - last_msg_send_time FROM pg_stat_wal_receiver WHERE latest_end_lsn <= pg_last_wal_replay_lsn())
  )) END)::float8 AS lag_ms,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS lsn,
  (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL) AS writers`;

async function readDistance(environment: Environment, where: Where, lsn: string): Promise<{ behind: number; replayed: string }> {
  return withSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ behind: number; replayed: string }>(
      `SELECT pg_wal_lsn_diff($1::pg_lsn, position)::float8 AS behind, position::text AS replayed
        FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS position) AS now`,
      [lsn],
    );
    return row!;
  });
}

/** Two databases that take writes for one service drift apart, and cannot be joined again. */
async function refuseSecondWriter(environment: Environment, { database, region }: Where): Promise<void> {
  for (const other of Object.keys(named(environment.databases, database, 'database').regions)) {
    if (other === region) continue;
    const { reachable, readOnly } = await readState(environment, { database, region: other });
    if (reachable && !readOnly) {
      throw failure(
        Failure.RefusedBySafetyRule,
        `${database} takes writes in ${other}: lifting the fence in ${region} would give it two primaries`,
      );
    }
  }
}

function fenceCalls(where: Where, name: string, fenced: boolean) {
  return [predictedStatement(where, fenceStatement(name, fenced)), predictedStatement(where, endSessionsStatement)];
}

function describe({ database, region }: Where, { fenced, sessions }: FenceState): string {
  return `${database} in ${region} is ${fenced ? 'fenced' : 'not fenced'}, ${sessions} sessions of clients`;
}
