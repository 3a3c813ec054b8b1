import { readdirSync, statSync } from 'node:fs';

/** What is run apart, because each kind has its own patience. */
export const suites = {
  // Two files at a time: most of them wait for timers of PostgreSQL, AWS or Temporal.
  tests: ['--timeout=60000', '--parallel', '--jobs=2'],
  // Worker and Temporal are killed inside every change of every runbook.
  kills: ['--timeout=400000'],
  // Muster beside real programs of others, which are fetched once.
  rigs: ['--timeout=180000'],
} as const satisfies Record<string, readonly string[]>;

export type Suite = keyof typeof suites;
/** Which test files of each kind are to be run. */
export type Chosen = Record<Suite, string[]>;

const suiteOf = (file: string): Suite => (/^test\/(kills|rigs)\//.exec(file)?.[1] as Suite | undefined) ?? 'tests';

/** The test files of the folders and files that are named, by kind. Throws when a name has none. */
export function choose(names: readonly string[]): Chosen {
  const chosen: Chosen = { tests: [], kills: [], rigs: [] };
  for (const name of names) {
    const files = testFilesIn(name.replace(/^\.\//, '').replace(/\/$/, ''));
    if (files.length === 0) throw new Error(`${name} has no tests`);
    for (const file of files) if (!chosen[suiteOf(file)].includes(file)) chosen[suiteOf(file)].push(file);
  }
  return chosen;
}

/** Every test file, by kind. */
export const allTests = (): Chosen => choose(['test']);

function testFilesIn(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    return readdirSync(path)
      .sort()
      .flatMap((entry) => testFilesIn(`${path}/${entry}`));
  }
  return found !== undefined && path.endsWith('.test.ts') ? [path] : [];
}
