import pg from 'pg';
import type { Databases } from '../../src/range/databases/databases.ts';

/** A superuser's session on one of the range's instances, beside the database that the fence is about. The caller ends it. */
export async function superuserOf(databases: Databases, instance: string): Promise<pg.Client> {
  const { port } = databases.database(instance)!;
  const { superuser: password } = databases.secrets;
  const session = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  await session.connect();
  return session;
}
