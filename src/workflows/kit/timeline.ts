import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { finalStates, type TimelineEntry } from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';
import { tellParent } from './child-waits.ts';
import { now, type Run } from './run.ts';
import { stateOf, statusOf, verbsOf, waitingFor } from './standing.ts';
import { tellIncident } from './tell-incident.ts';

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
