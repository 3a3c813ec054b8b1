import type { Environment } from '../../../config/environment.ts';
import type { RuleBroken, RulesChecked } from './damage.ts';
import { ask, askBounded, askSafely, named } from './session.ts';
import { readTables, type Table } from './tables.ts';
import { named as entryOf, throwIfCancelled } from '../../kit/index.ts';
import type { Where } from '../sql.ts';

interface Rule {
  rule: string;
  kind: RuleBroken['kind'];
  table: string;
  validated: boolean;
  /** Columns of the table. */
  columns: string[];
  /** Of a foreign key: the other table, and its columns. */
  parent: string | null;
  parentColumns: string[];
  /** Of a check: what must hold; of a unique key: which rows it is about. */
  condition: string | null;
}

const names = (columns: string, of: string) => `(SELECT coalesce(jsonb_agg(quote_ident(attname) ORDER BY place), '[]')
  FROM unnest(${columns}) WITH ORDINALITY AS c (number, place) JOIN pg_attribute ON attrelid = ${of} AND attnum = number)`;
const isPeoples = `nspname !~ '^pg_' AND nspname <> 'information_schema'`;
const rulesStatement = `SELECT conname AS rule, CASE contype WHEN 'f' THEN 'foreign key' ELSE 'check' END AS kind,
    conrelid::regclass::text AS table, convalidated AS validated, ${names('conkey', 'conrelid')} AS columns,
    CASE WHEN confrelid <> 0 THEN confrelid::regclass::text END AS parent, ${names('confkey', 'confrelid')} AS "parentColumns",
    CASE WHEN contype = 'c' THEN pg_get_expr(conbin, conrelid) END AS condition
  FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace
  WHERE contype IN ('f', 'c') AND conparentid = 0 AND conrelid <> 0 AND ${isPeoples}
    AND coalesce((to_jsonb(c)->>'conenforced')::boolean, true)
  UNION ALL SELECT x.relname, 'unique', i.indrelid::regclass::text, i.indisvalid,
    (SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k) FROM generate_series(1, i.indnkeyatts) AS k), NULL, '[]',
    pg_get_expr(i.indpred, i.indrelid)
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
  WHERE indisunique AND x.relkind = 'i' AND x.relpersistence <> 't' AND ${isPeoples} ORDER BY 1`;

/** Rules are asked of the tables themselves: an index that is damaged would answer for rows that are not. */
const withoutIndexes = { enable_indexscan: 'off', enable_indexonlyscan: 'off', enable_bitmapscan: 'off' };

/** Asks whether every rule of the data really holds: foreign keys, unique keys, checks, and the environment's own questions. Writes nothing. */
export async function checkRules(environment: Environment, where: Where): Promise<RulesChecked> {
  const { ledger, integrity } = entryOf(environment.databases, where.database, 'database');
  const tables = new Map((await readTables(environment, where)).map((table) => [table.table, table]));
  const rules = await askSafely<Rule>(environment, where, rulesStatement);
  const checked: RulesChecked = { rules: rules.length + integrity.length, broken: [], notValidated: [], unanswered: [] };
  for (const one of rules) {
    throwIfCancelled();
    if (!one.validated) checked.notValidated.push(`${one.rule} of ${one.table}`);
    const rows = breaking(one, tables.get(one.table), ledger?.table === one.table ? ledger.at : undefined);
    note(checked, one.rule, one.kind, one.table, await askBounded(environment, where, rows, withoutIndexes));
  }
  for (const { name, sql, expect, rows } of integrity) {
    throwIfCancelled();
    const answer = await ask<Record<string, string | number | null>>(environment, where, sql, { settings: withoutIndexes });
    if ('problem' in answer) checked.unanswered.push({ rule: name, why: answer.problem });
    else {
      const value = Object.values(answer.rows[0] ?? {})[0] ?? null;
      if (value !== null && String(value) === String(expect)) continue;
      const counted = { count: Number(value) || 1, listed: [], firstAt: null, lastAt: null, dated: false };
      const found = rows === undefined ? counted : await askBounded(environment, where, rows, withoutIndexes);
      note(checked, name, 'integrity query', null, 'problem' in found || found.count === 0 ? counted : found);
    }
  }
  return checked;
}

function note(
  { broken, unanswered }: RulesChecked,
  rule: string,
  kind: RuleBroken['kind'],
  table: string | null,
  found: RuleBroken['rows'] | { problem: string },
): void {
  if ('problem' in found) unanswered.push({ rule, why: found.problem });
  else if (found.count > 0) broken.push({ rule, kind, table, rows: found });
}

/** The rows that break a rule, as `place`, `key` and `at`. */
function breaking(rule: Rule, known: Table | undefined, at: string | undefined): string {
  const { kind, table, columns, parent, parentColumns, condition } = rule;
  if (kind === 'check') return `SELECT ${named(known?.primaryKey ?? [], at)} FROM ${table} AS t WHERE NOT (${condition})`;
  const filled = columns.map((column) => `(${column}) IS NOT NULL`).join(' AND ');
  if (kind === 'foreign key') {
    const same = columns.map((column, index) => `p.${parentColumns[index]} = t.${column}`).join(' AND ');
    return `SELECT ${named(columns, at)} FROM ${table} AS t WHERE ${filled} AND NOT EXISTS (SELECT FROM ${parent} AS p WHERE ${same})`;
  }
  const key = columns.map((column) => `(${column})::text`).join(` || ', ' || `);
  return `SELECT place, key FROM (SELECT t.ctid::text AS place, ${key} AS key, count(*) OVER (PARTITION BY ${columns.join(', ')}) AS n
    FROM ${table} AS t WHERE ${filled}${condition === null ? '' : ` AND (${condition})`}) AS t WHERE n > 1`;
}
