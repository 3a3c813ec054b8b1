// Small runbooks that each show one promise of the kit.
import { condition, defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import { runSignal } from '../../src/workflows/incident/commands.ts';
import type { IncidentRun } from '../../src/workflows/incident/view.ts';
import { fact } from '../../src/workflows/facts/facts.ts';
import { runbook, type RunResult } from '../../src/workflows/kit/runbook.ts';
import { proving } from '../../src/workflows/kit/scope.ts';
import type { Fact, RunRequest } from '../../src/workflows/messages.ts';
import type { FakeTools } from './fake-tools.ts';

export { leases } from '../../src/workflows/lifecycle/leases.ts';

const tools = proxyActivities<FakeTools>({
  startToCloseTimeout: '10s',
  heartbeatTimeout: '1s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});

export interface Plan {
  run: RunRequest;
  leases?: string[];
  direction?: { of: string; from: string; to: string; coolDownMs: number };
}

/** Three steps that can be undone, then one that cannot, then one more. */
export async function threeSteps(plan: Plan): Promise<RunResult> {
  return runbook(
    plan,
    { title: 'Three steps', leases: plan.leases ?? [], ...(plan.direction ? { direction: plan.direction } : {}) },
    async ({ phase, step, keep }) => {
      phase('Prepare');
      await step('Do one', () => tools.act('one'), { undo: () => tools.undo('one') });
      await step('Do two', () => tools.act('two'), { undo: () => tools.undo('two') });
      await step('Do three', () => tools.act('three'), { undo: () => tools.undo('three') });
      phase('Cross');
      await step('Cross the line', () => tools.act('line'), { pointOfNoReturn: true });
      await step('Do four', () => tools.act('four'));
      keep('result', 'as it should be');
    },
  );
}

/** A gate whose fact is judged: up to 10 s are good. */
export async function judged(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Judged', leases: [] }, async ({ step, gate }) => {
    await gate('Go on?', {
      facts: async (): Promise<Fact[]> => {
        const lag = await tools.lag();
        return [fact.duration('lag', 'lag', lag, 'test', { verdict: lag > 10_000 ? 'bad' : 'good' })];
      },
      ...{ of: 'incident-commander', quorum: 2, within: 15 * 60_000, expiresAfter: 60 * 60_000 },
    });
    await step('Change', () => tools.act('change'));
  });
}

/** A gate in front of the only change, while something is prepared beside it. */
export async function gated(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Gated', leases: [] }, async ({ step, gate, parallel }) => {
    await parallel(
      () =>
        gate('Go on?', {
          facts: async (): Promise<Fact[]> => [
            fact.duration('lag', 'lag', await tools.lag(), 'test', { tolerance: 2_000 }),
            fact.time('clock', 'clock', new Date().toISOString(), 'test', { informational: true }),
          ],
          ...{ of: 'incident-commander', quorum: 2, within: 15 * 60_000, expiresAfter: 60 * 60_000, escalateTo: ['vp'] },
          stronger: (facts) => (Number(facts[0]?.value) > 10_000 ? { of: 'data-owner', quorum: 2 } : undefined),
        }),
      () => step('Warm up', () => tools.act('warm'), { undo: () => tools.undo('warm') }),
    );
    await step('Change', () => tools.act('change'));
  });
}

/** Reads something that the rest needs, and watches. */
export async function watched(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Watched', leases: [] }, async ({ measure, watch, keep }) => {
    keep('lag', await measure('Read the lag', () => tools.lag()));
    await watch('Watch it', { read: () => tools.observe(), holds: ({ errorRate }) => errorRate < 0.1 });
  });
}

/** Changes something, reads what only that change could show, and asks with it. */
export async function proven(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Proven', leases: [] }, async ({ step, check, gate }) => {
    await step('Change it', () => tools.act('it'));
    await check('See that it is changed', () => proving(() => tools.lag()));
    const facts = async () => [
      fact.duration('lag', 'lag', await tools.lag(), 'test'),
      fact.duration('effect', 'effect', await proving(() => tools.lag()), 'test'),
    ];
    await gate('Is it changed?', { facts, of: 'incident-commander', quorum: 1, within: 60_000, expiresAfter: 60_000 });
  });
}

/** One step that is in the middle of its change when the run is taken back. */
export async function slow(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Slow', leases: [] }, async ({ step }) => {
    await step('Do it slowly', () => tools.slowAct('slow'), { undo: () => tools.undo('slow') });
  });
}

/** Performs another runbook as a step, and can go back. */
export async function withChild(plan: Plan & { child?: string }): Promise<RunResult> {
  return runbook(plan, { title: 'With a child', leases: plan.leases ?? [] }, async ({ step, runs, keep }) => {
    await step('Before', () => tools.act('before'), { undo: () => tools.undo('before') });
    const child = await runs('Let another run do it', {
      workflow: plan.child ?? 'threeSteps',
      title: 'The child',
      plan: { leases: plan.leases },
    });
    keep('child', child?.state ?? 'left out');
    await step('After', () => tools.act('after'));
  });
}

/** Begins something, and leaves the rest to another run. */
export async function handsOver(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Hands over', leases: plan.leases ?? [] }, async ({ step, handOver }) => {
    await step('Begin', () => tools.act('begin'), { undo: () => tools.undo('begin') });
    await handOver('Leave it to the next', { workflow: 'gated', title: 'The successor', plan: {} });
  });
}

/** Rests, then asks until nobody wants it any longer. */
export async function restsAndAsks(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Rests and asks', leases: [] }, async ({ step, rest, ask }) => {
    const question = { facts: async () => [], of: 'incident-commander', quorum: 1, within: 60_000, expiresAfter: 30 * 60_000 };
    do await rest('Let an hour pass', 3_600_000);
    while ((await ask('Still needed?', question)) === 'approved');
    await step('Take it back', () => tools.act('back'));
  });
}

/** A question about what cannot be undone. */
export async function crosses(plan: Plan): Promise<RunResult> {
  return runbook(plan, { title: 'Crosses', leases: [] }, async ({ step, gate }) => {
    const question = { facts: async () => [], of: 'incident-commander', quorum: 1, within: 60_000, expiresAfter: 30 * 60_000 };
    await gate('Cross the line?', { ...question, cannotBeUndone: 'it is gone' });
    await step('Cross the line', () => tools.act('line'), { pointOfNoReturn: true });
  });
}

/** Stands in for an incident: keeps what runs tell it. */
export async function hearsRuns(): Promise<void> {
  const heard: IncidentRun[] = [];
  setHandler(defineQuery<IncidentRun[]>('heard'), () => heard);
  setHandler(runSignal, (run) => void heard.push(run));
  await condition(() => false);
}
