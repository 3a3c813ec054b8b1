import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { isExecutable } from '../../../src/config/tools.ts';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome'];

const missing =
  'the console is tested in a real Chromium, and this machine has none: apt-get install chromium, or npx playwright-core install --only-shell chromium';

/** A real Chromium: from PATH, else Debian's, installed where that is allowed, else Playwright's own. Throws a sentence when this machine has none. */
export async function startChromium(): Promise<Browser> {
  if (process.getuid?.() === 0) await install();
  const executablePath = programOnPath();
  // Root may not use its sandbox, and it only ever sees our own pages.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args }).catch((cause: unknown) => {
    throw new Error(missing, { cause });
  });
}

const programOnPath = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);

// Test files run side by side: one installs it for all, and the others wait, as a program is there before it can run. Old lists are renewed first.
const apt = 'apt-get install --yes --no-install-recommends chromium fonts-dejavu-core';
const installs = `${names.map((name) => `command -v ${name}`).join(' || ')} || ${apt} || { apt-get update && ${apt}; }`;

async function install(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('flock', [join(tmpdir(), 'muster-chromium.lock'), 'sh', '-c', installs], { env, timeout: 500_000, maxBuffer: 10_000_000 });
  } catch (cause) {
    throw new Error(`${missing} (it could not be installed)`, { cause });
  }
}
