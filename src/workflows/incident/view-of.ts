import { possible } from './checks.ts';
import { dues } from './clocks.ts';
import { countKept } from './promises.ts';
import { openActions } from './record.ts';
import type { Incident, IncidentSummary, IncidentView } from './view.ts';
import { draft } from './words.ts';

/** The record, and what follows from it now. */
export function viewOf(incident: Incident): IncidentView {
  const { promises } = incident;
  return {
    ...incident,
    next: dues(incident)
      .slice(0, 10)
      .map(({ at, what }) => ({ at, what })),
    kept: { internal: countKept(promises.internal), customers: countKept(promises.customers) },
    drafts: { internal: draft(incident, 'internal'), customers: draft(incident, 'customers') },
    signals: possible(incident),
  };
}

/** What the desk remembers of it. */
export function summaryOf(incident: Incident, workflowId: string): IncidentSummary {
  const { number, title, service, severity, state, drill, said, milestones, promises } = incident;
  const [team, customers] = [countKept(promises.internal), countKept(promises.customers)];
  return {
    ...{ number, title, service, severity, state, drill, workflowId, ...milestones },
    cause: said.cause,
    updates: { due: team.due + customers.due, kept: team.kept + customers.kept },
    openActions: openActions(incident).length,
  };
}
