import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { folderOf } from '../../report/archive-folder.ts';
import { fileNames } from '../../report/read.ts';
import type { FindRun } from '../../tapes/record.ts';
import type { PastRun } from '../../runs/past-runs.ts';
import type { Tape } from '../../tapes/tape.ts';
import { newestFolders } from '../archive.ts';
import { CliError, exitCodes } from '../exit.ts';
import { whichFolder } from '../which.ts';

/** The history that a run id, a folder of the archive or a file means, and how those of the runs that were its steps are found. */
export async function findHistory(what: string, archive: string): Promise<{ past: PastRun; find: FindRun }> {
  const { pastRunsIn } = await import('../../runs/past-runs.ts');
  const inArchive = existsSync(archive) ? whichFolder(newestFolders(archive), what) : undefined;
  const named = existsSync(what) ? resolve(what) : folderOf(archive, inArchive ?? what);
  if (!existsSync(named)) throw new CliError(`${what} is no file, and no run of the archive ${archive}`, exitCodes.refused);
  const file = statSync(named).isDirectory() ? join(named, fileNames.history) : named;
  const read = async (path: string): Promise<PastRun> => {
    const [past] = await pastRunsIn([path]).catch((cause: Error) => {
      throw new CliError(cause.message, exitCodes.usage);
    });
    return past!;
  };
  const beside = dirname(dirname(file));
  const find: FindRun = async (runId) => {
    const path = join(folderOf(beside, runId), fileNames.history);
    return existsSync(path) ? read(path) : undefined;
  };
  return { past: await read(file), find };
}

/** Reads a tape. Throws naming the file when it is none. */
export async function readTapeFile(file: string): Promise<Tape> {
  const { readTape } = await import('../../tapes/tape.ts');
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new CliError(`${file} cannot be read: ${cause.message}`, exitCodes.usage);
  });
  try {
    return readTape(text);
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`, exitCodes.usage);
  }
}
