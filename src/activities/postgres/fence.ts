import { escapeIdentifier } from 'pg';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, finding, type Seen, until } from '../kit/index.ts';
import { type Access, applicationName, withSession, type Session, type SessionLimits, type Where } from './sql.ts';

/** How a database stands towards writers. */
export interface FenceState {
  /** PostgreSQL's own name of the database. */
  name: string;
  /** New sessions are read-only. */
  fenced: boolean;
  /** Other sessions of clients; Muster's own do not count. */
  sessions: number;
  lsn: string;
}

/** When the setting was changed, by the server's clock: sessions from before still have the old one. */
export interface FenceAnswer {
  changedAt: string;
}

/** Sessions that did not let themselves be ended, e.g. those of a superuser. */
interface Refusals {
  count: number;
  words: string;
}

/** A primary that is slow, or seldom has a connection left, can still take writes: it is worth several tries. */
const stubborn: SessionLimits = { connectMs: 12_000, tries: 5 };
const inSession = <T>(environment: Environment, where: Where, access: Access, work: (session: Session) => Promise<T>): Promise<T> =>
  withSession(environment, where, access, work, stubborn);

const readOnlyTransaction = '25006';
/** PostgreSQL's setting that makes a fence. */
export const fenceSetting = 'default_transaction_read_only';
/** Who looks after the server for the provider of it: never a client, and nobody may end their sessions. */
const providers = ['rdsadmin', 'rdsrepladmin', 'rdsproxyadmin', 'cloudsqladmin', 'cloudsqlagent', 'azuresu', 'azure_superuser'];
const others = `datname = current_database() AND backend_type = 'client backend' AND application_name <> '${applicationName}'
  AND usename <> ALL ('{${providers.join(',')}}')`;

/** Statement that turns new sessions read-only, or back. */
export const fenceStatement = (name: string, fenced: boolean): string =>
  `ALTER DATABASE ${escapeIdentifier(name)} ${fenced ? `SET ${fenceSetting} = on` : `RESET ${fenceSetting}`}`;

/** Ends sessions from before the change, one by one, so that one that may not be ended keeps no other; waits up to 2 s until they are gone. */
export const endSessionsStatement = `DO $$
DECLARE one record; left_over int; kept int[] := '{}'; words text := '';
BEGIN
  FOR attempt IN 1..100 LOOP
    left_over := 0;
    FOR one IN SELECT pid, usename FROM pg_stat_activity
      WHERE ${others} AND backend_start < current_setting('muster.changed_at')::timestamptz AND pid <> ALL (kept) LOOP
      left_over := left_over + 1;
      BEGIN
        PERFORM pg_terminate_backend(one.pid);
      EXCEPTION WHEN OTHERS THEN
        kept := kept || one.pid;
        words := words || format('%s%s (pid %s): %s', CASE WHEN words = '' THEN '' ELSE '; ' END, one.usename, one.pid, SQLERRM);
      END;
    END LOOP;
    EXIT WHEN left_over = 0;
    PERFORM pg_sleep(0.02);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  PERFORM set_config('muster.kept', cardinality(kept)::text, false), set_config('muster.kept_words', left(words, 1000), false);
END $$`;

async function endSessions(session: Session): Promise<Refusals> {
  await session.run(endSessionsStatement, [], 'change');
  const [row] = await session.run<Refusals>(
    `SELECT current_setting('muster.kept')::int AS count, current_setting('muster.kept_words') AS words`,
  );
  return row!;
}

/** A session that was still signing in at the time of the change was not to be seen then, and is ended when it turns up. */
async function endStragglers(session: Session, changedAt: string | undefined): Promise<Refusals> {
  if (changedAt === undefined) return { count: 0, words: '' };
  await session.run(`SELECT set_config('muster.changed_at', $1, false)`, [changedAt]);
  return endSessions(session);
}

/** Reads how a database stands towards writers. */
export function readFence(environment: Environment, where: Where): Promise<FenceState> {
  return inSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<FenceState>(`SELECT current_database() AS name,
      current_setting('${fenceSetting}') = 'on' AS fenced,
      (SELECT count(*)::int FROM pg_stat_activity WHERE ${others}) AS sessions,
      (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS lsn`);
    return row!;
  });
}

