import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneFolder } from '../../src/config/tools.ts';
import type { Results } from './reporter.ts';
import { suites, type Suite } from './suites.ts';

const mocha = join(cloneFolder, 'node_modules/mocha/bin/mocha.js');
const compiled = (source: string) => join('dist', source.replace(/\.ts$/, '.js'));
const ours = (file: string) => join(cloneFolder, compiled(`test/runner/${file}`));
const always = ['--no-config', '--forbid-only', `--reporter=${ours('reporter.ts')}`, `--require=${ours('watchdog.ts')}`];

/** Runs test files of one kind with Mocha. A Mocha that ends badly without counting has one failure. */
export async function run(suite: Suite, files: readonly string[], options: readonly string[]): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-results-'));
  try {
    const results = join(folder, 'results.json');
    const args = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', mocha, ...always, ...suites[suite], ...options];
    const child = spawn(process.execPath, [...args, ...files.map(compiled)], {
      ...{ cwd: cloneFolder, env: { ...process.env, MUSTER_TEST_RESULTS: results } },
      stdio: 'inherit',
    });
    // Whoever ends us ends it; Ctrl-C reaches it by itself.
    const end = () => void child.kill('SIGTERM');
    process.once('SIGTERM', end);
    const [code] = (await once(child, 'close')) as [number | null];
    process.off('SIGTERM', end);
    const counted = read(results);
    return code === 0 || counted.failed > 0 ? counted : { ...counted, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file: string): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    return { passed: 0, failed: 0, skipped: 0, took: [] };
  }
}
