import { superuserOf, type DatabaseSecrets } from './postgres-settings.ts';
import { runStatements } from './run-statements.ts';

/** Makes the roles and the empty database of the practice cluster on its first writer. */
export async function createLedgerDatabase(port: number, secrets: DatabaseSecrets): Promise<void> {
  await runStatements(superuserOf(port, secrets), [
    `CREATE ROLE replicator LOGIN REPLICATION PASSWORD '${secrets.replicator}'`,
    `CREATE ROLE muster LOGIN PASSWORD '${secrets.owner}' IN ROLE pg_monitor, pg_signal_backend, pg_use_reserved_connections`,
    `CREATE DATABASE ledger OWNER muster`,
  ]);
  await runStatements({ ...superuserOf(port, secrets), user: 'muster', password: secrets.owner, database: 'ledger' }, [
    `CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, booked_at timestamptz NOT NULL DEFAULT now(), amount numeric NOT NULL)`,
  ]);
}
