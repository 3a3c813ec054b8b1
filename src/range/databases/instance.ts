import { setTimeout as sleep } from 'node:timers/promises';
import type { RegionName } from '../contract.ts';
import type { DatabaseState } from '../estate.ts';
import type { LagProxy } from './lag-proxy.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Recovery } from './postgres-settings.ts';

/** One database instance as AWS would name it, with the server behind it. */
export interface DatabaseInstance {
  name: string;
  readonly region: RegionName;
  /** Belongs to the name, as an endpoint does: whoever bears the name listens here. */
  port: number;
  readonly server: PostgresServer;
  role: 'primary' | 'replica';
  upstream?: { source: DatabaseInstance; link: LagProxy };
  /** False while its data are still being made. */
  built: boolean;
  /** Since when it is stopped on purpose; it stays so when its region comes back. */
  haltedAt?: Date | undefined;
  /** From the last reading. */
  lagMs: number | null;
  /** From the last reading: new sessions cannot write though it is a primary. */
  fenced: boolean;
}

const promotedWithinMs = 30_000;
/** A range that has run all day has much log to replay. */
const recoveredWithinMs = 600_000;

/** Starts the server as what the instance now is. */
export async function startInstance(instance: DatabaseInstance, recovery?: Recovery): Promise<void> {
  const { server, name, port, upstream } = instance;
  await server.start({ name, port, upstreamPort: upstream?.link.port, recovery });
  if (recovery) await acceptsWrites(instance, recoveredWithinMs);
}

/** Reads lag and fence from PostgreSQL; what cannot be read is null, never a guess. */
export async function readInstance(instance: DatabaseInstance): Promise<void> {
  const reading = instance.role === 'replica' ? readLag(instance) : readFence(instance);
  await reading.catch(() => (instance.lagMs = null));
}

async function readLag(replica: DatabaseInstance): Promise<void> {
  const source = replica.upstream?.source;
  if (!source?.server.running || !replica.server.running) {
    replica.lagMs = null;
    return;
  }
  const [written] = await source.server.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  const [replayed] = await replica.server.query<{ ms: number | null }>(
    `SELECT CASE WHEN pg_last_wal_replay_lsn() >= $1::pg_lsn THEN 0
            ELSE round(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::int END AS ms`,
    [written!.lsn],
  );
  replica.lagMs = replayed!.ms;
}

async function readFence(primary: DatabaseInstance): Promise<void> {
  primary.lagMs = null;
  const [row] = await primary.server.query<{ fenced: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
       WHERE d.datname = 'orders' AND s.setrole = 0 AND 'default_transaction_read_only=on' = ANY (s.setconfig)) AS fenced`,
  );
  primary.fenced = row!.fenced;
}

/** The instance as the gateway sees it. */
export function stateOf(instance: DatabaseInstance): DatabaseState {
  const { name, region, port, role, upstream, server, lagMs } = instance;
  return {
    instance: name,
    region,
    host: '127.0.0.1',
    port,
    role,
    ...(upstream ? { source: upstream.source.name } : {}),
    running: server.running && instance.built,
    lagMs,
  };
}

/** Turns a standby into a primary; resolves when it accepts writes. */
export async function promoteInstance(instance: DatabaseInstance): Promise<void> {
  await instance.server.query('SELECT pg_promote(wait => false)');
  await acceptsWrites(instance, promotedWithinMs);
  instance.role = 'primary';
  await instance.upstream?.link.cut();
  delete instance.upstream;
  await readInstance(instance);
}

async function acceptsWrites(instance: DatabaseInstance, withinMs: number): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (await isRecovering(instance)) {
    if (Date.now() > giveUpAt) throw new Error(`${instance.name} did not become a primary within ${withinMs / 1_000} s`);
    await sleep(20);
  }
}

async function isRecovering({ server }: DatabaseInstance): Promise<boolean> {
  const [row] = await server.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
  return row!.recovering;
}
