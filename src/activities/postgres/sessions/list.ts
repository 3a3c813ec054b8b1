import type { Environment } from '../../../config/environment.ts';
import { redactText, sentenceOf, short } from '../../kit/index.ts';
import { isClient, sessionsWhere, type Judged, type Session } from './rows.ts';
import { withSession, type Session as Connection, type Where } from '../sql.ts';

/** The head of a queue of locks: it waits for nobody, and others wait for it. */
export interface Blocker extends Session {
  /** How many sessions wait behind it, also through others. */
  blocks: number;
}

/** Who holds the connections of a server. */
export interface Sessions {
  maxConnections: number;
  /** Of these, kept for superusers and for roles with `pg_use_reserved_connections`. */
  reserved: number;
  /** Taken by clients of all databases of the server; Muster's own one counts. */
  used: number;
  byState: { active: number; idle: number; idleInTransaction: number; idleInFailedTransaction: number; other: number };
  /** The ten that have most. */
  byApplication: { application: string; count: number }[];
  oldestTransactionMs: number | null;
  /** Those that may be ended, the longest first; at most 20. */
  idleInTransaction: Session[];
  /** Those that may be ended, with the most behind them first; at most 20. */
  blockers: Blocker[];
  /** What holds locks or a transaction open and must not be ended, with the reason. */
  spared: (Session & { why: string })[];
  /** Sessions that wait for a lock. */
  waiting: number;
  /** Of these, how many wait for a transaction that was prepared and has no session: only `ROLLBACK PREPARED` or `COMMIT PREPARED` ends it. */
  waitingForPrepared: number;
  /** Whether Muster's role sees what others do (pg_monitor); states and statements are missing otherwise. */
  seesAll: boolean;
}

/** No connection was left to ask with. */
export interface NoConnectionLeft {
  full: true;
  /** Whose connections are gone: all of the server, those that are not reserved, or those that this role or this database may have. */
  of: 'server' | 'unreserved' | 'role' | 'database';
  detail: string;
}

export type SessionsSeen = Sessions | NoConnectionLeft;

export interface SessionsAsked extends Where {
  /** Sessions count as idle in a transaction when they are so for this long, in ms; 0 unless said. */
  idleOverMs?: number;
}

const mostListed = 20;
const noConnection = '53300';

/** Reads who holds the connections; that none is left is an answer. Throws Transient when the server does not answer. */
export async function readSessions(environment: Environment, { idleOverMs = 0, ...where }: SessionsAsked): Promise<SessionsSeen> {
  try {
    return await withSession(environment, where, 'read', (connection) => ask(connection, idleOverMs));
  } catch (error) {
    if ((error as { code?: unknown }).code !== noConnection) throw error;
    return fullOf(error);
  }
}

function fullOf(error: unknown): NoConnectionLeft {
  const detail = short(redactText(sentenceOf(error)), 300);
  const of = /reserved/i.test(detail)
    ? 'unreserved'
    : /for role/i.test(detail)
      ? 'role'
      : /for database/i.test(detail)
        ? 'database'
        : 'server';
  return { full: true, of, detail };
}

interface Counted extends Record<string, unknown> {
  max: number;
  reserved: number;
  sees: boolean;
  oldest: number | null;
  counts: { state: string | null; application: string | null; count: number }[] | null;
  waits: { pid: number; by: number[] }[] | null;
}

