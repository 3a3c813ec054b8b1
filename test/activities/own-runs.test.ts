import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listOwnRuns, type OwnRun, type RunsAsked } from '../../src/activities/records/own-runs.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { connectTemporal, startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import { searchAttributes } from '../../src/workflows/search-attributes.ts';
import { eventually } from '../eventually.ts';
import { failureOf, inStep } from './in-step.ts';

describe('the runs of Muster, as a real Temporal lists them', () => {
  let folder: string;
  let server: EmbeddedTemporal;
  let temporal: Awaited<ReturnType<typeof connectTemporal>>;
  const target = (namespace: string) => ({ address: server.address, namespace, connectionOptions: { address: server.address } });
  const list = async (asked: Omit<RunsAsked, 'environment'>): Promise<OwnRun[]> => {
    const { result } = await inStep(read(listOwnRuns), { environment: 'range', ...asked }, { client: temporal.client });
    return result;
  };
  const ids = async (asked: Omit<RunsAsked, 'environment'>) => (await list(asked)).map(({ runId }) => runId).sort();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-own-runs-'));
    server = await startEmbeddedTemporal({ folder });
    temporal = await connectTemporal(target(server.namespace));
    const start = (workflowId: string, runbook: string | undefined, environment: string, incident?: string) =>
      temporal.client.workflow.start('nothing', {
        ...{ workflowId, taskQueue: 'nobody', args: [], memo: { title: `Title of ${workflowId}`, mode: 'live' } },
        typedSearchAttributes: [
          { key: searchAttributes.environment, value: environment },
          ...(runbook === undefined ? [] : [{ key: searchAttributes.runbook, value: runbook }]),
          ...(incident === undefined ? [] : [{ key: searchAttributes.incident, value: incident }]),
        ],
      });
    await start('ours', 'fail-over-region', 'range', 'INC-2026-03-14-001');
    await start('ended', 'fail-over-region', 'range', 'INC-2026-03-14-001').then((handle) => handle.terminate());
    await start('other-incident', 'mitigate', 'range', 'INC-2026-03-14-002');
    await start('elsewhere', 'mitigate', 'another', 'INC-2026-03-14-001');
    await start('an-incident', undefined, 'range', 'INC-2026-03-14-001');
    await eventually(
      'all to be listed',
      () => ids({}),
      (seen) => seen.join() === 'ended,other-incident,ours',
    );
    await eventually(
      'one to have ended',
      () => ids({ open: true }),
      (seen) => seen.join() === 'other-incident,ours',
    );
  });
  after(async () => {
    await temporal?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are those of this environment, and never the incidents themselves', async () => {
    assert.deepEqual(await ids({ incident: 'INC-2026-03-14-001' }), ['ended', 'ours']);
    assert.deepEqual(await ids({ incident: 'INC-2026-03-14-001', open: true }), ['ours']);
    assert.deepEqual(await ids({ runbook: 'mitigate' }), ['other-incident']);
    assert.deepEqual(await ids({ since: new Date(Date.now() + 60_000).toISOString() }), []);
    assert.equal((await ids({ since: '2026-01-01T00:00:00Z' })).length, 3);
    assert.equal((await ids({ limit: 1 })).length, 1);
  });

  it('are told by what they were started with', async () => {
    const [{ startedAt, ...run }] = (await list({ incident: 'INC-2026-03-14-001', open: true })) as [OwnRun];
    assert.ok(Date.parse(startedAt) <= Date.now());
    assert.deepEqual(run, {
      ...{ runId: 'ours', runbook: 'fail-over-region', title: 'Title of ours', mode: 'live', open: true, state: 'inProgress' },
      incident: 'INC-2026-03-14-001',
    });
  });

  it('cannot be asked for by a name that would change the question', async () => {
    assert.deepEqual(await ids({ incident: `x' OR MusterEnvironment = 'another` }), []);
  });

  it('cannot be listed from outside of an activity, or while Temporal does not answer', async () => {
    await assert.rejects(listOwnRuns({ environment: 'range' }), /only be looked for from within an activity/);
    const { client, close } = await connectTemporal(target('no-such-namespace'));
    const { name, message } = await failureOf(inStep(read(listOwnRuns), { environment: 'range' }, { client }));
    await close();
    assert.deepEqual([name, message.startsWith('Temporal could not be asked: ')], ['Permanent', true]);
  });
});
