import { execFile } from 'node:child_process';
import { duration } from '../words/durations.ts';

/** What a program said, or why it could not be asked. */
export type Said = { text: string } | { problem: string };

/** How long one look may take, in ms. */
export const lookLimit = 5_000;

/** Asks a program that only reads, without a shell; never throws, and takes no longer than its limit in ms. */
export function readProgram(program: string, args: readonly string[], limit = lookLimit): Promise<Said> {
  return new Promise((resolve) => {
    const options = { timeout: limit, killSignal: 'SIGKILL' as const, maxBuffer: 16 * 1024 * 1024, encoding: 'utf8' as const };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ text: stdout });
      if (error.code === 'ENOENT') return resolve({ problem: 'is not on the PATH' });
      if (error.killed) return resolve({ problem: `did not answer within ${duration(limit)}` });
      const line = stderr.split('\n').find((each) => each.trim() !== '') ?? `ended with ${String(error.code)}`;
      resolve({ problem: `says: ${line.trim().slice(0, 200)}` });
    });
    child.stdin?.end();
  });
}

/** The JSON that a program said; undefined when it is none. */
export function jsonOf(said: Said): unknown {
  if (!('text' in said)) return undefined;
  try {
    return JSON.parse(said.text) as unknown;
  } catch {
    return undefined;
  }
}

/** One thing that was looked at, as a person reads it. */
export interface Finding {
  found: boolean;
  says: string;
}

/** Names in a sentence: the first of them, and how many more there are. */
export function sayNames(names: readonly string[], most = 8): string {
  if (names.length === 0) return 'none';
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
