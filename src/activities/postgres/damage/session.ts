import { escapeLiteral, type QueryResultRow } from 'pg';
import type { Environment } from '../../../config/environment.ts';
import { sentenceOf, until } from '../../kit/index.ts';
import { mostListed, type BadRow, type BadRows } from './damage.ts';
import { withSession, type Where } from '../sql.ts';

/** Longest statement over a whole table, in ms. */
export const scanMs = 2 * 3_600_000;
/** PostgreSQL's classes of errors that a damaged page, row or index can cause: internal, system, and data that make no sense. */
const ofDamage = new Set(['XX', '58', '22']);

export type Answer<Row> = { rows: Row[] } | { problem: string };
export type Settings = Readonly<Record<string, string>>;

/** Asks one question that damage may spoil, in a session of its own that cannot write. What damage says is an answer; all else is thrown. */
export async function ask<Row extends QueryResultRow>(
  environment: Environment,
  where: Where,
  statement: string,
  { values = [], settings = {} }: { values?: unknown[]; settings?: Settings } = {},
): Promise<Answer<Row>> {
  const once = () =>
    withSession(environment, where, 'read', (session) => session.run<Row>(statement, values), { statementMs: scanMs, settings });
  try {
    return { rows: await once() };
  } catch (error) {
    if (isDamage(error)) return { problem: sentenceOf(error) };
    if (!endsSession(error)) throw error;
    await answersAgain(environment, where);
  }
  // A page may be so broken that the server dies of it: twice is no accident.
  try {
    return { rows: await once() };
  } catch (error) {
    if (!isDamage(error) && !endsSession(error)) throw error;
    await answersAgain(environment, where);
    return { problem: sentenceOf(error) };
  }
}

/** The same where damage can play no part. */
export async function askSafely<Row extends QueryResultRow>(
  environment: Environment,
  where: Where,
  statement: string,
  how: { values?: unknown[]; settings?: Settings } = {},
): Promise<Row[]> {
  const answer = await ask<Row>(environment, where, statement, how);
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.rows;
}

interface Bounds {
  count: number;
  first_at: string | null;
  last_at: string | null;
  undated: number;
  listed: BadRow[] | null;
}

/** Wraps a query whose rows have `place`, `key` (or `id`) and `at`, any of which may be missing: answers how many there are, from when, and the first. */
export const bounded = (rows: string): string => `WITH bad AS MATERIALIZED (${rows}),
  read AS (SELECT to_jsonb(bad)->>'place' AS place, coalesce(to_jsonb(bad)->>'key', to_jsonb(bad)->>'id') AS key,
    (to_jsonb(bad)->>'at')::timestamptz AS at FROM bad)
  SELECT count(*)::float8 AS count, min(at) AS first_at, max(at) AS last_at, count(*) FILTER (WHERE at IS NULL)::float8 AS undated,
    (SELECT jsonb_agg(listed) FROM (SELECT * FROM read ORDER BY at, key LIMIT ${mostListed}) AS listed) AS listed FROM read`;

/** Reads what `bounded` asked. */
export async function askBounded(
  environment: Environment,
  where: Where,
  rows: string,
  settings: Settings,
): Promise<BadRows | { problem: string }> {
  const answer = await ask<Bounds>(environment, where, bounded(rows), { settings });
  if ('problem' in answer) return answer;
  const { count, first_at, last_at, undated, listed } = answer.rows[0]!;
  return {
    ...{ count, dated: count > 0 && undated === 0, firstAt: iso(first_at), lastAt: iso(last_at) },
    listed: (listed ?? []).map(({ place, key, at }) => ({ place, key: key ?? place ?? '?', at: iso(at) })),
  };
}

/** Columns of a table that tell its rows apart, and when they were written, as `key` and `at` of a query over the alias `t`. */
export function named(primaryKey: readonly string[], at: string | undefined): string {
  const columns = primaryKey.map((column) => `t.${column}`);
  const key = columns.length === 0 ? 't.ctid::text' : columns.length === 1 ? `${columns[0]}::text` : `ROW(${columns.join(', ')})::text`;
  return `t.ctid::text AS place, ${key} AS key${at === undefined ? '' : `, t.${at} AS at`}`;
}

/** A place in a table as SQL. */
export const tid = (block: number, offset = 0): string => `${escapeLiteral(`(${block},${offset})`)}::tid`;

const iso = (at: string | Date | null): string | null => (at === null ? null : new Date(at).toISOString());

function isDamage(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: string };
  return severity !== undefined && typeof code === 'string' && ofDamage.has(code.slice(0, 2));
}

/** The session broke off in the middle; a server that could not be reached at all says so otherwise. */
function endsSession(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE' || code === '57P02';
}

async function answersAgain(environment: Environment, where: Where): Promise<void> {
  await until(
    async () => {
      await withSession(environment, where, 'read', (session) => session.run('SELECT 1'));
      return { is: true };
    },
    { within: 60_000, what: `the database ${where.database} in ${where.region} to answer again` },
  );
}