/** Changes the setting and ends the sessions that still have the old one. */
export function setFence(environment: Environment, where: Where, name: string, fenced: boolean): Promise<FenceAnswer> {
  return inSession(environment, where, 'change', async (session) => {
    await session.run(fenceStatement(name, fenced), [], 'change');
    const [row] = await session.run<{ changed_at: string }>(
      `SELECT set_config('muster.changed_at', clock_timestamp()::text, false) AS changed_at`,
    );
    await endSessions(session);
    return { changedAt: row!.changed_at };
  });
}

/** Resolves when it is proven that nobody writes: a new session cannot, no old session lives, and no transaction that wrote is open. */
export function proveFenced(environment: Environment, where: Where, answer: FenceAnswer | undefined): Promise<{ lsn: string }> {
  // From here on it is closed whether or not the rest succeeds: whoever reads the failure must know.
  const what = `the database ${where.database} in ${where.region}, which is read-only for new sessions now, to have no writer`;
  return until(
    () =>
      inSession(environment, where, 'customer', async (session): Promise<Seen<{ lsn: string }>> => {
        const { older, writers } = await readWriters(session, answer?.changedAt);
        if (older > 0) {
          const { count, words } = await endStragglers(session, answer?.changedAt);
          if (count > 0)
            throw failure(
              Failure.Permanent,
              `${where.database} in ${where.region} is read-only for new sessions now, but ${count} of before may still write and cannot be ended by us: ${words}; have them ended and try again, or take the fence back`,
            );
        }
        if (await canWrite(session)) return { notYet: 'a new session can write' };
        if (writers.length > 0) return { notYet: writers.join(', ') };
        // Every acknowledged transaction is flushed, and all that is flushed lies before this position.
        const [row] = await session.run<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
        return { is: row! };
      }),
    { within: 15_000, what },
  );
}

/** Resolves when a new session can write and none is left that would refuse to. */
export async function proveUnfenced(environment: Environment, where: Where, answer: FenceAnswer | undefined): Promise<void> {
  await until(
    () =>
      inSession(environment, where, 'customer', async (session): Promise<Seen<true>> => {
        const { older } = await readOthers(session, answer?.changedAt);
        if (older > 0) {
          const { count, words } = await endStragglers(session, answer?.changedAt);
          if (count < older) return { notYet: `${older} sessions are still read-only` };
          finding('sessions that stay read-only', words);
        }
        return (await canWrite(session)) ? { is: true } : { notYet: 'a new session cannot write' };
      }),
    { within: 15_000, what: `the database ${where.database} in ${where.region} to take writes` },
  );
}

async function readWriters(session: Session, changedAt: string | undefined): Promise<{ older: number; writers: string[] }> {
  const { older, writing, prepared, exempt, sees } = await readOthers(session, changedAt);
  if (exempt > 0) throw failure(Failure.Permanent, `${exempt} roles are exempt from the fence by a setting of their own`);
  if (!sees) throw failure(Failure.Permanent, 'who writes cannot be seen: the role that Muster connects as needs pg_monitor');
  const writers = [
    ...(older > 0 ? [`${older} sessions from before the fence`] : []),
    ...(writing > 0 ? [`${writing} sessions with an open transaction that wrote`] : []),
    ...(prepared > 0 ? [`${prepared} prepared transactions`] : []),
  ];
  return { older, writers };
}

async function readOthers(session: Session, changedAt: string | undefined) {
  const [row] = await session.run<{ older: number; writing: number; prepared: number; exempt: number; sees: boolean }>(
    `SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE ${others} AND backend_start < $1::timestamptz) AS older,
      (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL) AS writing,
      (SELECT count(*)::int FROM pg_prepared_xacts WHERE database = current_database()) AS prepared,
      (SELECT count(*)::int FROM pg_db_role_setting WHERE setrole <> 0 AND '${fenceSetting}=off' = ANY (setconfig)) AS exempt,
      pg_has_role('pg_read_all_stats', 'usage') AS sees`,
    [changedAt ?? null],
  );
  return row!;
}

/** Tries a write as a customer's session would, and takes it back. */
async function canWrite(session: Session): Promise<boolean> {
  try {
    await session.run('BEGIN');
    await session.run('CREATE TEMPORARY TABLE muster_write_probe ()');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === readOnlyTransaction) return false;
    throw error;
  } finally {
    await session.run('ROLLBACK');
  }
}
