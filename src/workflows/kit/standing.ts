import { finalStates, type RunState, type Verb } from '../messages.ts';
import type { Run } from './run.ts';

/** The state that follows from what is open. */
export function stateOf(run: Run): RunState {
  if (run.lease === 'asked') return 'pending';
  if (run.stuck.size > 0) return 'pausedByFailedStep';
  if (run.held > 0) return 'pausedByOperator';
  if (run.gates.size > 0) return 'pendingApproval';
  return 'inProgress';
}

/** Where the run stands, as one sentence. */
export function statusOf(run: Run): string {
  const [stuck] = run.stuck.values();
  if (stuck) return `"${stuck.step.title}" failed: ${stuck.step.failure?.message ?? 'no reason given'}`;
  if (run.held > 0) return `is paused by ${run.paused?.by}${run.paused?.reason ? `: ${run.paused.reason}` : ''}`;
  const [gate] = run.gates.values();
  if (gate) return `asks: ${gate.view.question}`;
  const working = run.view.steps.filter((step) => step.state === 'running').map((step) => step.title);
  const soon = run.paused ? ' (pauses after this step)' : '';
  return working.length > 0 ? `works on: ${working.join(', ')}${soon}` : 'goes on';
}

/** What the run waits for, and from whom; undefined when it works. */
export function waitingFor(run: Run): Run['view']['waitingFor'] {
  if (finalStates.includes(run.view.state)) return undefined;
  const [stuck] = run.stuck.values();
  if (stuck)
    return { what: `retry${stuck.skippable ? ', skip' : ''}, undo or abort "${stuck.step.title}"`, who: 'a responder', since: stuck.since };
  if (run.held > 0 && run.paused) return { what: 'resume', who: 'a responder', since: run.paused.since };
  const [gate] = run.gates.values();
  if (!gate) return [...run.children.values()][0];
  const { question, openedAt, closesAt, quorum, of, decisions, escalations } = gate.view;
  const who = `${quorum - decisions.length} of ${quorum} approvals by ${[of, ...escalations.map(({ to }) => to)].join(' or ')}`;
  return { what: question, who, since: openedAt, ...(closesAt === undefined ? {} : { until: closesAt }) };
}

/** Verbs that would be accepted now. */
export function verbsOf(run: Run): Verb[] {
  if (finalStates.includes(run.view.state)) return [];
  if (run.ending) return ['note'];
  const verbs: Verb[] = run.gates.size > 0 ? ['approve', 'decline'] : [];
  verbs.push(run.paused ? 'resume' : 'pause');
  if (run.stuck.size > 0) verbs.push('retryStep');
  if ([...run.stuck.values()].some(({ skippable }) => skippable)) verbs.push('skipStep');
  if (!run.view.pastPointOfNoReturn) verbs.push('undo');
  return [...verbs, 'abort', 'note'];
}
