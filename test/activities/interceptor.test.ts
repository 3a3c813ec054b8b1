import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { activityInterceptors } from '../../src/activities/kit/interceptor.ts';
import { notify, proof, read, record } from '../../src/activities/kit/kinds.ts';
import { observed } from '../../src/activities/kit/observed.ts';
import { currentStep } from '../../src/activities/kit/step-context.ts';
import { failureOf, inStep } from './in-step.ts';

const touch = (kind: 'read' | 'change') => observed({ tool: 'http', call: `touch ${kind}`, kind }, async () => 'touched');

describe('the activity interceptor', () => {
  it('tells an activity for which step it works, and wraps its result with the evidence', async () => {
    const look = read(async () => {
      await touch('read');
      const { mode, runId, step, stepTitle, actor } = currentStep();
      return { mode, runId, step, stepTitle, actor };
    });
    const { result, evidence, simulated, musterEnvelope } = await inStep(look, undefined);
    assert.deepEqual(result, { mode: 'live', runId: 'run-1', step: '3-promote', stepTitle: 'Promote', actor: 'sam' });
    assert.deepEqual([evidence.map(({ call, ok }) => [call, ok]), simulated, musterEnvelope], [[['touch read', true]], false, 1]);
  });

  it('gives an operation one id over attempts, and another to each activity', async () => {
    const id = read(async () => currentStep().operationId);
    const first = await inStep(id, undefined, { activityType: 'a' });
    const again = await inStep(id, undefined, { activityType: 'a', attempt: 2 });
    const other = await inStep(id, undefined, { activityType: 'b' });
    assert.equal(first.result, again.result);
    assert.notEqual(first.result, other.result);
  });

  it('runs only what cannot change anything in simulate', async () => {
    const ran: string[] = [];
    const run = (name: string) => async () => {
      ran.push(name);
      return name;
    };
    const simulate = { mode: 'simulate' } as const;
    assert.equal((await inStep(read(run('read')), undefined, simulate)).result, 'read');
    assert.equal((await inStep(record(run('record')), undefined, simulate)).result, 'record');
    assert.equal((await inStep(proof(run('proof')), undefined, simulate)).result, undefined);
    const told = await inStep(
      notify(async () => void ran.push('notify')),
      { text: 'hello' },
      { ...simulate, activityType: 'notifySlack' },
    );
    assert.deepEqual([told.result, told.predicted], [{ sent: false }, [{ call: 'notifySlack', args: { text: 'hello' } }]]);
    assert.deepEqual(ran, ['read', 'record']);
  });

  it('stops a change that hides in a read, in simulate', async () => {
    const { name } = await failureOf(
      inStep(
        read(() => touch('change')),
        undefined,
        { mode: 'simulate' },
      ),
    );
    assert.equal(name, 'RefusedBySafetyRule');
  });

  it('refuses an activity that is not classified', async () => {
    const { name, message } = await failureOf(inStep(async () => 'done', undefined).catch(addDetails));
    assert.equal(name, 'RefusedBySafetyRule');
    assert.match(message, /not classified/);
  });

  it('refuses a run that plays a tape, whatever it asks: this worker acts', async () => {
    const { name, message } = await failureOf(
      inStep(
        read(async () => 'done'),
        undefined,
        { mode: 'tape' },
      ).catch(addDetails),
    );
    assert.equal(name, 'RefusedBySafetyRule');
    assert.match(message, /plays a tape/);
  });

  it('refuses a step of another environment', async () => {
    const { message } = await failureOf(
      inStep(
        read(async () => 'done'),
        undefined,
        { environment: 'production' },
      ).catch(addDetails),
    );
    assert.match(message, /acts on range; the run belongs to production/);
  });

  it('without a header runs live and wraps nothing', async () => {
    const look = read(() => touch('change'));
    const mock = new MockActivityEnvironment({ activityType: 'look' }, { interceptors: [activityInterceptors({ look }, 'range')] });
    assert.equal(await mock.run(look, undefined), 'touched');
  });

  it('brings the evidence back with a failure, and cuts and redacts its message', async () => {
    const fails = read(async () => {
      await touch('read');
      throw Object.assign(new Error(`token=sesame ${'x'.repeat(10_000)}`), { name: 'Throttling', $metadata: { httpStatusCode: 400 } });
    });
    const { name, message, evidence, nonRetryable } = await failureOf(inStep(fails, undefined));
    assert.deepEqual([name, nonRetryable, evidence.length], ['Transient', false, 1]);
    assert.ok(message.length <= 4_000 && !message.includes('sesame'));
  });

  it('heartbeats while an activity is busy', async () => {
    const { heartbeats } = await inStep(
      read(() => new Promise((resolve) => setTimeout(resolve, 1_100))),
      undefined,
    );
    assert.ok(heartbeats.length >= 1);
  });

  it('counts equal reads, and keeps changes when there is more evidence than a history can hold', async () => {
    const polls = read(async () => {
      for (let round = 0; round < 500; round++) await touch('read');
    });
    const counted = await inStep(polls, undefined);
    assert.deepEqual(
      counted.evidence.map(({ times }) => times),
      [500],
    );
    const busy = read(async () => {
      for (let round = 0; round < 300; round++)
        await observed({ tool: 'http', call: `GET ${round} ${'y'.repeat(300)}`, kind: 'read' }, async () => round);
      await touch('change');
    });
    const { evidence } = await inStep(busy, undefined);
    assert.ok(evidence.length <= 201 && JSON.stringify(evidence).length < 70_000);
    assert.ok(evidence.some(({ call }) => call === 'touch change'));
    assert.match(evidence.at(-1)!.outcome, /entries over the limit/);
  });
});

/** A refusal comes before there is any evidence. */
function addDetails(error: Error): never {
  throw Object.assign(error, { details: [{ musterEvidence: [] }] });
}
