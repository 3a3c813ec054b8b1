import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostCache, lastLine, onPath, run } from './programs.ts';

const version = '2.17.14';

/** Folder with `ansible-playbook`: from PATH, else in a Python environment of its own in the cache. Throws a sentence when it cannot be had. */
export async function ansibleFolder(say: (line: string) => void): Promise<string> {
  const installed = onPath('ansible-playbook');
  if (installed !== undefined) return join(installed, '..');
  const folder = join(hostCache, `ansible-${version}`);
  // An environment of Python cannot be moved: a file says that it is whole.
  const done = join(folder, 'done');
  if (existsSync(done)) return join(folder, 'bin');
  try {
    say(`installing ansible-core ${version} into the cache; some seconds, once`);
    await mkdir(hostCache, { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder], { timeout: 120_000 });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ansible-core==${version}`];
    await run(join(folder, 'bin/python3'), pip, { timeout: 300_000 });
    await writeFile(done, '');
    return join(folder, 'bin');
  } catch (cause) {
    throw new Error(`ansible-core cannot be had by pip (${lastLine(cause)})`, { cause });
  }
}
