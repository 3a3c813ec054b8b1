import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { cloneFolder, nodeArguments } from '../../src/config/tools.ts';

/** A program of a test's own, which is found before the real one of its name. */
export interface StandInProgram {
  /** Of its own, for whatever it keeps. */
  folder: string;
  /** Takes it off the PATH again, with its folder. */
  remove(): void;
}

/** Puts a program first on the PATH. `script` gets its folder and answers what it is; `variables` are set as long as it is there. */
export function standInProgram(
  name: string,
  script: (folder: string) => string,
  variables: (folder: string) => Record<string, string> = () => ({}),
): StandInProgram {
  const folder = mkdtempSync(join(tmpdir(), `muster-${name}-`));
  writeFileSync(join(folder, name), script(folder), { mode: 0o755 });
  const wanted = { PATH: `${folder}${delimiter}${process.env['PATH']}`, ...variables(folder) };
  const before = Object.fromEntries(Object.keys(wanted).map((key) => [key, process.env[key]]));
  Object.assign(process.env, wanted);
  return {
    folder,
    remove: () => {
      for (const [key, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same for a module of JavaScript, which Node runs. */
export const standInModule = (
  name: string,
  module: (folder: string) => string,
  variables?: (folder: string) => Record<string, string>,
): StandInProgram =>
  standInProgram(
    name,
    (folder) => {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, module(folder));
      return `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`;
    },
    variables,
  );

/** The compiled code of a module, by its source. */
export const transpiled = (file: string): string => readFileSync(nodeArguments(relative(cloneFolder, file)).at(-1)!, 'utf8');

/** The JSON lines that a program has kept. */
export const linesOf = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
