import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { backupFolder, dumpFile, makeBackupFolder, readBackups, sha256Of, wholeBackup, writeManifest, type Backup } from './files.ts';
import { restoreChanges } from './restore.ts';
import { restoreCommand, restoreInto, wrongIn } from './check.ts';
import { change, currentStep, failure, read } from '../../kit/index.ts';
import { findWritesAfter } from '../ledger.ts';
import { connectionOf, predictedPostgres, runPostgres } from './commands.ts';
import { dropDatabase, dropStatement, inDatabase, lookAtDatabase, makeDatabase } from './side-databases.ts';
import { predictedStatement, type Where } from '../sql.ts';
import { countRows } from './table-counts.ts';

export type { Backup } from './files.ts';

/** `label` is part of the backup's name: small letters, digits and single dashes. */
export interface NewBackup extends Where {
  label: string;
}
export interface AskedBackup extends Where {
  backup: string;
}

/** What a restore would take back; counts are of now. */
export interface BackupLoss {
  takenAt: string;
  ageMs: number;
  /** Tables whose number of rows differs from the backup's. */
  tables: { table: string; inBackup: number; now: number }[];
  /** Acknowledged writes after the backup; null when the environment names no ledger. */
  writes: number | null;
  /** The first 1,000 of them. */
  listed: { id: string; at: string }[];
}

const limits = { statementMs: 60 * 60_000, settings: { idle_in_transaction_session_timeout: '0' } };
const mostListed = 1_000;

/** Logical backups: taken with pg_dump, proven by restoring them elsewhere, restored beside what is there. */
export function backupActivities(environment: Environment) {
  const newName = ({ database, label }: NewBackup) => `${database}-${label}-${currentStep().operationId.slice(0, 8)}`;
  const scratchName = () => `muster_verify_${currentStep().operationId.slice(0, 8)}`;
  const dump = (asked: NewBackup, snapshot: string) => ({
    ...{ program: 'pg_dump' as const, kind: 'change' as const, stdoutTo: dumpFile(environment, asked.database, newName(asked)) },
    args: ['--format=custom', '--snapshot', { value: snapshot }],
  });
  const find = async (database: string, name: string) => (await readBackups(environment, database)).find((backup) => backup.name === name);

  return {
    ...restoreChanges(environment),

    /** A backup by its name, or the newest one. Throws Permanent when there is none. */
    findBackup: read(async ({ database, backup }: { database: string; backup: string | null }): Promise<Backup> => {
      const all = await readBackups(environment, database);
      const found = backup === null ? all[0] : all.find(({ name }) => name === backup);
      if (found) return found;
      const there = all.map(({ name }) => name).join(', ') || 'none';
      throw failure(
        Failure.Permanent,
        `there is no backup ${backup ?? ''} of ${database} in ${backupFolder(environment, database)}; there are: ${there}`,
      );
    }),

    /** Rows are counted in the very snapshot that is backed up. */
    takeBackup: change({
      look: async (asked: NewBackup) => {
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(asked.label)) throw failure(Failure.InvalidInput, `not a label for a backup: ${asked.label}`);
        const found = await find(asked.database, newName(asked));
        return { so: found !== undefined, found: found ? `${found.name} was taken at ${found.takenAt}` : `there is no ${newName(asked)}` };
      },
      predict: (asked) => ({
        calls: [predictedPostgres(environment, asked, dump(asked, 'snapshot'))],
        result: { backup: newName(asked) },
      }),
      act: async (asked) => {
        await makeBackupFolder(environment, asked.database);
        const { name } = connectionOf(environment, asked);
        const taken = await inDatabase(
          environment,
          asked,
          name,
          'customer',
          async (session) => {
            await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
            const [at] = await session.run<{ at: Date; version: string; snapshot: string }>(
              `SELECT now() AS at, current_setting('server_version') AS version, pg_export_snapshot() AS snapshot`,
            );
            await runPostgres(environment, asked, dump(asked, at!.snapshot));
            return { takenAt: at!.at.toISOString(), serverVersion: at!.version, rows: await countRows(session) };
          },
          limits,
        );
        const file = dumpFile(environment, asked.database, newName(asked));
        const { size, sha256 } = await sha256Of(file);
        const { database, region } = asked;
        await writeManifest(environment, { name: newName(asked), database, region, ...taken, bytes: size, sha256, verifiedAt: null });
      },
      prove: async (asked) => {
        const { backup } = await wholeBackup(environment, asked.database, newName(asked));
        return { backup: backup.name };
      },
    }),

    /** Restores it into a database of its own, counts its rows, asks the environment's questions, and removes that database again. */
    verifyBackup: change({
      look: async (asked: AskedBackup) => {
        const [found, scratch] = [await find(asked.database, asked.backup), await lookAtDatabase(environment, asked, scratchName())];
        const verified = found?.verifiedAt ?? null;
        return {
          so: verified !== null && !scratch.exists,
          found: verified === null ? 'it was never restored' : `it was restored at ${verified}`,
        };
      },
      predict: (asked) => ({
        calls: [
          predictedStatement(asked, `CREATE DATABASE ${scratchName()}`),
          predictedPostgres(environment, asked, restoreCommand(scratchName())),
          predictedStatement(asked, dropStatement(scratchName())),
        ],
        result: { backup: asked.backup },
      }),
      act: async (asked) => {
        const { backup, file } = await wholeBackup(environment, asked.database, asked.backup);
        try {
          await makeDatabase(environment, asked, scratchName(), connectionOf(environment, asked).name);
          await restoreInto(environment, asked, { into: scratchName(), file });
          const wrong = await wrongIn(environment, asked, { name: scratchName(), rows: backup.rows });
          if (wrong.length > 0) throw failure(Failure.Permanent, `the backup ${backup.name} is not good: ${wrong.join('; ')}`);
          await writeManifest(environment, { ...backup, verifiedAt: new Date().toISOString() });
        } finally {
          await dropDatabase(environment, asked, scratchName());
        }
      },
      prove: async (asked) => {
        const { verifiedAt } = (await wholeBackup(environment, asked.database, asked.backup)).backup;
        if (verifiedAt === null) throw failure(Failure.NotYet, `${asked.backup} is not verified`);
        return { backup: asked.backup };
      },
    }),

    /** What there is now and not in a backup. */
    backupLoss: read(async ({ backup: name, ...where }: AskedBackup): Promise<BackupLoss> => {
      const backup = await find(where.database, name);
      if (!backup) throw failure(Failure.Permanent, `there is no backup ${name} of ${where.database}`);
      const now = await inDatabase(environment, where, connectionOf(environment, where).name, 'read', countRows, limits);
      const { count, writes } = await findWritesAfter(environment, { ...where, at: backup.takenAt, list: mostListed });
      const tables = Object.keys({ ...backup.rows, ...now }).map((table) => ({
        table,
        inBackup: backup.rows[table] ?? 0,
        now: now[table] ?? 0,
      }));
      return {
        ...{ takenAt: backup.takenAt, ageMs: Date.now() - Date.parse(backup.takenAt), writes: count, listed: writes },
        tables: tables.filter(({ inBackup, now: there }) => inBackup !== there),
      };
    }),
  };
}
