import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const cloneFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Where one of the pinned tools is: in MUSTER_TOOLS, in the launcher's own venv, else on PATH. Throws with the fix when it is nowhere. */
export function toolPath(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const folders = [env['MUSTER_TOOLS'], join(cloneFolder, '.muster/tools/venv/bin'), ...(env['PATH'] ?? '').split(delimiter)];
  const found = folders.flatMap((folder) => (folder ? [join(folder, name)] : [])).find(isExecutable);
  if (found === undefined) throw new Error(`${name} was not found: run ./muster once, which installs the pinned tools`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
