import type { Environment } from '../../../config/environment.ts';
import { withSession, type Session as Connection, type Where } from '../sql.ts';

/** What a database keeps on its disk, in bytes; null where Muster's role may not look (pg_monitor). */
export interface DatabaseDisk {
  database: number;
  /** The ten largest tables, with their indexes. */
  tables: { table: string; bytes: number }[];
  /** The write-ahead log. It is never deleted by hand: what holds it is let go. */
  wal: number | null;
  /** Replication slots that nobody uses and that keep the log from being removed, the most first. */
  slots: { slot: string; holds: number | null; status: string }[];
  /** Files of sorts and joins that are running now, and all that were written since the statistics began. */
  temporary: { now: number | null; ever: number };
  /** Null when the log is not archived. */
  archiver: Archiver | null;
}

/** While archiving fails the log grows until the disk is full. */
export interface Archiver {
  failing: boolean;
  failures: number;
  lastFailureAt: string | null;
  lastSuccessAt: string | null;
  /** Files of the log that wait to be archived; null when Muster's role may not look. */
  waiting: number | null;
}

/** Reads what fills a database's disk. Throws Transient when it does not answer. */
export function readDisk(environment: Environment, where: Where): Promise<DatabaseDisk> {
  return withSession(environment, where, 'read', async (connection) => {
    const [row] = await connection.run<{ size: number; temporary: number; archives: boolean; may: Record<Listing, boolean> }>(
      `SELECT pg_database_size(current_database())::float8 AS size,
        (SELECT temp_bytes::float8 FROM pg_stat_database WHERE datname = current_database()) AS temporary,
        current_setting('archive_mode') = 'always' OR (current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery()) AS archives,
        json_build_object(${listings.map((name) => `'${name}', has_function_privilege('${name}()', 'execute')`).join(', ')}) AS may`,
    );
    const { size, temporary, archives, may } = row!;
    return {
      database: size,
      tables: await largestTables(connection),
      wal: may.pg_ls_waldir ? await total(connection, 'pg_ls_waldir') : null,
      slots: await unusedSlots(connection),
      temporary: { now: may.pg_ls_tmpdir ? await total(connection, 'pg_ls_tmpdir') : null, ever: temporary },
      archiver: archives ? await readArchiver(connection, may.pg_ls_archive_statusdir) : null,
    };
  });
}

const listings = ['pg_ls_waldir', 'pg_ls_tmpdir', 'pg_ls_archive_statusdir'] as const;
type Listing = (typeof listings)[number];

async function total(connection: Connection, listing: Listing): Promise<number> {
  const [row] = await connection.run<{ bytes: number }>(`SELECT coalesce(sum(size), 0)::float8 AS bytes FROM ${listing}()`);
  return row!.bytes;
}

const largestTables = (connection: Connection) =>
  connection.run<{ table: string; bytes: number }>(
    // A size reads files: only the largest by their known pages are asked.
    `SELECT format('%I.%I', n.nspname, c.relname) AS table, pg_total_relation_size(c.oid)::float8 AS bytes
      FROM (SELECT * FROM pg_class WHERE relkind IN ('r', 'm') ORDER BY relpages DESC, reltuples DESC LIMIT 200) AS c
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_temp%' ORDER BY 2 DESC LIMIT 10`,
  );

const unusedSlots = (connection: Connection) =>
  connection.run<{ slot: string; holds: number | null; status: string }>(
    `SELECT slot_name AS slot, coalesce(wal_status, 'unknown') AS status, pg_wal_lsn_diff(
      CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)::float8 AS holds
      FROM pg_replication_slots WHERE NOT active ORDER BY holds DESC NULLS LAST LIMIT 20`,
  );

async function readArchiver(connection: Connection, mayList: boolean): Promise<Archiver> {
  const [row] = await connection.run<{ failures: number; failed: Date | null; archived: Date | null }>(
    'SELECT failed_count::float8 AS failures, last_failed_time AS failed, last_archived_time AS archived FROM pg_stat_archiver',
  );
  const { failures, failed, archived } = row!;
  const [waiting] = mayList
    ? await connection.run<{ files: number }>(`SELECT count(*)::int AS files FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`)
    : [];
  return {
    failing: failed !== null && (archived === null || failed > archived),
    ...{ failures, lastFailureAt: failed?.toISOString() ?? null, lastSuccessAt: archived?.toISOString() ?? null },
    waiting: waiting?.files ?? null,
  };
}
