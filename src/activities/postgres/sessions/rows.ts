import { queryShape } from './query-shape.ts';
import { applicationName, type Session as Connection } from '../sql.ts';
import { duration } from '../../../words/durations.ts';

/** One session and no other: process numbers are used again, and then the start differs. */
export interface SessionId {
  pid: number;
  /** By the server's clock, to the microsecond. */
  backendStart: string;
}

/** Somebody's connection to the server. */
export interface Session extends SessionId {
  application: string;
  user: string;
  database: string;
  /** Address that it came from; null on the server itself. */
  client: string | null;
  state: string;
  /** Since it is in this state, in ms. */
  ageMs: number;
  /** How long its transaction is open; null without one. */
  transactionMs: number | null;
  /** When its newest statement began; null when it may not be seen. */
  queryStart: string | null;
  /** Its newest statement without values; null when it may not be seen. */
  shape: string | null;
}

/** A session with the reason why it must not be ended; null when it may be. */
export type Judged = Session & { spared: string | null };

interface Row extends Record<string, unknown> {
  pid: number;
  /** Null, with what follows it, when Muster's role may not see it. */
  backend_start: string | null;
  backend_type: string | null;
  application: string | null;
  role: string | null;
  database: string | null;
  client: string | null;
  state: string | null;
  age_ms: number | null;
  transaction_ms: number | null;
  query_start: string | null;
  query: string | null;
  superuser: boolean;
  may_signal: boolean;
}

/** Of pg_stat_activity; a role that is no monitor is not told what others are. */
export const isClient = `(backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL))`;
const mostRows = 1_000;
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const since = (column: string) => `greatest(0, 1000 * extract(epoch FROM clock_timestamp() - ${column}))::float8`;

/** Reads the sessions that a condition over `a` (pg_stat_activity) takes, but for the one that asks. */
export async function sessionsWhere(connection: Connection, condition: string, values: unknown[] = []): Promise<Judged[]> {
  const rows = await connection.run<Row>(
    `SELECT a.pid, ${instant('a.backend_start')} AS backend_start, a.backend_type, a.application_name AS application,
      a.usename AS role, a.datname AS database, host(a.client_addr) AS client, a.state, ${since('a.state_change')} AS age_ms,
      ${since('a.xact_start')} AS transaction_ms, ${instant('a.query_start')} AS query_start, left(a.query, 4000) AS query,
      coalesce(r.rolsuper, false) AS superuser,
      CASE WHEN coalesce(r.rolsuper, false) THEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        ELSE pg_has_role('pg_signal_backend', 'usage') OR coalesce(pg_has_role(a.usesysid, 'usage'), false) END AS may_signal
      FROM pg_stat_activity AS a LEFT JOIN pg_roles AS r ON r.oid = a.usesysid
      WHERE a.pid <> pg_backend_pid() AND (${condition}) ORDER BY a.state_change NULLS LAST, a.pid LIMIT ${mostRows}`,
    values,
  );
  return rows.map(judged);
}

function judged(row: Row): Judged {
  const shape = row.query === null || row.query === '<insufficient privilege>' ? null : queryShape(row.query);
  return {
    ...{ pid: row.pid, backendStart: row.backend_start ?? '', application: row.application ?? '', client: row.client, shape },
    ...{ user: row.role ?? '', database: row.database ?? '', state: row.state ?? row.backend_type ?? 'unknown' },
    ...{ ageMs: Math.round(row.age_ms ?? 0), transactionMs: row.transaction_ms === null ? null : Math.round(row.transaction_ms) },
    ...{ queryStart: row.query_start, spared: whySpared(row, shape) },
  };
}

const maintenance = /^\W*(vacuum|analyze|reindex|cluster|refresh|checkpoint|alter|create (unique )?index)\b/i;

function whySpared({ backend_type, application, superuser, may_signal, query }: Row, shape: string | null): string | null {
  if (backend_type === null) return 'Muster’s role may not see what it is: it lacks pg_monitor';
  if (backend_type === 'walsender') return 'a standby or a backup follows by it';
  if (backend_type === 'autovacuum worker' && /wraparound/.test(query ?? ''))
    return 'it keeps the transaction numbers from wrapping around';
  if (backend_type !== 'client backend') return `it is PostgreSQL's own (${backend_type})`;
  if (application === applicationName) return 'it is Muster’s own';
  if (superuser && (shape === null || maintenance.test(shape))) return 'it is maintenance by a superuser';
  if (!may_signal)
    return superuser ? 'only a superuser may end a superuser’s session' : 'Muster’s role may not end it: it lacks pg_signal_backend';
  return null;
}

/** One session in a few words. */
export const saySession = ({ pid, application, user, state, ageMs }: Session): string =>
  `${pid} (${application || user || 'no name'}, ${state} for ${duration(ageMs)})`;
