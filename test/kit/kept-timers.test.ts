import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Payload } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { toolPath } from '../../src/config/tools.ts';
import { eventually } from '../eventually.ts';
import { bundleOf } from './harness.ts';

/** Longer than the workflow waits: its timer runs out while the worker has its task. */
const busyMs = 2_500;
const slowly = async (payloads: Payload[]) => (await delay(busyMs), payloads);

describe('the server that skips time', () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
    env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  });
  after(() => env?.teardown());

  it('does not stand still when a timer runs out while the worker has a task that ends the wait for it', async () => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'timers',
      workflowBundle: await bundleOf(fileURLToPath(new URL('./waiting.ts', import.meta.url))),
      dataConverter: { payloadCodecs: [{ encode: async (payloads) => payloads, decode: slowly }] },
    });
    const ended = await worker.runUntil(async () => {
      const handle = await env.client.workflow.start<() => Promise<string>>('waiting', { workflowId: 'waiting', taskQueue: 'timers' });
      const waits = async () =>
        (await handle.fetchHistory()).events!.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
      await eventually('a wait', waits, (begun) => begun);
      await handle.signal('end', 'the signal');
      return handle.result();
    });
    assert.equal(ended, 'the signal');
  });
});
