import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { emailActivities } from '../../src/activities/messages/email.ts';
import { slackActivities } from '../../src/activities/messages/slack.ts';
import { activityInterceptors } from '../../src/activities/kit/interceptor.ts';
import { classify } from '../../src/activities/kit/kinds.ts';
import { toolPath } from '../../src/config/tools.ts';
import { bundleWorkflows, type WorkflowCode } from '../../src/config/workflow-code.ts';
import type { Trouble } from '../../src/range/inbox/trouble.ts';
import type { Delivery } from '../../src/workflows/incident/messages.ts';
import '../quiet-runtime.ts';
import { deliveryOf, inboxOfTest } from './inbox-environment.ts';

const letter = deliveryOf({ sink: 'email', act: 'send', to: 'cto@practice.example', subject: 'P0 Orders fail', text: 'We look' });
const note = deliveryOf({ sink: 'slack', act: 'post', channel: 'internal', text: 'We look' }, { id: 'm4' });

describe('messages of an incident through Temporal', () => {
  const inbox = inboxOfTest();
  let env: TestWorkflowEnvironment;
  let workflowBundle: WorkflowCode;
  before(async () => {
    const workflowsPath = fileURLToPath(new URL('./sending.ts', import.meta.url));
    const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
    [env, workflowBundle] = await Promise.all([
      TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }),
      bundleWorkflows(workflowsPath),
    ]);
  });
  after(() => env?.teardown());

  /** Sends both messages; attempt by attempt the inbox is in the given trouble, and afterwards it is well. */
  async function send(deliveries: Delivery[], troubles: (Trouble | 'well')[]): Promise<number[]> {
    const { deliverSlack, deliverEmail } = { ...slackActivities(inbox.now.environment), ...emailActivities(inbox.now.environment) };
    const next = async (): Promise<void> => {
      await inbox.now.up();
      const trouble = troubles.shift() ?? 'well';
      if (trouble !== 'well') await inbox.now.down(['slack', 'email'], trouble);
    };
    const troubled = <D, R>(deliver: (delivery: D) => Promise<R>) =>
      classify('notify', async (delivery: D) => {
        assert.ok(Context.current().info.attempt <= 2);
        await next();
        return deliver(delivery);
      });
    const activities = { deliverSlack: troubled(deliverSlack), deliverEmail: troubled(deliverEmail) };
    const interceptors = { activity: [activityInterceptors(activities, 'range')] };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'sending',
      workflowBundle,
      activities,
      interceptors,
    });
    const workflowId = `sending-${inbox.now.keys.email}`;
    return worker.runUntil(
      env.client.workflow.execute<(asked: Delivery[]) => Promise<number[]>>('sendAll', {
        taskQueue: 'sending',
        workflowId,
        args: [deliveries],
        workflowExecutionTimeout: '1h',
      }),
    );
  }
  const letters = () => inbox.now.took<{ text: string }>('email').map(({ text }) => text);
  const notes = () => inbox.now.took<{ text: string }>('slack').map(({ text }) => text);

  it('that surely did not arrive are tried again without being called a repeat', async () => {
    assert.deepEqual(await send([letter, note], ['refuse', 'error', 'refuse', 'well', 'refuse', 'limit', 'well']), [2, 2]);
    assert.deepEqual([letters(), notes()], [['We look'], ['We look']]);
  });

  it('that may have arrived come once where that can be seen, and else are called a repeat', async () => {
    assert.deepEqual(await send([letter, note], ['lose-answers', 'well', 'lose-answers', 'well']), [2, 2]);
    assert.deepEqual([letters(), notes()], [['We look', '(may be a repeat) We look'], ['We look']]);
  });
});
