import type { Environment } from '../../../config/environment.ts';
import type { BadRows, IndexDamage, IndexesChecked } from './damage.ts';
import { ask, askBounded, askSafely } from './session.ts';
import { hasAmcheck } from './tables.ts';
import { named, throwIfCancelled } from '../../kit/index.ts';
import type { Where } from '../sql.ts';

export interface IndexesAsked extends Where {
  /** Tables that cannot be read whole, so that an index cannot be held against them. */
  damagedTables?: string[];
  /** Only these; all when left out. */
  only?: string[];
}

interface Index {
  index: string;
  table: string;
  method: string;
  valid: boolean;
  rebuildable: boolean;
  /** Its columns, as SQL over the table. */
  keys: string[];
  /** What a row must meet to be in it. */
  condition: string | null;
}

const indexesStatement = `SELECT i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS table, amname AS method,
    i.indisvalid AND i.indisready AS valid, pg_has_role(t.relowner, 'usage') AS rebuildable,
    (SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k) FROM generate_series(1, i.indnkeyatts) AS k) AS keys,
    pg_get_expr(i.indpred, i.indrelid) AS condition
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am a ON a.oid = x.relam JOIN pg_namespace n ON n.oid = x.relnamespace
  WHERE x.relkind = 'i' AND x.relpersistence <> 't' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`;

/** Makes PostgreSQL look every row of the table up in the index, as a customer's query would. */
const lookUp = {
  ...{ enable_seqscan: 'off', enable_tidscan: 'off', enable_bitmapscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' },
  ...{ enable_material: 'off', enable_memoize: 'off', jit: 'off', max_parallel_workers_per_gather: '0' },
};

/** Holds every index against its table: by `amcheck` where it is installed, and by looking rows up. Writes nothing. */
export async function checkIndexes(
  environment: Environment,
  { damagedTables = [], only, ...where }: IndexesAsked,
): Promise<IndexesChecked> {
  const amcheck = await hasAmcheck(environment, where);
  const found = await askSafely<Index>(environment, where, indexesStatement);
  const asked = found.filter(({ index }) => only === undefined || only.includes(index));
  const damaged: IndexDamage[] = [];
  const unchecked: string[] = [];
  for (const one of asked) {
    throwIfCancelled();
    const { index, table, method, valid, rebuildable } = one;
    if (!valid) unchecked.push(`${index} is not in use`);
    else if (method !== 'btree' && !(amcheck && method === 'gin')) unchecked.push(`${index} is of the kind ${method}`);
    else {
      const problem = amcheck ? await checkByAmcheck(environment, where, one, !damagedTables.includes(table)) : undefined;
      const unfound = method === 'btree' && (problem !== undefined || !amcheck) ? await findUnfound(environment, where, one) : undefined;
      const said = problem ?? sayUnfound(unfound);
      if (said !== undefined)
        damaged.push({ index, table, rebuildable, problem: said, unfound: unfound && 'count' in unfound ? unfound : null });
    }
  }
  const own = amcheck && only === undefined ? await checkCatalogues(environment, where) : [];
  return { indexes: asked.length, damaged: [...damaged, ...own], unchecked };
}

/** What is wrong with an index, or undefined. `whole` also asks that every row of its table is in it. */
async function checkByAmcheck(environment: Environment, where: Where, one: Index, whole: boolean): Promise<string | undefined> {
  const [statement, values] =
    one.method === 'gin'
      ? ['SELECT gin_index_check($1::regclass)', [one.index]]
      : ['SELECT bt_index_check($1::regclass, $2)', [one.index, whole]];
  const answer = await ask(environment, where, statement, { values });
  return 'problem' in answer ? answer.problem : undefined;
}

/** Rows of a table that its index does not lead to. */
async function findUnfound(
  environment: Environment,
  where: Where,
  { index, table, keys, condition }: Index,
): Promise<BadRows | { problem: string }> {
  const { ledger } = named(environment.databases, where.database, 'database');
  const at = ledger?.table === table ? `, ${ledger.at} AS muster_at` : '';
  const names = keys.map((_, at) => `muster_k${at}`);
  const filled = [...keys.map((key) => `(${key}) IS NOT NULL`), ...(condition === null ? [] : [`(${condition})`])].join(' AND ');
  const same = keys.map((key, at) => `(${key}) = muster_k${at}`).join(' AND ');
  const key = names.length === 1 ? `${names[0]}::text` : `ROW(${names.join(', ')})::text`;
  // A sample of everything reads the table itself, whatever is said about scans.
  const statement = `WITH muster_heap AS MATERIALIZED (
      SELECT ctid AS muster_place, ${keys.map((one, at) => `${one} AS muster_k${at}`).join(', ')}${at}
      FROM ONLY ${table} TABLESAMPLE SYSTEM (100) WHERE ${filled})
    SELECT muster_place::text AS place, ${key} AS key${at ? ', muster_at AS at' : ''} FROM muster_heap WHERE NOT EXISTS (
      SELECT FROM ONLY ${table} AS muster_table WHERE ${same}${condition === null ? '' : ` AND (${condition})`} AND muster_table.ctid = muster_place)`;
  const plan = await ask<Record<string, unknown>>(environment, where, `EXPLAIN (FORMAT JSON) ${statement}`, { settings: lookUp });
  if ('problem' in plan) return plan;
  if (!JSON.stringify(plan.rows).includes(`"Index Name":${JSON.stringify(index.split('.').at(-1)!.replaceAll('"', ''))}`))
    return { problem: `PostgreSQL would not use ${index} to look rows up` };
  return askBounded(environment, where, statement, lookUp);
}

function sayUnfound(unfound: BadRows | { problem: string } | undefined): string | undefined {
  if (unfound === undefined) return undefined;
  if ('problem' in unfound) return unfound.problem;
  return unfound.count === 0 ? undefined : `${unfound.count} rows are not found through it`;
}

/** PostgreSQL's own indexes, and those of long values. */
async function checkCatalogues(environment: Environment, where: Where): Promise<IndexDamage[]> {
  const answer = await ask(
    ...([environment, where] as const),
    `SELECT bt_index_check(i.indexrelid::regclass, true) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE x.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) AND indisvalid`,
  );
  if ('rows' in answer) return [];
  return [{ index: 'pg_catalog', table: 'pg_catalog', problem: answer.problem, rebuildable: false, unfound: null }];
}
