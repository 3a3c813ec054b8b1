import type { GateView, StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { deciderOf, type GateOptions } from './decisions.ts';
import { digestOf } from './facts.ts';
import { now, type Run } from './run.ts';
import { decideFromTape } from './tape.ts';
import { tell } from './timeline.ts';

/** Reads the facts and shows the question with them; in simulate it is only said whom it would ask. */
export async function openGate(run: Run, step: StepView, question: string, options: GateOptions): Promise<GateView> {
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
  decideFromTape(run, view);
  return view;
}
