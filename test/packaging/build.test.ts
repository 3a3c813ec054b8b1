import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import { startTethered, type Tethered } from '../../src/tethered.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { output } from './support/compose.ts';

const environmentFile = resolve('environments/range.yaml');
const token = randomBytes(32).toString('base64url');

/** Values for everything that the practice environment refers to, none of which answers. */
function variablesOf(file: string): Record<string, string> {
  const names = [...readFileSync(file, 'utf8').matchAll(/env:([A-Z_]+)/g)].map(([, name]) => name!);
  return Object.fromEntries(
    names.map((name) => [name, name.includes('TOKEN') ? randomBytes(32).toString('base64url') : 'http://127.0.0.1:9']),
  );
}

/** Starts a program of the build; resolves with what it says when it is ready. */
function launch(entry: string, env: NodeJS.ProcessEnv, parts: Tethered[]): Promise<{ url?: string }> {
  return new Promise((found, failed) => {
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      if (line.startsWith('{"ready"')) found(JSON.parse(line) as { url?: string });
    };
    const part = startTethered(process.execPath, [resolve(entry)], { env, onLine });
    parts.push(part);
    void part.ended.then((code) => failed(new Error(`${entry} ended with ${code}\n${lines.join('\n')}`)));
  });
}

describe('npm run build', () => {
  let folder: string;
  let temporal: EmbeddedTemporal;
  const parts: Tethered[] = [];

  before(async function () {
    this.timeout(240_000);
    folder = await mkdtemp(join(tmpdir(), 'muster-build-'));
    await output('npm', ['run', 'build'], { timeout: 200_000 });
    temporal = await startEmbeddedTemporal({ folder });
  });
  after(async () => {
    for (const part of parts) await part.stop();
    await temporal?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes a worker with a prebuilt bundle and an API with its page, which run without the TypeScript sources', async () => {
    const env = {
      ...{
        PATH: process.env['PATH'],
        ...variablesOf(environmentFile),
        MUSTER_RANGE_TOKEN_SAM: token,
        MUSTER_ARCHIVE: join(folder, 'archive'),
      },
      ...{
        MUSTER_ENVIRONMENT: environmentFile,
        TEMPORAL_ADDRESS: temporal.address,
        MUSTER_WORKFLOW_BUNDLE: resolve('dist/workflow-bundle.js'),
      },
    };
    const [, { url }] = await Promise.all([launch('dist/src/worker.js', env, parts), launch('dist/src/api/server.js', env, parts)]);
    await eventually(
      'API and worker to be ready',
      () => fetch(`${url}/readyz`),
      ({ status }) => status === 200,
    );
    const page = await (await fetch(`${url}/`)).text();
    const assets = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    assert.ok(assets.length > 1);
    for (const path of assets) assert.equal((await fetch(`${url}${path}`)).status, 200, path);

    const asked = {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        runbook: 'fail-over-region',
        input: { service: 'shop', from: 'east', to: 'west' },
        mode: 'simulate',
        reason: 'a test',
      }),
    };
    const answer = await fetch(`${url}/api/runs`, asked);
    const { runId } = (await answer.json()) as { runId: string };
    assert.equal(answer.status, 201);
    const read = async () => (await fetch(`${url}/api/runs/${runId}`, { headers: asked.headers })).json() as Promise<RunView>;
    // Nothing of the estate answers: what matters is that the runbook's own steps are done from the bundle.
    const view = await eventually('the first step', read, ({ steps }) => steps.length > 0);
    assert.equal(view.mode, 'simulate');
    assert.equal(view.steps[0]!.title, 'Check that west can take over');
  });
});
