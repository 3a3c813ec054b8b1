import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Failure } from '../../workflows/failures.ts';
import { failure } from './fail.ts';

/** Throws RefusedBySafetyRule when a file is not the one that the environment allows by its hash, Permanent when it cannot be read. */
export async function mustBeAllowed(what: string, { file, sha256 }: { file: string; sha256: string }): Promise<void> {
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(Failure.Permanent, `the ${what} ${file} cannot be read: ${error.message}`);
  });
  const found = createHash('sha256').update(text).digest('hex');
  if (found !== sha256)
    throw failure(
      Failure.RefusedBySafetyRule,
      `the ${what} ${file} is not the one that was allowed: its sha256 is ${found}, not ${sha256}`,
    );
}
