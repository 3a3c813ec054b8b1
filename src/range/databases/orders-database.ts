import { superuserOf, type DatabaseSecrets } from './postgres-settings.ts';
import { runStatements } from './run-statements.ts';

/** Makes the roles and the shop's empty database on a new primary. */
export async function createOrdersDatabase(port: number, secrets: DatabaseSecrets): Promise<void> {
  await runStatements(superuserOf(port, secrets), [
    `CREATE ROLE replicator LOGIN REPLICATION PASSWORD '${secrets.replicator}'`,
    `CREATE ROLE shop LOGIN PASSWORD '${secrets.shop}'`,
    `CREATE ROLE muster LOGIN CREATEDB PASSWORD '${secrets.owner}' IN ROLE pg_monitor, pg_signal_backend, pg_use_reserved_connections`,
    `CREATE DATABASE orders OWNER muster`,
  ]);
  await runStatements({ ...superuserOf(port, secrets), user: 'muster', password: secrets.owner, database: 'orders' }, [
    `CREATE TABLE orders (
       id uuid PRIMARY KEY,
       placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
       region text NOT NULL,
       item text NOT NULL)`,
    `CREATE TABLE order_lines (
       order_id uuid NOT NULL REFERENCES orders,
       item text NOT NULL,
       quantity integer NOT NULL CHECK (quantity > 0))`,
    `CREATE INDEX ON order_lines (order_id)`,
    `GRANT SELECT, INSERT ON orders, order_lines TO shop`,
    `CREATE TABLE worker_beats (region text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    `GRANT INSERT ON worker_beats TO shop`,
    `CREATE TABLE schema_migrations (version integer PRIMARY KEY, works_from integer NOT NULL)`,
    `INSERT INTO schema_migrations VALUES (1, 1)`,
  ]);
}
