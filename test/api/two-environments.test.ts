import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTemporal, startEmbeddedTemporal, type EmbeddedTemporal, type TemporalConnection } from '../../src/config/temporal.ts';
import type { Environment } from '../../src/config/environment.ts';
import { createRuns } from '../../src/runs/runs.ts';
import { searchAttributes } from '../../src/workflows/search-attributes.ts';
import { eventually } from '../eventually.ts';
import '../quiet-runtime.ts';
import { problemIn, startApi, testEnvironment, type Api } from './support/api.ts';

interface Listed {
  runs: { runId: string; environment: string }[];
}

describe('Two environments in one namespace', function () {
  this.timeout(120_000);
  let folder: string;
  let server: EmbeddedTemporal;
  let temporal: TemporalConnection;
  let [east, west] = [{} as Api, {} as Api];
  const gate = { gate: 'decide', digest: 'a'.repeat(64) };

  const apiOf = (environment: Environment) =>
    startApi({ environment, runs: createRuns({ client: temporal.client, environment }), archiveFolder: folder });
  const named = async (name: string) => {
    const own = await testEnvironment();
    return { ...own, name, orchestrator: { ...own.orchestrator, taskQueue: `muster-${name}` } };
  };
  /** A run that no worker has taken up, as it is seen by whoever looks from outside. */
  const start = async (workflow: string, environment: string, how: 'by Muster' | 'plainly' | 'elsewhere' = 'by Muster') => {
    const workflowId = `${workflow}-${randomUUID()}`;
    await temporal.client.workflow.start(workflow, {
      ...{ workflowId, taskQueue: how === 'elsewhere' ? 'muster-west' : `muster-${environment}`, args: [{}] },
      ...(how === 'plainly'
        ? {}
        : { memo: { environment }, typedSearchAttributes: [{ key: searchAttributes.environment, value: environment }] }),
    });
    return workflowId;
  };
  const listOf = async (api: Api) => ((await (await api.call('GET', '/api/runs', { as: 'vic' })).json()) as Listed).runs;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-two-'));
    server = await startEmbeddedTemporal({ folder });
    const { address, namespace } = server;
    temporal = await connectTemporal({ address, namespace, connectionOptions: { address } });
    [east, west] = await Promise.all([apiOf(await named('east')), apiOf(await named('west'))]);
  });
  after(async () => {
    await Promise.all([east.close?.(), west.close?.()]);
    await temporal?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('each list their own runs, however those were started', async () => {
    const own = await Promise.all([start('failOverRegion', 'east'), start('failOverRegion', 'east', 'plainly')]);
    const other = await start('failOverRegion', 'west');
    const seen = await eventually(
      'both runs',
      () => listOf(east),
      (runs) => own.every((id) => runs.some(({ runId }) => runId === id)),
    );
    assert.deepEqual(
      seen.filter(({ runId }) => !own.includes(runId)),
      [],
    );
    assert.deepEqual(
      (
        await eventually(
          'its run',
          () => listOf(west),
          (runs) => runs.length > 0,
        )
      ).map(({ runId, environment }) => [runId, environment]),
      [[other, 'west']],
    );
  });

  it("have no way to each other's runs: to read, watch, note, approve, abort or report one is as if it was not there", async () => {
    const runId = await start('failOverRegion', 'east');
    await mkdir(join(folder, runId));
    const report = { entries: [{ kind: 'run', data: { environment: 'east' } }] };
    await writeFile(join(folder, runId, 'report.json'), JSON.stringify(report));
    await writeFile(join(folder, runId, 'report.md'), '# east');
    const at = `/api/runs/${runId}`;
    const asked: Parameters<Api['call']>[] = [
      ['GET', at, { as: 'vic' }],
      ['GET', `${at}/events`, { as: 'vic' }],
      ['GET', `${at}/report?format=json`, { as: 'vic' }],
      ['GET', `${at}/report?format=md`, { as: 'vic' }],
      ['POST', `${at}/signals/note`, { as: 'sam', body: { text: 'who are you?' } }],
      ['POST', `${at}/signals/approve`, { as: 'ana', body: gate }],
      ['POST', `${at}/signals/decline`, { as: 'ana', body: gate }],
      ['POST', `${at}/signals/abort`, { as: 'sam', body: { how: 'leave' } }],
    ];
    for (const [method, path, options] of asked) {
      const problem = await problemIn(await west.call(method, path, options));
      assert.deepEqual([path, problem.status, problem.code], [path, 404, 'NotFound']);
    }
    const { events } = await temporal.client.workflow.getHandle(runId).fetchHistory();
    assert.ok(!events?.some(({ workflowExecutionSignaledEventAttributes: signal }) => signal), 'something was recorded');
    assert.equal(await (await east.call('GET', `${at}/report?format=md`, { as: 'vic' })).text(), '# east');
    assert.equal((await east.call('POST', `${at}/signals/note`, { as: 'sam', body: { text: 'mine' } })).status, 202);
  });

  it('know a run of the other one also on a task queue of their own, and nothing that is no run', async () => {
    const strayed = await start('failOverRegion', 'east', 'elsewhere');
    const other = await start('incidentDesk', 'west');
    for (const id of [strayed, other]) {
      const answer = await west.call('POST', `/api/runs/${id}/signals/note`, { as: 'sam', body: { text: 'who are you?' } });
      assert.equal((await problemIn(answer)).status, 404, id);
    }
  });

  it("count their own mitigations, whether or not the other one's runs have a worker", async () => {
    await start('mitigate', 'east');
    await eventually(
      'its mitigation',
      () => listOf(east),
      (runs) => runs.some(({ runId }) => runId.startsWith('mitigate')),
    );
    const answer = await west.call('GET', '/api/mitigations', { as: 'vic' });
    assert.deepEqual([answer.status, await answer.json()], [200, { mitigations: [] }]);
  });
});
