import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { createDeskClient, type DeskClient } from '../../src/incidents/desk-client.ts';
import { createDeskQueue } from '../../src/incidents/desk-queue.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { deskId, incidentId, type Declaration } from '../../src/workflows/incident/commands.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import type { IncidentSummary } from '../../src/workflows/incident/view.ts';
import { eventually } from '../eventually.ts';
import { benchFor } from '../kit/harness.ts';
import type { Heard } from './desk-workflows.ts';

const declaration = (key: string, more: Partial<Declaration> = {}): Declaration => ({
  ...{ key, by: 'sam', title: 'The shop is down', service: 'shop', severity: 'P0' },
  ...more,
});
const alert = (more: Partial<AlertFact> = {}): AlertFact => ({
  ...{ fingerprint: 'f1', rule: 'shop-down', cause: 'shop-down', status: 'firing', startsAt: '2026-01-01T00:00:00.000Z' },
  ...{ service: 'shop', severity: 'P1', summary: 'The shop does not answer' },
  ...more,
});

describe('the incident desk', function () {
  this.timeout(40_000);
  const bench = benchFor(fileURLToPath(new URL('./desk-workflows.ts', import.meta.url)), () => ({ activities: {} }));
  let range: Environment;
  before(async () => {
    range = await loadEnvironment('environments/range.yaml');
  });

  interface AtDesk {
    desk: DeskClient;
    name: string;
    handle: ReturnType<typeof bench.env.client.workflow.getHandle>;
    heard(number: string): Promise<Heard>;
  }
  const atDesk = (test: (at: AtDesk) => Promise<void>) =>
    bench.serve(randomUUID(), async (taskQueue) => {
      const environment: Environment = { ...range, name: taskQueue, orchestrator: { ...range.orchestrator, taskQueue } };
      const { client } = bench.env;
      const desk = createDeskClient({ client, environment });
      const handle = client.workflow.getHandle(deskId(taskQueue));
      // The desk has given the number when the incident itself may only just be on its way.
      const heard = (number: string) =>
        eventually('the incident', () => client.workflow.getHandle(incidentId(taskQueue, number)).query<Heard>('heard'), Boolean);
      await test({ desk, handle, name: taskQueue, heard });
      const { open } = await desk.view();
      for (const { workflowId } of open)
        await client.workflow
          .getHandle(workflowId)
          .terminate('the test is over')
          .catch(() => undefined);
      await handle.terminate('the test is over');
    });
  const today = async () => new Date(await bench.env.currentTimeMs()).toISOString().slice(0, 10);

  it('gives 50 incidents that are declared at once 50 numbers without a gap, and starts all of them', async () => {
    await atDesk(async ({ desk, heard }) => {
      const queue = createDeskQueue({ take: (request) => desk.take(request), most: 20 });
      const declared = await Promise.all(Array.from({ length: 50 }, (_, index) => queue.declare(declaration(`key-${index}`))));
      const day = await today();
      const expected = Array.from({ length: 50 }, (_, index) => `INC-${day}-${String(index + 1).padStart(3, '0')}`);
      assert.deepEqual(declared.map(({ number }) => number).sort(), expected);
      for (const { number, key } of declared) assert.equal((await heard(number)).new.declaration!.key, key);
      assert.equal((await desk.view()).open.length, 50);
    });
  });

  it('begins anew with 001 on every day of UTC', async () => {
    await atDesk(async ({ desk }) => {
      const number = async (key: string) => (await desk.take({ declarations: [declaration(key)], alerts: [] })).declared[0]!.number;
      assert.equal(await number('one'), `INC-${await today()}-001`);
      assert.equal(await number('two'), `INC-${await today()}-002`);
      await bench.env.sleep('1 day');
      assert.equal(await number('three'), `INC-${await today()}-001`);
    });
  });

  it('answers a declaration that is repeated with its first number, and says so', async () => {
    await atDesk(async ({ desk }) => {
      const declare = () => desk.take({ declarations: [declaration('same')], alerts: [] });
      const first = (await declare()).declared[0]!;
      assert.deepEqual([first.existed, (await declare()).declared], [false, [{ ...first, existed: true }]]);
      const twice = await desk.take({ declarations: [declaration('other'), declaration('other')], alerts: [] });
      assert.deepEqual(
        twice.declared.map(({ existed }) => existed),
        [false, true],
      );
      const [once, again] = [{ id: 'r', declarations: [declaration('third')], alerts: [] }, 'the same request, sent again'];
      assert.deepEqual((await desk.take(once)).declared, (await desk.take(once)).declared, again);
    });
  });

  it('makes alerts of one cause one incident, tells it what they do, and shows what it is like', async () => {
    await atDesk(async ({ desk, heard }) => {
      await desk.take({ declarations: [declaration('earlier', { title: 'The shop was down' })], alerts: [] });
      const { alerts } = await desk.take({ declarations: [], alerts: [alert(), alert(), alert({ fingerprint: 'f2' })] });
      const number = alerts.opened[0]!;
      assert.deepEqual(alerts, {
        ...{ opened: [number], changed: 2, repeated: 1 },
        each: [
          { what: 'opened', number },
          { what: 'repeated', number },
          { what: 'added', number },
        ],
      });
      const { new: begun } = await heard(number);
      assert.deepEqual([begun.title, begun.severity, begun.alerts.length], ['The shop does not answer', 'P1', 2]);
      assert.match(begun.similar[0]!.title, /The shop was down/);
      await desk.take({ declarations: [], alerts: [alert({ status: 'resolved', endsAt: '2026-01-01T00:05:00.000Z' })] });
      await eventually(
        'the end of the alert',
        () => heard(number),
        (seen) => seen.alerts.at(-1)!.status === 'resolved',
      );
    });
  });

  it('remembers what incidents say of themselves, and gives the next alert of an ended one’s cause a new incident', async () => {
    await atDesk(async ({ desk, handle }) => {
      await desk.take({ declarations: [], alerts: [alert()] });
      const [open] = (await desk.view()).open;
      const resolved: IncidentSummary = { ...open!, state: 'resolved', cause: 'A full disk', resolvedAt: '2026-01-01T01:00:00.000Z' };
      await handle.signal('summary', resolved);
      assert.deepEqual(
        await eventually(
          'the word of the incident',
          () => desk.view(),
          ({ ended }) => ended.length === 1,
        ),
        {
          ...{ open: [], ended: [resolved] },
          alerts: { taken: 1, repeated: 0, episodes: 1 },
        },
      );
      const next = await desk.take({ declarations: [], alerts: [alert({ startsAt: '2026-01-01T02:00:00.000Z' })] });
      assert.equal(next.alerts.opened.length, 1);
    });
  });

  it('goes on in a new run before it has taken more than Temporal allows, and forgets nothing', async () => {
    await atDesk(async ({ desk, handle, heard }) => {
      const [first] = (await desk.take({ declarations: [declaration('before')], alerts: [alert()] })).declared;
      const { runId } = await handle.describe();
      const facts = Array.from({ length: 1_100 }, (_, index) => alert({ fingerprint: `f${index}` }));
      for (let index = 0; index < facts.length; index += 50)
        await Promise.all(facts.slice(index, index + 50).map((fact) => desk.takeLater({ declarations: [], alerts: [fact] })));
      const view = await eventually(
        'all alerts',
        () => desk.view(),
        ({ alerts }) => alerts.taken === 1_101,
      );
      assert.equal(view.alerts.episodes, 1_100);
      await eventually(
        'another run',
        () => handle.describe(),
        (seen) => seen.runId !== runId,
      );
      assert.equal(view.open.length, 2);
      assert.deepEqual((await desk.take({ declarations: [declaration('before')], alerts: [] })).declared, [{ ...first, existed: true }]);
      const proposed = view.open.find(({ state }) => state === 'proposed')!;
      const { alerts } = await eventually(
        'what it was told',
        () => heard(proposed.number),
        (seen) => seen.alerts.length >= 201,
      );
      assert.equal(alerts.length, 201, 'two hundred, and one for all others');
    });
  });

  it('takes the next number when an incident that it does not know has this one', async () => {
    await atDesk(async ({ desk, name, heard }) => {
      const taken = incidentId(name, `INC-${await today()}-001`);
      const options = { workflowId: taken, taskQueue: name, args: [{ new: { alerts: [] } }] };
      const other = await bench.env.client.workflow.start('incident', { ...options, workflowExecutionTimeout: '30d' });
      const { declared } = await desk.take({ declarations: [declaration('one'), declaration('two')], alerts: [] });
      assert.deepEqual(declared.map(({ number }) => number.slice(-3)).sort(), ['002', '003']);
      for (const { number, key } of declared) assert.equal((await heard(number)).new.declaration!.key, key);
      await other.terminate('the test is over');
    });
  });

  it('refuses what it cannot read, and neither that nor a cancellation stops it', async () => {
    await atDesk(async ({ desk, handle }) => {
      await desk.take({ declarations: [declaration('one')], alerts: [] });
      const broken = [
        {},
        { declarations: [{ key: 'x' }], alerts: [] },
        { declarations: [], alerts: [{ ...alert(), startsAt: 'soon' }] },
        null,
      ];
      for (const request of broken) {
        await handle.signal('takeLater', request);
        await assert.rejects(handle.executeUpdate('take', { args: [request] }), WorkflowUpdateFailedError);
      }
      await handle.signal('summary', { number: 7 });
      await handle.cancel();
      const { declared } = await desk.take({ declarations: [declaration('two')], alerts: [] });
      assert.match(declared[0]!.number, /-002$/);
    });
  });

  it('that nobody has ever asked is empty', async () => {
    const desk = createDeskClient({ client: bench.env.client, environment: { ...range, name: randomUUID() } });
    assert.deepEqual(await desk.view(), { open: [], ended: [], alerts: { taken: 0, repeated: 0, episodes: 0 } });
  });
});
