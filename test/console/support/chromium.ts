import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { isExecutable } from '../../../src/config/tools.ts';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** A real Chromium: from PATH, else Debian's, installed where that is allowed. Throws a sentence when this machine can have none. */
export async function startChromium(): Promise<Browser> {
  if (programOnPath() === undefined) await install();
  const executablePath = programOnPath();
  if (executablePath === undefined) throw new Error('the Debian package chromium is installed, and PATH has no chromium');
  // Root may not use its sandbox, and it only ever sees our own pages.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

const programOnPath = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);

async function install(): Promise<void> {
  const missing = 'the console is tested in a real Chromium, and this machine has none: apt-get install chromium';
  if (process.getuid?.() !== 0) throw new Error(missing);
  console.log('    installing the Debian package chromium (once)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update'], { env, timeout: 120_000 });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { env, timeout: 400_000 });
  } catch (cause) {
    throw new Error(`${missing} (it could not be installed)`, { cause });
  }
}
