import { condition, patched } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { Fact, GateCommand, GateView, StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { changesBetween, crossedBetween, digestOf } from './held-facts.ts';
import { personWho, refuse } from './operator.ts';
import { now, type OpenGate, type Run, RunEnds } from './run.ts';
import { StepScope } from './scope.ts';
import { closeStep } from './steps.ts';
import { decideFromTape, rest } from './tape.ts';
import { tell } from './timeline.ts';

/** Times are milliseconds. */
export interface GateOptions {
  /** Read at the opening, and again whenever somebody approves. */
  facts: () => Promise<Fact[]>;
  /** Duty that entitles to decide. */
  of: string;
  /** How many different people must approve. */
  quorum: number;
  /** After this silence the next of `escalateTo` is asked as well. Silence never approves. */
  within: number;
  escalateTo?: readonly string[];
  /** After this the run ends as timed out and undoes what it prepared. */
  expiresAfter: number;
  /** A stronger approval that some facts ask for. */
  stronger?: (facts: readonly Fact[]) => { of: string; quorum: number } | undefined;
  cannotBeUndone?: string;
  /** Whoever decides must say why. */
  noted?: boolean;
}

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

async function waitForDecision(run: Run, view: GateView, options: GateOptions): Promise<void> {
  const { within, escalateTo = [], expiresAfter } = options;
  const decided = () => view.state !== 'open';
  const deadline = Date.now() + expiresAfter;
  for (const next of escalateTo) {
    if (await condition(decided, Math.max(1, Math.min(within, deadline - Date.now())))) return;
    if (Date.now() >= deadline) break;
    view.escalations.push({ at: now(), to: next });
    tell(run, 'gate', `No decision yet: ${next} is asked too`, { step: view.id });
    callFor(run, view, options, `Still no decision: ${next} is asked too.`);
  }
  if (await condition(decided, Math.max(1, deadline - Date.now()))) return;
  view.state = 'expired';
}

/** Where a button is enough it may be decided in chat; a button says no words. */
const callFor = (run: Run, view: GateView, { noted }: GateOptions, sentence: string): void =>
  announce(run, `${view.question} ${sentence}`, ['slack', 'pagerduty'], 'investigating', noted ? undefined : view);

/** Reads the facts and shows the question with them; in simulate it is only said whom it would ask. */
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
  callFor(run, view, options, `Waits for ${view.quorum} of ${view.of}.`);
  decideFromTape(run, view);
  return view;
}

/** Who may decide a gate, and what a decision does to it. */
function deciderOf(run: Run, step: StepView, view: GateView, options: GateOptions): OpenGate {
  const check = (command: GateCommand, decision: 'approve' | 'decline') => {
    if (view.state !== 'open') refuse(Failure.AlreadyDecided, `"${view.question}" is already ${view.state}`);
    const person = personWho(run, command.by, 'approver');
    const duties = [view.of, ...view.escalations.map(({ to }) => to)];
    if (!person.duties.some((duty) => duties.includes(duty)))
      refuse(Failure.NotEntitled, `${command.by} is not ${duties.join(' or ')}, whom this gate asks`);
    if (decision === 'approve' && command.by === run.request.requestedBy)
      refuse(Failure.OwnRequest, `${command.by} asked for this run and cannot approve it`);
    if (view.decisions.some(({ by }) => by === command.by)) refuse(Failure.AlreadyApproved, `${command.by} has already decided here`);
    if (options.noted && !command.comment?.trim()) refuse(Failure.InvalidInput, 'say in a comment what you saw');
    if (command.digest !== view.digest) refuse(Failure.StaleDigest, 'the facts have changed since these were shown; look again');
  };
  return {
    view,
    check: (decision, command) => check(command, decision),
    decide: async (decision, command) => {
      if (decision === 'approve') await readAgain(run, step, view, options);
      check(command, decision);
      view.decisions.push({
        decision,
        by: command.by,
        at: now(),
        digest: command.digest,
        channel: command.channel ?? 'temporal',
        ...(command.comment === undefined ? {} : { comment: command.comment }),
      });
      if (decision === 'decline') view.state = 'declined';
      else if (view.decisions.length >= view.quorum) view.state = 'approved';
      const said = decision === 'approve' ? 'approves' : 'declines';
      tell(run, 'gate', `${command.by} ${said}: ${view.question}`, { by: command.by, step: view.id });
    },
  };
}

/** What still holds after a second reading opens the gate anew with the fresh facts; the approvals so far were for other ones. */
async function readAgain(run: Run, step: StepView, view: GateView, options: GateOptions): Promise<void> {
  const shown = view.digest;
  const read = () => new StepScope(run, step).run(options.facts);
  const demandOf = (facts: readonly Fact[]) => options.stronger?.(facts) ?? options;
  let fresh = await read();
  if (view.digest !== shown) return;
  let changes = changesBetween(view.facts, fresh);
  if (changes.length === 0) return;
  // Runs that began before went by one reading, and by every number that moved.
  if (patched('verdicts-in-two-readings')) {
    const asks = ({ of, quorum }: { of: string; quorum: number }) => `${of} ${quorum}`;
    const first = { crossed: crossedBetween(view.facts, fresh), demand: asks(demandOf(fresh)) };
    if (first.crossed.length === 0 && first.demand === asks(view)) return tellMoved(run, view, changes);
    await rest(run, betweenReadingsMs);
    fresh = await read();
    if (view.digest !== shown) return;
    const again = crossedBetween(view.facts, fresh).filter(({ id }) => first.crossed.some((one) => one.id === id));
    const otherDemand = first.demand !== asks(view) && asks(demandOf(fresh)) === first.demand;
    if (again.length === 0 && !otherDemand) return tellMoved(run, view, changes);
    changes = again.length > 0 ? again.map(({ said }) => said) : changesBetween(view.facts, fresh);
  }
  const demand = demandOf(fresh);
  Object.assign(view, { facts: fresh, round: view.round + 1, decisions: [], of: demand.of, quorum: demand.quorum });
  view.digest = digestOf(view, run.view.plan, fresh);
  tell(run, 'gate', `The facts changed, the gate is open again: ${changes.join('; ')}`, { step: view.id });
  decideFromTape(run, view);
  refuse(Failure.FactsChanged, `the facts changed before the approval: ${changes.join('; ')}; the gate is open again with the new ones`);
}

function tellMoved(run: Run, view: GateView, changes: readonly string[]): void {
  tell(run, 'gate', `The approval holds, though facts moved: ${changes.join('; ')}`, { step: view.id });
}

/** A probe that flickers under load has this long to see again. */
const betweenReadingsMs = 1_000;