async function ask(connection: Connection, idleOverMs: number): Promise<Sessions> {
  const [row] = await connection.run<Counted>(`SELECT current_setting('max_connections')::int AS max,
    current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
    pg_has_role('pg_read_all_stats', 'usage') AS sees,
    (SELECT max(1000 * extract(epoch FROM clock_timestamp() - xact_start))::float8 FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND ${isClient}) AS oldest,
    (SELECT json_agg(c) FROM (SELECT state, application_name AS application, count(*)::int AS count FROM pg_stat_activity
      WHERE ${isClient} GROUP BY 1, 2) AS c) AS counts,
    (SELECT json_agg(w) FROM (SELECT pid, pg_blocking_pids(pid) AS by
      FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid IS NOT NULL LIMIT 500) AS l) AS w) AS waits`);
  const { max: maxConnections, reserved, sees, oldest, counts, waits } = row!;
  const behind = queues((waits ?? []).filter(({ by }) => by.length > 0));
  const { 0: prepared, ...heads } = Object.fromEntries([...behind].map(([pid, waiting]) => [pid, waiting.size]));
  const pids = Object.keys(heads).map(Number);
  const idle = `a.backend_type = 'client backend' AND a.state LIKE 'idle in transaction%' AND a.state_change <= clock_timestamp() - $2 * interval '1 ms'`;
  const found = await sessionsWhere(connection, `a.pid = ANY($1::int[]) OR (${idle})`, [pids, idleOverMs]);
  const isIdle = ({ state, ageMs }: Judged) => state.startsWith('idle in transaction') && ageMs >= idleOverMs;
  const mayEnd = found.filter(({ spared }) => spared === null);
  return {
    ...{ maxConnections, reserved, seesAll: sees, waitingForPrepared: prepared ?? 0 },
    used: sum(counts ?? []),
    byState: statesOf(counts ?? []),
    byApplication: applicationsOf(counts ?? []),
    oldestTransactionMs: oldest === null ? null : Math.max(0, Math.round(oldest)),
    idleInTransaction: mayEnd.filter(isIdle).slice(0, mostListed).map(plain),
    blockers: mayEnd
      .flatMap((one) => (heads[one.pid] === undefined ? [] : [{ ...plain(one), blocks: heads[one.pid]! }]))
      .sort((a, b) => b.blocks - a.blocks)
      .slice(0, mostListed),
    spared: found.flatMap((one) => (one.spared === null ? [] : [{ ...plain(one), why: one.spared }])).slice(0, mostListed),
    waiting: (waits ?? []).length,
  };
}

/** For each head of a queue, who waits behind it; 0 stands for a prepared transaction. */
function queues(waits: readonly { pid: number; by: number[] }[]): Map<number, Set<number>> {
  const waitsFor = new Map(waits.map(({ pid, by }) => [pid, by]));
  const behind = new Map<number, Set<number>>();
  for (const { pid } of waits) {
    const seen = new Set<number>();
    const above = [...waitsFor.get(pid)!];
    for (let next = above.pop(); next !== undefined; next = above.pop()) {
      if (seen.has(next) || next === pid) continue;
      seen.add(next);
      const further = waitsFor.get(next);
      if (further) above.push(...further);
      else behind.set(next, (behind.get(next) ?? new Set()).add(pid));
    }
  }
  return behind;
}

const sum = (counts: readonly { count: number }[]): number => counts.reduce((total, { count }) => total + count, 0);

function statesOf(counts: NonNullable<Counted['counts']>): Sessions['byState'] {
  const of = (...states: string[]) => sum(counts.filter(({ state }) => state !== null && states.includes(state)));
  const [active, idle] = [of('active'), of('idle')];
  const [idleInTransaction, idleInFailedTransaction] = [of('idle in transaction'), of('idle in transaction (aborted)')];
  const other = sum(counts) - active - idle - idleInTransaction - idleInFailedTransaction;
  return { active, idle, idleInTransaction, idleInFailedTransaction, other };
}

function applicationsOf(counts: NonNullable<Counted['counts']>): Sessions['byApplication'] {
  const names = new Set(counts.map(({ application }) => application ?? ''));
  const all = [...names].map((application) => ({
    application,
    count: sum(counts.filter((one) => (one.application ?? '') === application)),
  }));
  return all.sort((a, b) => b.count - a.count).slice(0, 10);
}

function plain({ spared: _, ...session }: Judged): Session {
  return session;
}
