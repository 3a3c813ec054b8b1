import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const patienceMs = 5_000;
const againAfterMs = 20;

/** Does something to a file that no other process does at the same time. Throws when another one does not come to its end within 5 seconds. */
export function alone<T>(file: string, act: () => T): T {
  const mark = `${file}.lock`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (const until = Date.now() + patienceMs; !claim(mark); pause())
    if (Date.now() > until)
      throw new Error(`somebody else writes ${file}; when nobody does, remove ${mark}, which one that was killed left`);
  try {
    return act();
  } finally {
    rmSync(mark, { force: true });
  }
}

/** Writes a file that others see whole or not at all, for its owner only. */
export function replaceFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, file);
}

/** Makes a file where there is none, for its owner only. False when there is one. */
export function claim(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Writers are short commands of people, which have nothing else to do meanwhile. */
const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, againAfterMs);
