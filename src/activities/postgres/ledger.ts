import { escapeIdentifier } from 'pg';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, named } from '../kit/index.ts';
import { withSession, type Session, type Where } from './sql.ts';

/** One row of the ledger: an acknowledged write. */
export interface LedgerRow {
  id: string;
  /** ISO 8601. */
  at: string;
}

/** Rows that the ledger has after a time. */
export interface WritesAfter {
  /** Null when the environment names no ledger, so that nobody can tell. */
  count: number | null;
  first: string | null;
  last: string | null;
  /** Oldest first, at most 2,000. */
  writes: LedgerRow[];
}

export interface AskedWrites extends Where {
  /** ISO 8601. */
  at: string;
  /** Another server of the same data: rows that it has as well are left out. */
  without?: { host: string; port: number };
  /** How many rows are named; 2,000 unless said. */
  list?: number;
}

const mostListed = 2_000;
const batch = 5_000;
/** A row bears the time of its writing, a restore goes by that of its commit: so far around the time both servers are compared row by row. */
const marginMs = 60_000;
const none = { count: 0, first: null, last: null, writes: [] };
const unknown: WritesAfter = { ...none, count: null };

/** The ledger's rows after a time; deleted and changed rows leave no trace in it. */
export async function findWritesAfter(environment: Environment, asked: AskedWrites): Promise<WritesAfter> {
  const { at, without, list = mostListed, ...where } = asked;
  if (!named(environment.databases, where.database, 'database').ledger) return unknown;
  if (!without) return afterIn(environment, where, at, list);
  const edges = [Date.parse(at) - marginMs, Date.parse(at) + marginMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  const [near, later] = [await between(environment, where, edges), await afterIn(environment, where, edges[1], list)];
  const kept = await having(environment, { ...where, endpoint: without }, near);
  const lost = near.filter(({ id }) => !kept.has(id));
  return {
    count: lost.length + later.count,
    first: lost[0]?.at ?? later.first,
    last: later.last ?? lost.at(-1)?.at ?? null,
    writes: [...lost, ...later.writes].slice(0, list),
  };
}

/** The newest row of the ledger, and how many there are; a count that takes too long is null. */
export async function sumOfLedger(environment: Environment, where: Where): Promise<{ newest: LedgerRow | null; rows: number | null }> {
  if (!named(environment.databases, where.database, 'database').ledger) return { newest: null, rows: null };
  const { table, id, at } = columns(environment, where);
  const [newest] = await withSession(environment, where, 'read', (session) =>
    session.run<RawRow>(`SELECT ${id}::text AS id, ${at} AS at FROM ${table} ORDER BY ${at} DESC LIMIT 1`),
  );
  const rows = await withSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ${table}`);
    return row!.rows;
  }).catch((error: { code?: string }) => {
    if (error.code === '57014') return null;
    throw error;
  });
  return { newest: newest ? toRow(newest) : null, rows };
}

interface Ledger {
  table: string;
  id: string;
}

/** A ledger's table as SQL. */
export const quotedTable = ({ table }: Pick<Ledger, 'table'>): string => table.split('.').map(escapeIdentifier).join('.');

/** The type of a ledger's ids: a list of that very type keeps their index in use. Throws Permanent when there is no such column. */
export async function typeOfIds(session: Session, ledger: Ledger): Promise<string> {
  const [column] = await session.run<{ type: string }>(
    'SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2',
    [quotedTable(ledger), ledger.id],
  );
  if (!column) throw failure(Failure.Permanent, `the table ${ledger.table} has no column ${ledger.id}`);
  return column.type;
}

interface RawRow {
  id: string;
  at: Date;
}

const toRow = ({ id, at }: RawRow): LedgerRow => ({ id, at: at.toISOString() });

function columns(environment: Environment, { database }: Where): { table: string; id: string; at: string } {
  const { ledger } = named(environment.databases, database, 'database');
  if (!ledger) throw failure(Failure.InvalidInput, `the environment names no ledger of ${database}: its writes cannot be listed`);
  return { table: quotedTable(ledger), id: escapeIdentifier(ledger.id), at: escapeIdentifier(ledger.at) };
}

function afterIn(environment: Environment, where: Where, after: string, list: number): Promise<WritesAfter & { count: number }> {
  const { table, id, at } = columns(environment, where);
  return withSession(environment, where, 'read', async (session) => {
    const [sum] = await session.run<{ count: number; first: Date | null; last: Date | null }>(
      `SELECT count(*)::float8 AS count, min(${at}) AS first, max(${at}) AS last FROM ${table} WHERE ${at} > $1`,
      [after],
    );
    if (!sum || sum.count === 0) return none;
    const rows = list === 0 ? [] : await listOf(session, `${at} > $1`, [after], { table, id, at }, list);
    return { count: sum.count, first: sum.first!.toISOString(), last: sum.last!.toISOString(), writes: rows };
  });
}

function between(environment: Environment, where: Where, edges: [string, string]): Promise<LedgerRow[]> {
  const names = columns(environment, where);
  return withSession(environment, where, 'read', (session) => listOf(session, `${names.at} > $1 AND ${names.at} <= $2`, edges, names));
}

async function listOf(
  session: Session,
  condition: string,
  values: unknown[],
  { table, id, at }: { table: string; id: string; at: string },
  most?: number,
): Promise<LedgerRow[]> {
  const limit = most === undefined ? '' : ` LIMIT ${most}`;
  const rows = await session.run<RawRow>(
    `SELECT ${id}::text AS id, ${at} AS at FROM ${table} WHERE ${condition} ORDER BY ${at}, ${id}${limit}`,
    values,
  );
  return rows.map(toRow);
}

/** Ids of the rows that a server has too. */
async function having(environment: Environment, where: Where, rows: readonly LedgerRow[]): Promise<Set<string>> {
  const { table, id } = columns(environment, where);
  const found = new Set<string>();
  await withSession(environment, where, 'read', async (session) => {
    const type = await typeOfIds(session, named(environment.databases, where.database, 'database').ledger!);
    const statement = `SELECT ${id}::text AS id FROM ${table} WHERE ${id} = ANY ($1::${type}[])`;
    for (let start = 0; start < rows.length; start += batch) {
      const ids = rows.slice(start, start + batch).map((row) => row.id);
      for (const row of await session.run<{ id: string }>(statement, [ids])) found.add(row.id);
    }
  });
  return found;
}
