import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { keepUp, launchProgram, type Part } from '../../src/cli/part.ts';
import { isRunning } from '../../src/cli/session.ts';
import { eventually } from '../eventually.ts';

const ready = z.object({ pid: z.number(), port: z.string() });
type Ready = z.output<typeof ready>;

describe('a part of the stack', () => {
  let folder: string;
  let part: Part<Ready> | undefined;
  const told: string[] = [];

  const launch = (variables: NodeJS.ProcessEnv = {}) => {
    const program = { name: 'tiny', entry: 'test/cli/support/tiny-part.ts', logFile: join(folder, 'tiny.log') };
    const env = { ...process.env, ...variables };
    return launchProgram({ ...program, env, onProgress: (line) => told.push(line) }, (line) => ready.parse(line));
  };
  const keep = async () =>
    (part = await keepUp({ name: 'tiny', launch: (before) => launch(before ? { TINY_PORT: '7' } : {}), log: (line) => told.push(line) }));
  const gone = (pid: number) =>
    eventually(
      'the program to be gone',
      async () => isRunning(pid),
      (runs) => !runs,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-'));
    told.length = 0;
  });
  afterEach(async () => {
    await part?.stop();
    part = undefined;
    await rm(folder, { recursive: true });
  });

  it('is up when it says so; its other lines go to a log and its progress to us', async () => {
    await keep();
    assert.equal(part!.ready.port, '0');
    assert.deepEqual(told, ['warming up']);
    assert.equal(await readFile(join(folder, 'tiny.log'), 'utf8'), '- warming up\n');
  });

  it('is gone after kill, and comes back with what it had after start', async () => {
    await keep();
    const { pid } = part!.ready;
    await part!.kill();
    await gone(pid);
    await part!.start();
    assert.notEqual(part!.ready.pid, pid);
    assert.equal(part!.ready.port, '7');
  });

  it('is started again when it ends by itself', async () => {
    await keep();
    const { pid } = part!.ready;
    process.kill(pid, 'SIGKILL');
    await eventually(
      'another one',
      async () => part!.ready.pid,
      (now) => now !== pid,
    );
    assert.ok(told.includes('tiny has ended by itself and is started again'));
  });

  it('is ended by stop', async () => {
    await keep();
    const { pid } = part!.ready;
    await part!.stop();
    assert.equal(isRunning(pid), false);
  });

  it('says why, with the end of its log, when it does not come up', async () => {
    await assert.rejects(
      launch({ TINY_FAILS: 'yes' }),
      /^Error: tiny ended at its start with code 3; its log is \S+tiny\.log\n- warming up\nthe reason$/,
    );
  });
});
