import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { change, failure, named, proof, read, until } from '../kit/index.ts';
import { copyActivities } from './copies.ts';
import { endSessionsStatement, fenceStatement, proveFenced, proveUnfenced, readFence, setFence, type FenceState } from './fence.ts';
import { integrityOf, type IntegrityCheck } from './integrity.ts';
import { type AskedMissing, findMissing } from './receipts.ts';
import { lookAtReturn, type Returned, type ReturnSeen } from './returned.ts';
import { predictedStatement, withSession, type Where } from './sql.ts';
import { readState, type Look } from './state.ts';

export type { CopyState } from './copies.ts';
export type { IntegrityCheck } from './integrity.ts';
export type { WritesAfter } from './ledger.ts';
export type { MissingOrders, Receipt } from './receipts.ts';
export type { Returned, ReturnSeen } from './returned.ts';
export type { ReplicationState } from './state.ts';

type FenceFinding = FenceState & { so: boolean; found: string };

/**
 * PostgreSQL itself, through its driver. The fence is the database's own setting: new sessions are read-only and old ones are ended. It stops
 * every honest client; one that asks for a read-write transaction by name gets past it, so a fence is only as good as the proof after it.
 */
export function postgresActivities(environment: Environment) {
  return {
    ...copyActivities(environment),

    /** Never throws because a database is lost, or refuses us. */
    replicationState: read((where: Look) => readState(environment, where)),

    /** Which of two databases is the promoted primary. */
    readReturn: read((asked: Returned): Promise<ReturnSeen> => lookAtReturn(environment, asked)),

    /** The same once a lost one answers again; throws NotYet until then. */
    awaitReturn: proof(async (asked: Returned): Promise<ReturnSeen> => {
      const seen = await lookAtReturn(environment, asked);
      if (seen.verdict === 'away') throw failure(Failure.NotYet, seen.why);
      return seen;
    }),

    /** Refuses, right before it acts, when `beside` is named and is not the promoted primary. */
    fenceDatabase: change({
      look: async (where: Where & Partial<Omit<Returned, keyof Where>>): Promise<FenceFinding> => {
        const state = await readFence(environment, where);
        return { ...state, so: state.fenced && state.sessions === 0, found: describe(where, state) };
      },
      predict: (where, { name, lsn }) => ({ calls: fenceCalls(where, name, true), result: { lsn } }),
      refuse: async ({ beside, ...asked }) => {
        if (beside !== undefined) await refuseLivePrimary(environment, { ...asked, beside });
      },
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
    missingInRestored: proof((asked: AskedMissing) => findMissing(environment, asked)),

    missingOrders: read((asked: AskedMissing) => findMissing(environment, asked)),
  };
}

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
export async function refuseSecondWriter(environment: Environment, { database, region }: Where): Promise<void> {
  for (const other of Object.keys(named(environment.databases, database, 'database').regions)) {
    if (other === region) continue;
    const { reachable, readOnly, refusal } = await readState(environment, { database, region: other });
    if (!reachable || readOnly) continue;
    const found = refusal === undefined ? `${database} takes writes in ${other}` : `${database} in ${other} may take writes, ${refusal}`;
    throw failure(Failure.RefusedBySafetyRule, `${found}: lifting the fence in ${region} would give it two primaries`);
  }
}

/** Throws RefusedBySafetyRule unless the other database is the promoted primary, or people took the doubt upon them. */
async function refuseLivePrimary(environment: Environment, asked: Returned): Promise<void> {
  const { verdict, why } = await lookAtReturn(environment, asked);
  if (verdict === 'proven' || (verdict === 'doubtful' && asked.accepted === true)) return;
  throw failure(Failure.RefusedBySafetyRule, why);
}

function fenceCalls(where: Where, name: string, fenced: boolean) {
  return [predictedStatement(where, fenceStatement(name, fenced)), predictedStatement(where, endSessionsStatement)];
}

function describe({ database, region }: Where, { fenced, sessions }: FenceState): string {
  return `${database} in ${region} is ${fenced ? 'fenced' : 'not fenced'}, ${sessions} sessions of clients`;
}
