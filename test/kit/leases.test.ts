import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { leaseActivities } from '../../src/activities/records/leases.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import type { LeaseAnswer } from '../../src/workflows/lifecycle/leases.ts';
import { timeSkippingBench } from './harness.ts';

const move = { of: 'shop', from: 'east', to: 'west', coolDownMs: 15 * 60_000 };
const back = { ...move, from: 'west', to: 'east' };

describe('leases', () => {
  const bench = timeSkippingBench();

  interface Book {
    acquire(holder: string, resources: string[], direction?: object): Promise<LeaseAnswer>;
    release(holder: string, direction?: object): Promise<void>;
  }
  const withBook = (test: (book: Book) => Promise<void>) =>
    bench.serve(randomUUID(), async (taskQueue) => {
      const handle = await bench.env.client.workflow.start('leases', {
        workflowId: randomUUID(),
        taskQueue,
        workflowExecutionTimeout: '30d',
      });
      await test({
        acquire: (holder, resources, direction) =>
          handle.executeUpdate('acquire', { args: [{ holder, title: `Run ${holder}`, resources, ...(direction ? { direction } : {}) }] }),
        release: (holder, direction) => handle.executeUpdate('release', { args: [{ holder, ...(direction ? { direction } : {}) }] }),
      });
      await handle.terminate('the test is over');
    });

  it('are given for all resources or for none, and the refusal names the holder', async () => {
    await withBook(async ({ acquire, release }) => {
      assert.deepEqual(await acquire('one', ['database/orders', 'traffic/shop']), { granted: true });
      const refused = await acquire('two', ['capacity/shop', 'traffic/shop']);
      assert.ok(!refused.granted && refused.type === 'ResourceBusy' && refused.holder === 'one');
      assert.match(refused.message, /traffic\/shop is held by "Run one" \(one\)/);
      assert.deepEqual(await acquire('three', ['capacity/shop']), { granted: true });
      await release('one');
      assert.deepEqual(await acquire('two', ['traffic/shop']), { granted: true });
    });
  });

  it('may be asked for again by their holder', async () => {
    await withBook(async ({ acquire }) => {
      await acquire('one', ['traffic/shop']);
      assert.deepEqual(await acquire('one', ['traffic/shop']), { granted: true });
    });
  });

  it('refuse the way back until the cool-down is over, and never the same way', async () => {
    await withBook(async ({ acquire, release }) => {
      await acquire('one', ['traffic/shop'], move);
      await release('one', move);
      const refused = await acquire('two', ['traffic/shop'], back);
      assert.ok(!refused.granted && refused.type === 'CoolingDown');
      assert.deepEqual(await acquire('three', ['traffic/shop'], move), { granted: true });
      await release('three');
      await bench.env.sleep('16m');
      assert.deepEqual(await acquire('two', ['traffic/shop'], back), { granted: true });
    });
  });

  it('eight runs that ask at once: exactly one gets it', async () => {
    await withBook(async ({ acquire }) => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => acquire(`run-${index}`, ['traffic/shop'])));
      assert.equal(answers.filter(({ granted }) => granted).length, 1);
    });
  });

  it('of a run that has ended without giving them back are free again', async () => {
    const environment = await loadEnvironment('environments/range.yaml');
    const own = { ...environment, name: 'abandoned', orchestrator: { ...environment.orchestrator, taskQueue: 'abandoned' } };
    const { acquireLeases } = leaseActivities(own);
    const ask = (holder: string) =>
      new MockActivityEnvironment({}, { client: bench.env.client }).run(acquireLeases, {
        environment: own.name,
        holder,
        title: holder,
        resources: ['traffic/shop'],
      });
    await bench.serve('abandoned', async () => {
      assert.deepEqual(await ask('a-run-that-died'), { granted: true });
      assert.deepEqual(await ask('the-next-run'), { granted: true });
    });
  });
});
