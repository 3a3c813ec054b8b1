import type { Environment } from '../../../config/environment.ts';
import { mostListed, type BadRows, type PageRange, type TableDamage, type TablesChecked } from './damage.ts';
import { ask, askBounded, askSafely, named, tid } from './session.ts';
import { named as entryOf, throwIfCancelled } from '../../kit/index.ts';
import type { Where } from '../sql.ts';

export interface Table {
  table: string;
  pages: number;
  primaryKey: string[];
}

/** Halving finds one bad page of a million in forty questions; a table that is bad all over is not asked for ever. */
const mostQuestions = 400;

const isPeoples = `relkind IN ('r', 'm') AND relpersistence <> 't' AND nspname !~ '^pg_' AND nspname <> 'information_schema'`;
const tablesStatement = `SELECT c.oid::regclass::text AS table,
    (pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 AS pages,
    coalesce((SELECT jsonb_agg(quote_ident(attname) ORDER BY array_position(indkey::int2[], attnum)) FROM pg_index
      JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey::int2[]) WHERE indrelid = c.oid AND indisprimary), '[]') AS "primaryKey"
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE ${isPeoples} ORDER BY 1`;

/** Tables of people, not PostgreSQL's own. */
export const readTables = (environment: Environment, where: Where): Promise<Table[]> =>
  askSafely<Table>(environment, where, tablesStatement);

/** True when the checks of `amcheck` can be made there. */
export async function hasAmcheck(environment: Environment, where: Where): Promise<boolean> {
  return (await askSafely(environment, where, `SELECT FROM pg_extension WHERE extname = 'amcheck'`)).length > 0;
}

/** Reads every page of every table, long values too, and has `amcheck` look at each row where it is installed. Writes nothing. */
export async function checkTables(environment: Environment, where: Where): Promise<TablesChecked> {
  const [tables, amcheck] = [await readTables(environment, where), await hasAmcheck(environment, where)];
  const all: (TableDamage & { rows: number })[] = [];
  for (const table of tables) {
    throwIfCancelled();
    all.push(await checkTable(environment, where, table, amcheck));
  }
  const own = amcheck ? await checkCatalogues(environment, where) : [];
  return {
    ...{ tables: tables.length, pages: sum(tables.map(({ pages }) => pages)), rows: sum(all.map(({ rows }) => rows)), amcheck },
    damaged: [...all.filter(isDamaged).map(({ table, pages, unreadable, malformed }) => ({ table, pages, unreadable, malformed })), ...own],
  };
}

/** Rows that a whole copy has where another one is damaged. */
export async function rowsWithin(
  environment: Environment,
  where: Where,
  { table, unreadable, malformed }: TableDamage,
): Promise<BadRows | { problem: string }> {
  const found = (await readTables(environment, where)).find((one) => one.table === table);
  const places = [
    ...unreadable.map(({ from, to }) => `(t.ctid >= ${tid(from)} AND t.ctid < ${tid(to + 1)})`),
    ...malformed.slice(0, mostListed).map(({ place }) => `t.ctid = '${place.replace(/[^0-9(),]/g, '')}'::tid`),
  ];
  if (!found || places.length === 0) return { count: 0, listed: [], firstAt: null, lastAt: null, dated: false };
  const { ledger } = entryOf(environment.databases, where.database, 'database');
  const at = ledger?.table === table ? ledger.at : undefined;
  return askBounded(environment, where, `SELECT ${named(found.primaryKey, at)} FROM ONLY ${table} AS t WHERE ${places.join(' OR ')}`, {
    // The place alone counts: what an index says is in doubt.
    ...{ enable_indexscan: 'off', enable_indexonlyscan: 'off', enable_bitmapscan: 'off' },
  });
}

async function checkTable(environment: Environment, where: Where, { table, pages }: Table, amcheck: boolean) {
  const { rows, unreadable } = await readPages(environment, where, table, pages);
  const malformed: TableDamage['malformed'] = [];
  for (const { from, to } of amcheck ? between(unreadable, pages) : []) {
    const answer = await ask<{ blkno: number; offnum: number; msg: string }>(
      ...([environment, where] as const),
      `SELECT blkno::int, offnum, string_agg(msg, '; ') AS msg FROM verify_heapam($1::regclass, false, true, 'none', $2, $3)
        GROUP BY blkno, offnum ORDER BY blkno, offnum LIMIT ${mostListed}`,
      { values: [table, from, to] },
    );
    if ('problem' in answer) malformed.push({ place: `(${from},1)`, problem: answer.problem });
    else malformed.push(...answer.rows.map(({ blkno, offnum, msg }) => ({ place: `(${blkno},${offnum})`, problem: msg })));
  }
  return { table, pages, rows, unreadable, malformed: malformed.slice(0, mostListed) };
}

async function readPages(environment: Environment, where: Where, table: string, pages: number) {
  let [rows, questions] = [0, 0];
  const unreadable: PageRange[] = [];
  async function halve(from: number, to: number): Promise<void> {
    throwIfCancelled();
    questions += 1;
    // The text of a row holds every value, also those that are stored elsewhere.
    const answer = await ask<{ rows: number }>(
      ...([environment, where] as const),
      `SELECT count(t::text)::float8 AS rows FROM ONLY ${table} AS t WHERE t.ctid >= ${tid(from)} AND t.ctid < ${tid(to + 1)}`,
      { settings: { enable_indexscan: 'off', enable_bitmapscan: 'off', max_parallel_workers_per_gather: '0' } },
    );
    if ('rows' in answer) rows += answer.rows[0]!.rows;
    else if (from === to || questions > mostQuestions) add(unreadable, { from, to, problem: answer.problem });
    else {
      const middle = Math.floor((from + to) / 2);
      await halve(from, middle);
      await halve(middle + 1, to);
    }
  }
  if (pages > 0) await halve(0, pages - 1);
  return { rows, unreadable };
}

function add(ranges: PageRange[], range: PageRange): void {
  const last = ranges.at(-1);
  if (last && last.to + 1 === range.from) last.to = range.to;
  else ranges.push(range);
}

/** The pages that can be read. */
function between(unreadable: readonly PageRange[], pages: number): { from: number; to: number }[] {
  const starts = [0, ...unreadable.map(({ to }) => to + 1)];
  const ends = [...unreadable.map(({ from }) => from - 1), pages - 1];
  return starts.map((from, index) => ({ from, to: ends[index]! })).filter(({ from, to }) => from <= to);
}

async function checkCatalogues(environment: Environment, where: Where): Promise<TableDamage[]> {
  const answer = await ask<{ table: string; msg: string }>(
    ...([environment, where] as const),
    `SELECT c.oid::regclass::text AS table, v.msg FROM pg_class c, LATERAL verify_heapam(c.oid::regclass, false, false) AS v
      WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace LIMIT ${mostListed}`,
  );
  if ('problem' in answer)
    return [{ table: 'pg_catalog', pages: 0, unreadable: [], malformed: [{ place: '(0,1)', problem: answer.problem }] }];
  return answer.rows.map(({ table, msg }) => ({ table, pages: 0, unreadable: [], malformed: [{ place: '(0,1)', problem: msg }] }));
}

const isDamaged = ({ unreadable, malformed }: TableDamage): boolean => unreadable.length + malformed.length > 0;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
