import type { Environment } from '../../config/environment.ts';
import { readOrRefusal } from '../kit/index.ts';
import { clusterOf, type ClusterWhere } from './clusters.ts';
import { type Access, type Session, withSession } from '../postgres/index.ts';

/** Where to connect: the cluster's own endpoint in a region, or one of its members. */
export interface ClusterPlace extends ClusterWhere {
  endpoint?: { host: string; port: number };
}

/** How a server of a cluster stands; what it is is null when it does not answer, or refuses to. */
export interface ClusterState {
  reachable: boolean;
  /** Why it answers and cannot be read. */
  refusal?: string;
  inRecovery: boolean | null;
  /** When the last transaction that a reader has replayed was committed; null where the engine does not tell. */
  lastReplayedAt: string | null;
}

/** Opens a session on a cluster as on any database of the environment. */
export function withClusterSession<T>(
  environment: Environment,
  { cluster, region, endpoint }: ClusterPlace,
  access: Access,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const where = { database: cluster, region, ...(endpoint ? { endpoint } : {}) };
  return withSession({ databases: { [cluster]: clusterOf(environment, cluster) } }, where, access, work);
}

/** Reads how a server stands; one that does not answer, or refuses, is no failure. */
export async function readClusterState(environment: Environment, place: ClusterPlace): Promise<ClusterState> {
  const seen = await readOrRefusal(() =>
    withClusterSession(environment, place, 'read', async (session) => {
      const [row] = await session.run<{ in_recovery: boolean; last_replayed_at: Date | null }>(
        'SELECT pg_is_in_recovery() AS in_recovery, pg_last_xact_replay_timestamp() AS last_replayed_at',
      );
      return { reachable: true, inRecovery: row!.in_recovery, lastReplayedAt: row!.last_replayed_at?.toISOString() ?? null };
    }),
  );
  if ('is' in seen) return seen.is;
  return { reachable: seen.answers, ...(seen.answers ? { refusal: seen.words } : {}), inRecovery: null, lastReplayedAt: null };
}

/** Commits a write that leaves nothing behind, as a customer's session would; answers which server took it. Throws when none does. */
export function tryWrite(environment: Environment, place: ClusterPlace): Promise<string> {
  return withClusterSession(environment, place, 'customer', async (session) => {
    await session.run('BEGIN');
    await session.run('CREATE TEMPORARY TABLE muster_write_probe (written xid8) ON COMMIT DROP');
    await session.run('INSERT INTO muster_write_probe VALUES (pg_current_xact_id())');
    const server = await serverOf(session);
    await session.run('COMMIT');
    return server;
  });
}

/** The server behind an address, by its own address and port: an endpoint leads now to one, now to another. */
export function readServer(environment: Environment, place: ClusterPlace): Promise<string> {
  return withClusterSession(environment, place, 'read', serverOf);
}

async function serverOf(session: Session): Promise<string> {
  const [row] = await session.run<{ server: string }>(`SELECT concat(inet_server_addr(), ':', inet_server_port()) AS server`);
  return row!.server;
}
