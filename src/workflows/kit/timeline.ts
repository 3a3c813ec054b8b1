import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { finalStates, type RunState, type TimelineEntry, type Verb } from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';
import { tellIncident, tellParent } from './neighbours.ts';
import { now, type Run } from './run.ts';

/** Adds a sentence to the run's record and brings everything that is derived from the record up to date. */
export function tell(run: Run, kind: TimelineEntry['kind'], text: string, extra: { by?: string; step?: string } = {}): void {
  run.view.timeline.push({ at: now(), kind, text, ...extra });
  refresh(run);
}

/** Opens a part of the page. */
export function openPhase(run: Run, title: string): void {
  run.view.phase = title;
  tell(run, 'phase', title);
}

/** Derives state, status, waitingFor and verbs from what is open, and shows them in Temporal's own screens. */
export function refresh(run: Run): void {
  const { view } = run;
  if (!finalStates.includes(view.state) && view.state !== 'compensating') {
    view.state = stateOf(run);
    view.status = statusOf(run);
  }
  const waiting = waitingFor(run);
  if (waiting) view.waitingFor = waiting;
  else delete view.waitingFor;
  view.undoable = view.pastPointOfNoReturn ? [] : run.undo.map(({ step }) => step.title).reverse();
  view.verbs = verbsOf(run);
  setCurrentDetails(
    `**${view.state}**: ${view.status}\n\n${view.timeline
      .slice(-12)
      .map((entry) => `- ${entry.at} ${entry.text}`)
      .join('\n')}`,
  );
  if (run.shownState !== view.state && run.request.searchAttributes)
    upsertSearchAttributes([{ key: searchAttributes.state, value: view.state }]);
  run.shownState = view.state;
  tellParent(run);
  tellIncident(run);
}

/** The state that follows from what is open. */
function stateOf(run: Run): RunState {
  if (run.lease === 'asked') return 'pending';
  if (run.stuck.size > 0) return 'pausedByFailedStep';
  if (run.held > 0) return 'pausedByOperator';
  if (run.gates.size > 0) return 'pendingApproval';
  return 'inProgress';
}

/** Where the run stands, as one sentence. */
function statusOf(run: Run): string {
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
function waitingFor(run: Run): Run['view']['waitingFor'] {
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
function verbsOf(run: Run): Verb[] {
  if (finalStates.includes(run.view.state)) return [];
  if (run.ending) return ['note'];
  const verbs: Verb[] = run.gates.size > 0 ? ['approve', 'decline'] : [];
  verbs.push(run.paused ? 'resume' : 'pause');
  if (run.stuck.size > 0) verbs.push('retryStep');
  if ([...run.stuck.values()].some(({ skippable }) => skippable)) verbs.push('skipStep');
  if (!run.view.pastPointOfNoReturn) verbs.push('undo');
  return [...verbs, 'abort', 'note'];
}
