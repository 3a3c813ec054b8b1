import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startTethered, type Tethered } from '../../tethered.ts';
import { copyTree } from './copy-tree.ts';
import { copyForStandby, copyWhole } from './online-copy.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { postgresqlConf, superuserOf, type DatabaseSecrets, type ServerPlace } from './postgres-settings.ts';

/** One PostgreSQL server: a folder, and a process while it runs. */
export interface PostgresServer {
  readonly data: string;
  /** Where its log is kept for good. */
  readonly archive: string;
  readonly running: boolean;
  /** Makes a new, empty database cluster. */
  init(): Promise<void>;
  /** Makes a standby from the data folder of a primary that runs on `port`. */
  copy(data: string, port: number): Promise<void>;
  /** Puts a whole copy of its data, while it runs, into a folder that must not exist; answers with the time as of which it is. */
  copyTo(folder: string): Promise<Date>;
  /** Makes the data folder from such a copy; a server that starts on it is a primary. */
  restore(copy: string): Promise<void>;
  /** Writes the settings and resolves when it answers queries; throws with its last words when it ends instead. */
  start(place: ServerPlace): Promise<void>;
  /** Ends it like a power cut: sessions drop at once, the next start recovers from the log. */
  kill(): Promise<void>;
  /** Asks as superuser, in a database that no customer uses; gives up after two seconds. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** A standby must first receive the log that was written during its copy, over a way that may lag. */
const startWithinMs = 60_000;

/** A server in a folder of its own, which must not exist yet. */
export function createPostgresServer(folder: string, programs: PostgresPrograms, secrets: DatabaseSecrets): PostgresServer {
  const data = join(folder, 'data');
  const archive = join(folder, 'archive');
  const { user } = programs;
  let current: { tethered: Tethered; pool: pg.Pool; port: number; ended: boolean } | undefined;

  async function give(path: string): Promise<void> {
    if (user) await chown(path, user.uid, user.gid);
  }

  async function makeFolders(): Promise<void> {
    for (const path of [folder, archive]) {
      await mkdir(path, { mode: 0o700 });
      await give(path);
    }
  }

  function launch(program: string, args: string[]): { tethered: Tethered; lastWords: () => string } {
    const lines: string[] = [];
    const tethered = startTethered(program, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...(user ?? {}),
      stopSignal: 'QUIT',
      onLine: (line) => {
        lines.push(line);
        if (lines.length > 6) lines.shift();
      },
    });
    return { tethered, lastWords: () => lines.join('; ') };
  }

  return {
    data,
    archive,
    get running() {
      return current !== undefined && !current.ended;
    },
    init: async () => {
      await makeFolders();
      const passwordFile = join(folder, 'password');
      await writeFile(passwordFile, secrets.superuser, { mode: 0o600 });
      await give(passwordFile);
      const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
      // Small segments of the log reach the archive soon.
      const form = [`--pgdata=${data}`, '--encoding=UTF8', '--locale=C', '--wal-segsize=1', '--no-sync'];
      const { tethered, lastWords } = launch(programs.initdb, [...access, ...form]);
      const code = await tethered.ended;
      await rm(passwordFile);
      if (code !== 0) throw new Error(`a practice database could not be made: ${lastWords()}`);
    },
    copy: async (from, port) => {
      await makeFolders();
      await copyForStandby(superuserOf(port, secrets), { from, to: data, owner: user });
    },
    copyTo: async (to) => {
      if (!current) throw notRunning();
      return copyWhole(superuserOf(current.port, secrets), { from: data, to, owner: user });
    },
    restore: async (copy) => {
      await makeFolders();
      await copyTree(copy, data, { owner: user });
    },
    start: async (place) => {
      const settings = join(data, 'postgresql.conf');
      const recovery = place.recovery && { ...place.recovery, archive: relative(data, place.recovery.archive) };
      await writeFile(settings, postgresqlConf({ ...place, recovery }, secrets, programs.extensions), { mode: 0o600 });
      await give(settings);
      if (recovery) {
        const signal = join(data, 'recovery.signal');
        await writeFile(signal, '', { mode: 0o600 });
        await give(signal);
      }
      const { tethered, lastWords } = launch(programs.postgres, ['-D', data]);
      const pool = new pg.Pool({ ...superuserOf(place.port, secrets), max: 2, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
      pool.on('error', () => undefined);
      // A session in use must not take the whole range down with its database either.
      pool.on('connect', (session) => void session.on('error', () => undefined));
      const started = { tethered, pool, port: place.port, ended: false };
      current = started;
      void tethered.ended.then(() => (started.ended = true));
      await answers(started, place.wanted, () => `${place.name} did not start: ${lastWords()}`);
    },
    kill: async () => {
      const ending = current;
      current = undefined;
      await ending?.tethered.stop();
      await ending?.pool.end();
    },
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => {
      if (!current) throw notRunning();
      return (await current.pool.query<Row>(sql, values)).rows;
    },
  };
}

function notRunning(): Error {
  return new Error('this practice database does not run');
}

async function answers(server: { pool: pg.Pool; ended: boolean }, wanted = () => true, problem: () => string): Promise<void> {
  const giveUpAt = Date.now() + startWithinMs;
  while (!server.ended && wanted() && Date.now() < giveUpAt) {
    const answer = await server.pool.query('SELECT 1').catch(() => undefined);
    if (answer) return;
    await sleep(25);
  }
  throw new Error(problem());
}
