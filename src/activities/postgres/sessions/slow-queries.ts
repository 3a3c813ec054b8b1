import { escapeIdentifier } from 'pg';
import type { Environment } from '../../../config/environment.ts';
import { queryShape } from './query-shape.ts';
import { withSession, type Session as Connection, type Where } from '../sql.ts';

/** Statements of one shape. */
export interface SlowQuery {
  /** Without values; says so when Muster’s role may not see it (pg_monitor). */
  shape: string;
  /** How often it was called, or how many sessions run it now. */
  calls: number;
  totalMs: number;
  meanMs: number;
}

/** What takes the database's time, the most first; at most ten. */
export interface SlowQueries {
  /** Where it is from: PostgreSQL's statistics since `since`, or only what runs at this moment. */
  source: 'pg_stat_statements' | 'pg_stat_activity';
  since: string | null;
  queries: SlowQuery[];
}

export interface SlowAsked extends Where {
  /** What runs at this moment counts from this many ms on; 1 s unless said. */
  overMs?: number;
}

const most = 10;
const hidden = 'statements that Muster’s role may not see';
const notLoaded = '55000';

/** Reads which statements take most time; the statistics of `pg_stat_statements` where it is installed, else what runs for too long just now. */
export async function readSlowQueries(environment: Environment, { overMs = 1_000, ...where }: SlowAsked): Promise<SlowQueries> {
  const known = await withSession(environment, where, 'read', (connection) => fromStatistics(connection)).catch((error: unknown) => {
    // The extension is there, and the server was not started with it.
    if ((error as { code?: unknown }).code === notLoaded) return undefined;
    throw error;
  });
  return known ?? withSession(environment, where, 'read', (connection) => fromActivity(connection, overMs));
}

interface Row extends Record<string, unknown> {
  query: string | null;
  calls: number;
  total: number;
}

async function fromStatistics(connection: Connection): Promise<SlowQueries | undefined> {
  const [installed] = await connection.run<{ schema: string; modern: boolean }>(`SELECT n.nspname AS schema,
    EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relname = 'pg_stat_statements' AND c.relnamespace = n.oid AND a.attname = 'total_exec_time') AS modern
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`);
  if (!installed?.modern) return undefined;
  const schema = escapeIdentifier(installed.schema);
  const rows = await connection.run<Row>(
    `SELECT left(query, 4000) AS query, calls::float8 AS calls, total_exec_time::float8 AS total FROM ${schema}.pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY total_exec_time DESC LIMIT ${3 * most}`,
  );
  const [info] = await connection.run<{ since: Date | null }>(`SELECT stats_reset AS since FROM ${schema}.pg_stat_statements_info`);
  return { source: 'pg_stat_statements', since: info?.since?.toISOString() ?? null, queries: gathered(rows) };
}

async function fromActivity(connection: Connection, overMs: number): Promise<SlowQueries> {
  const rows = await connection.run<Row>(
    `SELECT left(query, 4000) AS query, 1::float8 AS calls, (1000 * extract(epoch FROM clock_timestamp() - query_start))::float8 AS total
      FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND state = 'active'
      AND pid <> pg_backend_pid() AND query_start <= clock_timestamp() - $1 * interval '1 ms' ORDER BY query_start LIMIT 500`,
    [overMs],
  );
  return { source: 'pg_stat_activity', since: null, queries: gathered(rows) };
}

/** Statements that differ in their values only are one. */
function gathered(rows: readonly Row[]): SlowQuery[] {
  const shapes = new Map<string, { calls: number; total: number }>();
  for (const { query, calls, total } of rows) {
    const shape = query === null || query === '<insufficient privilege>' ? hidden : queryShape(query);
    const so = shapes.get(shape) ?? { calls: 0, total: 0 };
    shapes.set(shape, { calls: so.calls + calls, total: so.total + total });
  }
  return [...shapes]
    .map(([shape, { calls, total }]) => ({ shape, calls, totalMs: Math.round(total), meanMs: Math.round(total / Math.max(1, calls)) }))
    .sort((a, b) => b.totalMs - a.totalMs)
    .slice(0, most);
}
