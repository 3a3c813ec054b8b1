import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { incidentId } from '../../src/workflows/incident/commands.ts';
import type { IncidentRun } from '../../src/workflows/incident/view.ts';
import { eventually } from '../eventually.ts';
import { timeSkippingBench } from './harness.ts';

describe('a run of an incident', function () {
  this.timeout(30_000);
  const bench = timeSkippingBench();

  /** An incident that keeps what it hears, for the time of a test. */
  async function withIncident(test: (number: string, heard: () => Promise<IncidentRun[]>) => Promise<void>): Promise<void> {
    const number = `INC-2026-03-14-${randomUUID()}`;
    await bench.serve(`incident-${number}`, async (taskQueue) => {
      const handle = await bench.env.client.workflow.start('hearsRuns', {
        ...{ workflowId: incidentId('test', number), taskQueue, workflowExecutionTimeout: '30d' },
      });
      await test(number, () => handle.query<IncidentRun[]>('heard'));
      // Nobody waits while time is skipped, so it may have run out of its own.
      await handle.terminate('the test is over').catch(() => undefined);
    });
  }
  const states = (heard: IncidentRun[]) => heard.map(({ state }) => state);

  it('tells it at its start, at each other state, and at its end before it is gone', async () => {
    await withIncident(async (incident, heard) => {
      await bench.run(
        'threeSteps',
        async (run) => {
          await run.seen('the failed step', ({ state }) => state === 'pausedByFailedStep');
          bench.tools.failing.clear();
          await run.command('retryStep', { by: 'sam' });
          await run.handle.result();
          const told = await heard();
          assert.deepEqual(states(told), ['pending', 'inProgress', 'pausedByFailedStep', 'inProgress', 'completed']);
          const { runId, startedAt, endedAt } = await run.view();
          assert.deepEqual(told[0], {
            ...{ runId, runbook: 'three-steps', title: 'Three steps', mode: 'live', state: 'pending' },
            ...{ status: 'goes on', startedAt, startedBy: 'sam' },
          });
          assert.match(told[2]!.status, /"Do two" failed: two does not work/);
          assert.equal(told.at(-1)!.endedAt, endedAt);
        },
        { request: { incident }, prepare: ({ failing }) => failing.set('two', 'Permanent') },
      );
    });
  });

  it('tells it also when it is a dry run, and what it was refused', async () => {
    await withIncident(async (incident, heard) => {
      await bench.run('threeSteps', async (run) => void (await run.handle.result()), { request: { incident, mode: 'simulate' } });
      assert.deepEqual([...new Set((await heard()).map(({ mode }) => mode))], ['simulate']);
    });
    await withIncident(async (incident, heard) => {
      await bench.run('threeSteps', async (run) => void (await run.handle.result().catch(() => undefined)), {
        request: { incident },
        plan: { leases: ['database/orders'] },
        prepare: ({ activities }) =>
          (activities.acquireLeases = async () => ({ granted: false, type: 'ResourceBusy', message: 'run-7 has it', holder: 'run-7' })),
      });
      const last = (await heard()).at(-1)!;
      assert.deepEqual([last.state, last.status], ['blockedByLease', 'run-7 has it']);
    });
  });

  it('lets the runs that it starts tell it too', async () => {
    await withIncident(async (incident, heard) => {
      await bench.run('withChild', async (run) => void (await run.handle.result()), { request: { incident } });
      const told = await heard();
      assert.deepEqual([...new Set(told.map(({ runbook }) => runbook))], ['with-child', 'three-steps']);
      assert.deepEqual(
        told.filter(({ endedAt }) => endedAt !== undefined).map(({ state }) => state),
        ['completed', 'completed'],
      );
    });
  });

  it('names it in the title of its leases', async () => {
    const titles: string[] = [];
    await bench.run('threeSteps', async (run) => void (await run.handle.result()), {
      request: { incident: 'INC-2026-03-14-001' },
      plan: { leases: ['database/orders'] },
      prepare: ({ activities }) =>
        (activities.acquireLeases = async (asked?: { title: string }) => {
          titles.push(asked!.title);
          return { granted: true };
        }),
    });
    assert.deepEqual(titles, ['Three steps (INC-2026-03-14-001)']);
  });

  it('goes on and ends when there is no such incident', async () => {
    await bench.run(
      'threeSteps',
      async (run) => {
        assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
      },
      { request: { incident: 'INC-2026-03-14-404' } },
    );
  });

  it('tells nothing when it is of no incident', async () => {
    await bench.run('threeSteps', async (run) => {
      await run.handle.result();
      const { events } = await run.handle.fetchHistory();
      await eventually(
        'the history',
        () => events?.length ?? 0,
        (count) => count > 0,
      );
      assert.ok(!events!.some((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes));
      const marked = events!.flatMap(({ markerRecordedEventAttributes: marker }) =>
        marker ? [Buffer.from(marker.details?.['patch-data']?.payloads?.[0]?.data ?? []).toString()] : [],
      );
      assert.deepEqual(
        marked.filter((mark) => !mark.includes('"know-the-plan"')),
        [],
      );
    });
  });
});
