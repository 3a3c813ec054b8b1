import { join } from 'node:path';
import { cloneFolder } from './tools.ts';

/** The folder of local state: MUSTER_HOME, or `.muster` in the clone. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['MUSTER_HOME'] ?? join(cloneFolder, '.muster');
}
