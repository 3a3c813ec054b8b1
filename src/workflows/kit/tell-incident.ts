import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import { runSignal } from '../incident/commands.ts';
import type { IncidentRun } from '../incident/view.ts';
import { finalStates, type RunView } from '../messages.ts';
import type { Run } from './run.ts';
import { RunScope } from './scope.ts';

/** A run must end even when its incident does not answer. */
const patienceMs = 10_000;

/** Tells the incident that the run names how the run stands, whenever its state is another; whether it hears changes nothing. */
export function tellIncident(run: Run): void {
  const { request, view, incident } = run;
  if (!incident || incident.telling || incident.told === view.state) return;
  incident.telling = true;
  void new RunScope({ request, view }, false).run(() => keepTelling(run, incident));
}

/** Waits for a short time until the incident has heard the last of the run: a signal of a run that has ended may be dropped. */
export async function incidentHasHeard({ incident }: Run): Promise<void> {
  if (incident) await condition(() => !incident.telling, patienceMs);
}

/** One at a time, so that the incident hears the states in their order; those that pass meanwhile are left out. */
async function keepTelling({ view }: Run, incident: NonNullable<Run['incident']>): Promise<void> {
  const handle = getExternalWorkflowHandle(incident.id);
  while (incident.told !== view.state) {
    incident.told = view.state;
    await handle.signal(runSignal, inShort(view)).catch(() => undefined);
  }
  incident.telling = false;
}

function inShort({ runId, runbook, title, mode, state, status, startedAt, endedAt, requestedBy }: RunView): IncidentRun {
  const ended = finalStates.includes(state) && endedAt !== undefined ? { endedAt } : {};
  return { runId, runbook: catalogueName(runbook), title, mode, state, status, startedAt, startedBy: requestedBy, ...ended };
}

/** The catalogue's name of a workflow: `failOverRegion` → `fail-over-region`. */
export const catalogueName = (workflow: string): string => workflow.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a lease says of its holder; a run of an incident names it. */
export const leaseTitle = (title: string, incident: string | undefined): string =>
  incident === undefined ? title : `${title} (${incident})`;
