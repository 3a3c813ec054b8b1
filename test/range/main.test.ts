import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeArguments } from '../../src/config/tools.ts';
import type { AwsCall, RangeAddresses, RangeStatus } from '../../src/range/contract.ts';
import { removeDatabaseFolder } from '../../src/range/databases/folder.ts';
import { eventually } from '../eventually.ts';

describe('the range as a process of its own', () => {
  let folder: string;
  let range: ChildProcess;
  let progress: string;
  let addresses: RangeAddresses;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    range = spawn(process.execPath, nodeArguments('src/range/main.ts'), { env: { ...process.env, MUSTER_RANGE_FOLDER: folder } });
    let output = '';
    progress = '';
    range.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
    range.stderr!.setEncoding('utf8').on('data', (text: string) => (progress += text));
    await eventually(
      'the range to be ready',
      () => (range.exitCode === null ? output : `it ended: ${progress}`),
      (said) => said.endsWith('\n'),
      40_000,
    );
    addresses = (JSON.parse(output) as { ready: RangeAddresses }).ready;
  });
  afterEach(async () => {
    if (range.exitCode === null && range.signalCode === null) {
      range.kill('SIGKILL');
      await once(range, 'exit');
    }
    await removeDatabaseFolder(folder);
    await rm(folder, { recursive: true, force: true });
  });

  const status = async () => (await (await fetch(`${addresses.control}/status`)).json()) as RangeStatus;

  it('runs the whole estate, counts no call of its own, and ends without a trace when its input closes', async () => {
    const { regions, customers } = await eventually('customers', status, (seen) => seen.customers.acknowledged > 5);
    assert.deepEqual([regions.east.database, regions.west.database, regions.east.weight], ['primary', 'replica', 100]);
    assert.equal(customers.failed, 0);
    const { calls } = (await (await fetch(`${addresses.control}/calls`)).json()) as { calls: AwsCall[] };
    assert.deepEqual(calls, []);
    assert.ok(
      progress
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('- ')),
      progress,
    );
    range.stdin!.end();
    const [code] = (await once(range, 'exit')) as [number];
    assert.equal(code, 0, progress);
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves no process behind when it is killed', async () => {
    const own = await descendants(range.pid!);
    assert.ok(own.length >= 6, `it has only ${own.length} processes`);
    range.kill('SIGKILL');
    await eventually(
      'the end of all its processes',
      () => own.filter(isAlive),
      (left) => left.length === 0,
      10_000,
    );
  });
});

/** Ids of all processes that a process has started, and those have started. */
async function descendants(root: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [root];
  for (const parent of found) found.push(...processes.filter(([, above]) => above === parent).map(([pid]) => pid));
  return found.slice(1);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
