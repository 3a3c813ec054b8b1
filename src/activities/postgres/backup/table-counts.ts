import { escapeIdentifier } from 'pg';
import type { Session } from '../sql.ts';

/** Rows of every table of the database, by `schema.table`, as this session sees them. */
export async function countRows(session: Session): Promise<Record<string, number>> {
  const tables = await session.run<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2`,
  );
  const counts: Record<string, number> = {};
  for (const { schema, name } of tables) {
    const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    const [row] = await session.run<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ${table}`);
    counts[`${schema}.${name}`] = row!.rows;
  }
  return counts;
}

/** What differs between the rows that there should be and those that there are, in words. */
export function rowsThatDiffer(expected: Readonly<Record<string, number>>, found: Readonly<Record<string, number>>): string[] {
  const tables = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return tables.flatMap((table) =>
    expected[table] === found[table] ? [] : [`${table}: ${expected[table] ?? 'no table'} expected, ${found[table] ?? 'no table'} found`],
  );
}
