import type { Environment } from '../../../config/environment.ts';
import { integrityIn } from '../integrity.ts';
import { runPostgres, type PostgresCommand } from './commands.ts';
import { inDatabase } from './side-databases.ts';
import type { Where } from '../sql.ts';
import { countRows, rowsThatDiffer } from './table-counts.ts';

/** How a backup is restored: in one transaction, so that it is there whole or not at all. */
export const restoreCommand = (into: string): PostgresCommand => ({
  ...{ program: 'pg_restore', kind: 'change', database: into },
  args: ['--exit-on-error', '--single-transaction'],
});

/** Restores a backup's file into an empty database. */
export async function restoreInto(environment: Environment, where: Where, { into, file }: { into: string; file: string }): Promise<void> {
  await runPostgres(environment, where, { ...restoreCommand(into), stdin: file });
}

/** What is wrong with a restored database, in words: rows that differ from the backup's, and questions of the environment that do not hold. */
export function wrongIn(
  environment: Environment,
  where: Where,
  { name, rows }: { name: string; rows: Readonly<Record<string, number>> },
): Promise<string[]> {
  return inDatabase(environment, where, name, 'read', async (session) => {
    const differ = rowsThatDiffer(rows, await countRows(session));
    const broken = (await integrityIn(environment, where.database, session)).filter(({ holds }) => !holds);
    return [...differ, ...broken.map((check) => `${check.name}: ${check.value}, expected ${check.expected}`)];
  });
}
