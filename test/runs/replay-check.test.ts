import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { connectTemporal, startEmbeddedTemporal, type EmbeddedTemporal, type TemporalConnection } from '../../src/config/temporal.ts';
import { bundleWorkflows, workflowSource } from '../../src/config/workflow-code.ts';
import { pastRuns, pastRunsIn } from '../../src/runs/past-runs.ts';
import { replayCheck, type ReplayVerdict } from '../../src/runs/replay-check.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { muster, musterProcess } from '../cli/support/muster.ts';
import { eventually } from '../eventually.ts';
import { fakeTools } from '../kit/fake-tools.ts';
import { people, trusting } from '../kit/harness.ts';
import '../quiet-runtime.ts';

const recorded = (name: string) => `test/histories/${name}.json`;
const all = async (verdicts: AsyncIterable<ReplayVerdict>): Promise<ReplayVerdict[]> => {
  const found: ReplayVerdict[] = [];
  for await (const verdict of verdicts) found.push(verdict);
  return found;
};

describe('muster replay-check', function () {
  this.timeout(90_000);
  let folder: string;
  let changed: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-replay-'));
    changed = join(folder, 'changed.json');
    // As if the run had read something else where the runbook reads the capacity.
    const text = await readFile(recorded('fail-over-region'), 'utf8');
    await writeFile(changed, text.replace('{"name":"readCapacity"}', '{"name":"readTheStars"}'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  describe('with files', () => {
    it('says of each history whether this build agrees, and in words where they part', async () => {
      const files = [recorded('fence-on-return'), changed, recorded('fail-over-region')];
      const found = await all(replayCheck(await pastRunsIn(files)));
      assert.deepEqual(
        found.map(({ workflow, open, agrees }) => [workflow, open, agrees]),
        [
          ['fenceOnReturn', null, true],
          ['failOverRegion', null, false],
          ['failOverRegion', null, true],
        ],
      );
      assert.equal(found[1]!.says, 'it has done readTheStars where this build does readCapacity');
    });

    it('ends with 1 and the place when one does not agree, and with 0 when all do', async () => {
      const bad = await musterProcess(['replay-check', changed, recorded('fence-on-return')]);
      assert.equal(bad.code, 1, bad.stderr);
      assert.match(bad.stdout, /failOverRegion +\? +it has done readTheStars where this build does readCapacity/);
      assert.match(bad.stdout, /1 of 2 agree with this build/);
      const good = await musterProcess(['replay-check', recorded('fence-on-return'), '-o', 'json']);
      assert.equal(good.code, 0);
      assert.deepEqual(
        (JSON.parse(good.stdout) as ReplayVerdict[]).map(({ agrees, says }) => [agrees, says]),
        [[true, null]],
      );
    });

    it('says in one sentence what is no history, which number is none, and that there is no Temporal', async () => {
      const wrong = join(folder, 'wrong.json');
      await writeFile(wrong, '{}');
      const say = async (...args: string[]) => {
        const { code, stderr } = await muster(['replay-check', ...args], { MUSTER_HOME: folder });
        return [code, stderr.trim()];
      };
      assert.deepEqual(await say(wrong), [
        2,
        `muster: ${wrong} is no history: Invalid history, expected an object with an array of events`,
      ]);
      assert.deepEqual(await say('--closed', 'many'), [2, 'muster: --closed many: say a number from 0 to 10000']);
      const [code, text] = await say();
      assert.equal(code, 1);
      assert.match(String(text), /no Temporal is configured and none runs here/);
    });
  });

  describe('with Temporal', () => {
    const taskQueue = "kit's own";
    let kit: Awaited<ReturnType<typeof workflowSource>>;
    let server: EmbeddedTemporal;
    let temporal: TemporalConnection;
    const since = new Date(Date.now() - 3_600_000);

    before(async () => {
      kit = { workflowBundle: await bundleWorkflows(fileURLToPath(new URL('../kit/runbooks.ts', import.meta.url))) };
      server = await startEmbeddedTemporal({ folder });
      temporal = await connectTemporal({ ...server, connectionOptions: { address: server.address } });
      const connection = await NativeConnection.connect({ address: server.address });
      const worker = await Worker.create({
        ...kit,
        connection,
        taskQueue,
        activities: { ...fakeTools().activities, ...trusting },
      });
      const start = (workflow: string, workflowId: string, queue = taskQueue) => {
        const run = { environment: 'test', mode: 'live', requestedBy: 'sam', reason: 'a test', people };
        return temporal.client.workflow.start(workflow, { workflowId, taskQueue: queue, args: [{ run }] });
      };
      await worker.runUntil(async () => {
        for (const id of ['ended-1', 'ended-2']) await (await start('threeSteps', id)).result();
        const open = await start('gated', 'open-1');
        await eventually(
          'its question',
          () => open.query<RunView>('view'),
          ({ state }) => state === 'pendingApproval',
        );
        await start('threeSteps', 'of-somebody-else', 'another-queue');
      });
      await connection.close();
    });
    after(async () => {
      await temporal?.close();
      await server?.stop();
    });
    const check = (closed: number, from = since, build = kit) =>
      all(replayCheck(pastRuns(temporal.client, { taskQueue, closed, since: from }), build));

    it('replays what is open on its queue, and the newest that have ended', async () => {
      const seen = await eventually(
        'all of them to be listed',
        () => check(50),
        ({ length }) => length === 3,
      );
      assert.deepEqual(
        seen.map(({ runId, workflow, open, agrees }) => [runId, workflow, open, agrees]),
        [
          ['open-1', 'gated', true, true],
          ['ended-2', 'threeSteps', false, true],
          ['ended-1', 'threeSteps', false, true],
        ],
      );
    });

    it('leaves out those that have ended too long ago, or more of them than were asked for', async () => {
      assert.deepEqual(
        (await check(1)).map(({ runId }) => runId),
        ['open-1', 'ended-2'],
      );
      assert.deepEqual(
        (await check(0)).map(({ runId }) => runId),
        ['open-1'],
      );
      assert.deepEqual(
        (await check(50, new Date())).map(({ runId }) => runId),
        ['open-1'],
      );
    });

    it('does not agree with a build that has no such runbook', async () => {
      const [open] = await check(0, since, await workflowSource());
      assert.deepEqual([open!.open, open!.agrees], [true, false]);
      assert.match(open!.says!, /gated/);
    });
  });
});
