import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { condition } from '@temporalio/workflow';
import { canonicalJson } from '../canonical-json.ts';
import { Failure } from '../failures.ts';
import type { Fact, GateCommand, GateView, StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { personWho, refuse } from './operator.ts';
import { now, type OpenGate, type Run, RunEnds } from './run.ts';
import { StepScope } from './scope.ts';
import { closeStep } from './steps.ts';
import { decideFromTape } from './tape.ts';
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
  announce(run, `${question} Waits for ${view.quorum} of ${view.of}.`, ['slack', 'pagerduty']);
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

/** Facts that no longer hold open the gate anew with the fresh ones; the approvals so far were for other facts. */
async function readAgain(run: Run, step: StepView, view: GateView, options: GateOptions): Promise<void> {
  const shown = view.digest;
  const fresh = await new StepScope(run, step).run(options.facts);
  if (view.digest !== shown) return;
  const changes = changesBetween(view.facts, fresh);
  if (changes.length === 0) return;
  const demand = options.stronger?.(fresh) ?? options;
  Object.assign(view, { facts: fresh, round: view.round + 1, decisions: [], of: demand.of, quorum: demand.quorum });
  view.digest = digestOf(view, run.view.plan, fresh);
  tell(run, 'gate', `The facts changed, the gate is open again: ${changes.join('; ')}`, { step: view.id });
  decideFromTape(run, view);
  refuse(Failure.FactsChanged, `the facts changed before the approval: ${changes.join('; ')}; the gate is open again with the new ones`);
}

/** SHA-256 over what a person is asked and shown: two gates, rounds or plans never share a digest. */
export function digestOf(gate: { id: string; question: string; round: number }, plan: unknown, facts: readonly Fact[]): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ id: gate.id, question: gate.question, round: gate.round, plan, facts }))));
}

/** Says, one sentence each, which facts no longer are what was shown; none when all hold. */
export function changesBetween(shown: readonly Fact[], fresh: readonly Fact[]): string[] {
  return shown
    .filter((fact) => !fact.informational)
    .flatMap((fact) => {
      const again = fresh.find(({ name }) => name === fact.name);
      if (!again) return [`${fact.name} can no longer be read (was ${say(fact)})`];
      return holds(fact, again) ? [] : [`${fact.name} was ${say(fact)}, is now ${say(again)}`];
    });
}

function holds(shown: Fact, fresh: Fact): boolean {
  if (typeof shown.value === 'number' && typeof fresh.value === 'number')
    return Math.abs(fresh.value - shown.value) <= (shown.tolerance ?? 0);
  return shown.value === fresh.value;
}

function say({ value, unit }: Fact): string {
  if (value === null) return 'unknown';
  return unit === undefined ? String(value) : `${value} ${unit}`;
}
