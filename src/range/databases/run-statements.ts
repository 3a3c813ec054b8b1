import pg from 'pg';

/** Runs statements one after the other in a session of their own. */
export async function runStatements(as: pg.ClientConfig, statements: readonly string[]): Promise<void> {
  const session = new pg.Client(as);
  await session.connect();
  try {
    for (const statement of statements) await session.query(statement);
  } finally {
    await session.end();
  }
}
