import type { OnlyRuns, RunSummary } from '../runs/runs.ts';
import { inShort } from '../workflows/incident/run-in-short.ts';
import type { IncidentRun, IncidentView } from '../workflows/incident/view.ts';
import type { RunView } from '../workflows/messages.ts';

/** What is needed of the runs of an environment. */
export interface SomeRuns {
  list(limit?: number, only?: OnlyRuns): Promise<RunSummary[]>;
  view(runId: string): Promise<RunView>;
}

const lookedAt = 50;
const most = 20;

/** Live runs about the incident's service that went on since it began and name no incident: somebody mends first and declares later, and its report must know of it. */
export async function runsBeside(runs: SomeRuns, incident: IncidentView): Promise<IncidentRun[]> {
  const since = incident.milestones.startedAt;
  const known = new Set(incident.runs.filter(({ endedAt }) => endedAt !== undefined).map(({ runId }) => runId));
  const listed = (await runs.list(lookedAt)).filter(
    ({ runId, mode, endedAt }) => mode === 'live' && !known.has(runId) && (endedAt === undefined || endedAt >= since),
  );
  const views = await Promise.all(listed.slice(0, most).map(({ runId }) => runs.view(runId).catch(() => undefined)));
  return views.filter((view) => view !== undefined && isAbout(view, incident)).map((view) => inShort(view!));
}

interface KnownPlan {
  service?: unknown;
  run?: { parent?: string; drill?: string };
}

function isAbout(view: RunView, { service, environment, drill }: IncidentView): boolean {
  const { service: of, run } = (view.plan ?? {}) as KnownPlan;
  // A run that another has started is part of that one, and an exercise mends nothing.
  const own = run?.parent === undefined && (run?.drill === undefined || drill);
  return view.incident === undefined && view.environment === environment && of === service && own;
}
