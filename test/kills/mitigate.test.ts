import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { finalStates } from '../../src/workflows/messages.ts';
import { practiceEstate } from '../recovery/estate.ts';

describe('a mitigation while Muster dies again and again', function () {
  this.timeout(300_000);
  const estate = practiceEstate();

  for (const kind of ['scaled-down-writers', 'read-only', 'maintenance-page']) {
    it(`${kind} is put in force once and taken back once when the worker is killed inside every change`, async () => {
      const input = { service: 'shop', kind, for: '2s', owner: 'ana' };
      // A switch acts in a millisecond; a worker can only die inside that when the answer comes late.
      if (kind === 'maintenance-page') await estate.range.break({ kind: 'slow-switches', ms: 1_500 });
      const before = await estate.changes();
      const { body } = await estate.start('sam', { runbook: 'mitigate', reason: 'a test', input });
      const killed = new Set<string>();
      const view = await eventually(
        'the end of a run whose worker dies again and again',
        async () => {
          const seen = await estate.view(body.runId!).catch(() => undefined);
          const gate = seen?.gates.find(({ state }) => state === 'open');
          if (gate) await estate.signal('ana', body.runId!, 'decline', { gate: gate.id, digest: gate.digest }).catch(() => undefined);
          const step = seen?.steps.find(({ id, kind: word, state }) => word === 'step' && state === 'running' && !killed.has(id));
          if (step) {
            killed.add(step.id);
            await estate.stack.worker.kill();
            await estate.stack.worker.start();
          }
          return seen;
        },
        (seen) => seen !== undefined && finalStates.includes(seen.state),
        200_000,
        100,
      );
      assert.equal(view!.state, 'completed', view!.status);
      assert.ok(killed.size >= 2, `${killed.size} kills`);
      assert.deepEqual(view!.measures['mitigation'] && (view!.measures['mitigation'] as { inForce: boolean }).inForce, false);
      assert.equal((await estate.changes()) - before, kind === 'scaled-down-writers' ? 2 : 0, 'each size was asked for once');
      const { regions } = await estate.range.status();
      assert.deepEqual([regions.east.database, regions.east.shop.desired], ['primary', 3]);
      await eventually(
        'customers who are served again',
        async () => (await fetch(`${estate.stack.variables['MUSTER_RANGE_EDGE']}/orders`, { method: 'POST' })).status,
        (status) => status === 201,
      );
    });
  }
});
