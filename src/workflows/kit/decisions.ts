import { Failure } from '../failures.ts';
import type { Fact, GateCommand, GateView, StepView } from '../messages.ts';
import { changesBetween, digestOf } from './facts.ts';
import { personWho, refuse } from './refusals.ts';
import { now, type OpenGate, type Run } from './run.ts';
import { StepScope } from './scope.ts';
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

/** Who may decide a gate, and what a decision does to it. */
export function deciderOf(run: Run, step: StepView, view: GateView, options: GateOptions): OpenGate {
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
