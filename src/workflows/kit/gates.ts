import { condition } from '@temporalio/workflow';
import type { Fact, GateView, StepView } from '../messages.ts';
import { announce } from './comms.ts';
import type { GateOptions } from './decisions.ts';
import { openGate } from './open-gate.ts';
import { now, type Run } from './run.ts';
import { closeStep } from './step-record.ts';
import { RunEnds } from './ends.ts';
import { tell } from './timeline.ts';

/** Asks people, with facts, and waits until they have approved, have declined, or the time is over. */
export async function askPeople(run: Run, step: StepView, question: string, options: GateOptions): Promise<GateView> {
  const view = await openGate(run, step, question, options);
  if (run.request.mode === 'simulate') return view;
  try {
    await waitForDecision(run, view, options);
  } finally {
    run.gates.delete(view.id);
    if (view.state === 'open') view.state = 'canceled';
    view.decidedAt = now();
  }
  step.outcome = `${view.state} by ${view.decisions.map(({ by }) => by).join(' and ') || 'nobody'}`;
  announce(run, `${question} ${step.outcome}.`, ['slack']);
  return view;
}

/** Asks people, and goes on only when they approve. Throws RunEnds when it is declined or expires. */
export async function mustApprove(run: Run, step: StepView, question: string, options: GateOptions): Promise<readonly Fact[]> {
  const view = await askPeople(run, step, question, options);
  if (view.state === 'approved' || view.state === 'simulated') return view.facts;
  const outcome = step.outcome ?? view.state;
  closeStep(run, step, 'canceled', outcome);
  const reason = view.decisions.at(-1)?.comment ?? (view.state === 'expired' ? 'nobody answered in time' : 'no reason given');
  run.ending ??= {
    how: 'undo',
    state: view.state === 'expired' ? 'timedOut' : 'canceled',
    reason: `${outcome}: ${reason}`,
    by: view.decisions.at(-1)?.by ?? 'the clock',
  };
  throw new RunEnds(outcome);
}

async function waitForDecision(run: Run, view: GateView, { within, escalateTo = [], expiresAfter }: GateOptions): Promise<void> {
  const decided = () => view.state !== 'open';
  const deadline = Date.now() + expiresAfter;
  for (const next of escalateTo) {
    if (await condition(decided, Math.max(1, Math.min(within, deadline - Date.now())))) return;
    if (Date.now() >= deadline) break;
    view.escalations.push({ at: now(), to: next });
    tell(run, 'gate', `No decision yet: ${next} is asked too`, { step: view.id });
    announce(run, `${view.question} Still no decision: ${next} is asked too.`, ['slack', 'pagerduty']);
  }
  if (await condition(decided, Math.max(1, deadline - Date.now()))) return;
  view.state = 'expired';
}
