import { condition } from '@temporalio/workflow';
import type { Fact, GateView, StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { deciderOf, type GateOptions } from './decisions.ts';
import { digestOf } from './facts.ts';
import { now, type Run } from './run.ts';
import { closeStep } from './step-record.ts';
import { RunEnds } from './steps.ts';
import { tell } from './timeline.ts';

/** Asks people, with facts, and waits for their decision. Throws RunEnds when it is declined or expires. */
export async function askPeople(run: Run, step: StepView, question: string, options: GateOptions): Promise<readonly Fact[]> {
  const view = await openGate(run, step, question, options);
  if (run.request.mode === 'simulate') return view.facts;
  try {
    await waitForDecision(run, view, options);
  } finally {
    run.gates.delete(view.id);
    if (view.state === 'open') view.state = 'canceled';
    view.decidedAt = now();
  }
  step.outcome = `${view.state} by ${view.decisions.map(({ by }) => by).join(' and ') || 'nobody'}`;
  announce(run, `${question} ${step.outcome}.`, ['slack']);
  if (view.state === 'approved') return view.facts;
  closeStep(run, step, 'canceled', step.outcome);
  const reason = view.decisions.at(-1)?.comment ?? (view.state === 'expired' ? 'nobody answered in time' : 'no reason given');
  run.ending ??= {
    how: 'undo',
    state: view.state === 'expired' ? 'timedOut' : 'canceled',
    reason: `${step.outcome}: ${reason}`,
    by: view.decisions.at(-1)?.by ?? 'the clock',
  };
  throw new RunEnds(step.outcome);
}

async function openGate(run: Run, step: StepView, question: string, options: GateOptions): Promise<GateView> {
  const facts = await options.facts();
  const demand = options.stronger?.(facts) ?? options;
  const view: GateView = {
    ...{ id: step.id, question, phase: step.phase, of: demand.of, quorum: demand.quorum },
    ...{
      state: run.request.mode === 'simulate' ? 'simulated' : 'open',
      openedAt: now(),
      round: 1,
      facts,
      digest: '',
      decisions: [],
      escalations: [],
    },
    ...(options.cannotBeUndone === undefined ? {} : { cannotBeUndone: options.cannotBeUndone }),
  };
  view.digest = digestOf(view, run.view.plan, facts);
  run.view.gates.push(view);
  if (view.state === 'simulated') {
    step.outcome = `would ask ${view.quorum} of ${view.of}`;
    return view;
  }
  view.closesAt = new Date(Date.now() + options.expiresAfter).toISOString();
  step.state = 'pendingApproval';
  run.gates.set(view.id, deciderOf(run, step, view, options));
  tell(run, 'gate', `${question} Asks ${view.quorum} of ${view.of}`, { step: step.id });
  announce(run, `${question} Waits for ${view.quorum} of ${view.of}.`, ['slack', 'pagerduty']);
  return view;
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
