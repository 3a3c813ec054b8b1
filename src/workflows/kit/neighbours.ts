import { condition, defineSignal, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { runSignal } from '../incident/commands.ts';
import { inShort } from '../incident/run-in-short.ts';
import type { RunView } from '../messages.ts';
import type { Run } from './run.ts';
import { RunScope } from './scope.ts';

interface ChildWaits {
  child: string;
  /** Null when it works again. */
  waitingFor: RunView['waitingFor'] | null;
}

export const childWaitsSignal = defineSignal<[ChildWaits]>('childWaits');

/** A run that waits for people says so on the page of the run that waits for it; whether that one hears it changes nothing. */
export function tellParent({ request, view, ...run }: Run): void {
  const { parent, leases } = request;
  if (parent === undefined || leases === 'inherited') return;
  const said = JSON.stringify(view.waitingFor ?? null);
  if (run.told.parent === said) return;
  run.told.parent = said;
  const signal = () =>
    getExternalWorkflowHandle(parent).signal(childWaitsSignal, { child: view.runId, waitingFor: view.waitingFor ?? null });
  void new RunScope({ request, view }, false).run(signal).catch(() => undefined);
}

/** Keeps what the children of a run wait for. */
export function hearChildren(run: Run, refresh: () => void): void {
  setHandler(childWaitsSignal, ({ child, waitingFor }) => {
    if (waitingFor) run.children.set(child, { ...waitingFor, what: `${waitingFor.what} (in ${child})` });
    else run.children.delete(child);
    refresh();
  });
}

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
