import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import { nodeArguments } from '../../src/config/tools.ts';

const people = {
  ...Object.fromEntries(['SAM', 'ANA', 'BEN', 'YOU', 'VIC'].map((name) => [`MUSTER_RANGE_TOKEN_${name}`, `visibly-fake-token-of-${name}`])),
  MUSTER_RANGE_ALERTS_TOKEN: 'token-of-the-senders-of-alerts',
};

interface Server {
  child: ChildProcess;
  url: string;
  /** The exit code, when it has ended. */
  ended: Promise<number | null>;
}

describe('The API as a process', () => {
  let folder: string;
  let temporal: EmbeddedTemporal;
  const left = new Set<ChildProcess>();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-api-'));
    temporal = await startEmbeddedTemporal({ folder });
  });
  after(async () => {
    for (const child of left) child.kill('SIGKILL');
    await temporal.stop();
    await rm(folder, { recursive: true });
  });

  function launch(more: NodeJS.ProcessEnv): ChildProcess {
    const environment = {
      MUSTER_ENVIRONMENT: 'environments/range.yaml',
      MUSTER_ARCHIVE: folder,
      MUSTER_HOME: folder,
      ...people,
      PORT: '0',
      MUSTER_TETHER: '1',
    };
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, nodeArguments('src/api/server.ts'), { env: { PATH, HOME, ...environment, ...more } });
    left.add(child);
    child.once('exit', () => left.delete(child));
    return child;
  }

  async function startServer(more: NodeJS.ProcessEnv = {}): Promise<Server> {
    const child = launch({ TEMPORAL_ADDRESS: temporal.address, ...more });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    for await (const line of createInterface(child.stdout!)) {
      const { ready, url } = JSON.parse(line) as { ready: boolean; url: string };
      assert.equal(ready, true);
      return { child, url, ended };
    }
    throw new Error('it ended before it was ready');
  }

  async function lastWords(more: NodeJS.ProcessEnv): Promise<string> {
    const child = launch(more);
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    return words.trim();
  }

  it('stands on a Temporal whose file is for its owner only', async () => {
    const files = (await readdir(folder)).filter((name) => name.startsWith('temporal.db'));
    assert.ok(files.includes('temporal.db'));
    for (const name of files) assert.equal((await stat(join(folder, name))).mode & 0o077, 0, name);
  });

  it('serves on loopback, knows that no worker polls, and ends cleanly on SIGTERM', async () => {
    const { child, url, ended } = await startServer({ MUSTER_SIGN_IN: 'you:once-only' });
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const ready = await fetch(`${url}/readyz`);
    assert.deepEqual(
      [ready.status, (await ready.json()) as { temporal: boolean; worker: boolean }],
      [
        503,
        {
          ...{ ready: false, temporal: true, worker: false },
          detail: 'No worker polls the task queue muster-range; commands are recorded and wait.',
        },
      ],
    );
    assert.equal((await fetch(`${url}/sign-in?token=once-only`, { redirect: 'manual' })).status, 303);
    const headers = { authorization: 'Bearer visibly-fake-token-of-ANA', 'content-type': 'application/json' };
    const body = JSON.stringify({ gate: 'g', digest: 'd' });
    const approve = await fetch(`${url}/api/runs/no-such-run/signals/approve`, { method: 'POST', headers, body });
    assert.deepEqual([approve.status, ((await approve.json()) as { code: string }).code], [404, 'NotFound']);
    assert.match(await (await fetch(`${url}/metrics`, { headers })).text(), /process_resident_memory_bytes \d/);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('takes no sign-in link that another one was told of before', async () => {
    const { child, url, ended } = await startServer({ MUSTER_SIGN_IN: 'you:never-used' });
    child.kill('SIGKILL');
    await ended;
    const again = await startServer({ MUSTER_SIGN_IN: 'you:never-used', PORT: new URL(url).port });
    assert.equal((await fetch(`${again.url}/sign-in?token=never-used`, { redirect: 'manual' })).status, 401);
    again.child.kill('SIGTERM');
    assert.equal(await again.ended, 0);
  });

  it('ends with whoever holds its standard input, when it is tethered', async () => {
    const { child, ended } = await startServer();
    child.stdin!.end();
    assert.equal(await ended, 0);
  });

  it('says in one sentence what is missing', async () => {
    const [noEnvironment, noToken, noTemporal] = await Promise.all([
      lastWords({ MUSTER_ENVIRONMENT: '' }),
      lastWords({ TEMPORAL_ADDRESS: temporal.address, MUSTER_RANGE_TOKEN_BEN: '' }),
      lastWords({}),
    ]);
    assert.equal(noEnvironment, 'muster api: MUSTER_ENVIRONMENT is not set; it names the environment file');
    assert.match(noToken, /^muster api: the variable MUSTER_RANGE_TOKEN_BEN is not set[^\n]*$/);
    assert.match(noTemporal, /^muster api: no Temporal is configured[^\n]*$/);
  });
});
