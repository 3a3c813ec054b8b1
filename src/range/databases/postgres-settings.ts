import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';

/** Passwords of one range, made at its start. */
export interface DatabaseSecrets {
  superuser: string;
  /** Role `muster`: owns the database; what a runbook's connection uses. */
  owner: string;
  /** Role `shop`: reads and places orders. */
  shop: string;
  replicator: string;
}

/** New random passwords. */
export function createDatabaseSecrets(): DatabaseSecrets {
  const secret = (): string => randomBytes(18).toString('base64url');
  return { superuser: secret(), owner: secret(), shop: secret(), replicator: secret() };
}

/** What differs between the servers of a range. */
export interface ServerPlace {
  name: string;
  port: number;
  /** Port where a standby finds its primary. */
  upstreamPort?: number | undefined;
  recovery?: Recovery | undefined;
  /** Tells whether its start is still waited for; a standby that was not yet whole never answers without its primary. */
  wanted?: () => boolean;
}

/** Until when a restored server replays the log of the one that it was copied from. */
export interface Recovery {
  /** Folder of that server's archived log. */
  archive: string;
  /** What was committed later is not replayed; the archive must hold a later commit, by which recovery knows that it is there. */
  at: Date;
}

/** The whole `postgresql.conf` of a server; the working folder of its commands is the data folder. */
export function postgresqlConf(place: ServerPlace, secrets: DatabaseSecrets, extensions?: string): string {
  const { name, port, upstreamPort, recovery } = place;
  const upstream = `host=127.0.0.1 port=${upstreamPort} user=replicator password=${secrets.replicator} application_name=${name}`;
  const settings: Record<string, string | number> = {
    cluster_name: name,
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    // Whoever has taken all the others cannot keep Muster from ending that.
    reserved_connections: 5,
    shared_buffers: '16MB',
    io_method: 'sync',
    // A killed server loses nothing without fsync, only a machine that loses power does; and no practice outlives that.
    fsync: 'off',
    wal_level: 'replica',
    hot_standby: 'on',
    max_wal_senders: 10,
    // A standby that was cut off finds here what it missed. It must not take it from the archive: that would undo its region's loss.
    wal_keep_size: '256MB',
    wal_retrieve_retry_interval: '200ms',
    wal_receiver_status_interval: '1s',
    archive_mode: 'on',
    archive_command: 'cp "%p" "../archive/%f"',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(extensions === undefined ? {} : { extension_control_path: `${extensions}:$system` }),
    ...(upstreamPort === undefined ? {} : { primary_conninfo: upstream }),
    ...(recovery === undefined ? {} : recoverySettings(recovery)),
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = '${value}'\n`)
    .join('');
}

function recoverySettings({ archive, at }: Recovery): Record<string, string> {
  return {
    restore_command: `cp "${archive}/%f" "%p"`,
    // At its start PostgreSQL does not know the name Z yet.
    recovery_target_time: at.toISOString().replace('Z', '+00'),
    recovery_target_inclusive: 'on',
    recovery_target_action: 'promote',
  };
}

/** How the range itself connects: as superuser, to a database that no customer uses, so that a fence never meets its sessions. */
export function superuserOf(port: number, secrets: DatabaseSecrets): ClientConfig {
  return { host: '127.0.0.1', port, user: 'postgres', password: secrets.superuser, database: 'postgres' };
}
