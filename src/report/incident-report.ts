import { canonicalJson } from '../workflows/canonical-json.ts';
import { countKept } from '../workflows/incident/promises.ts';
import type { Incident } from '../workflows/incident/view.ts';
import { fieldsOf } from '../workflows/incident/words.ts';
import { seal, sha256, type Report } from './chain.ts';
import type { Build } from './content.ts';
import type { IncidentDataOf, IncidentFacts, IncidentKind } from './incident-content.ts';

/** Digest of an incident, by which an archive knows whether it already holds the report of it. */
export function digestOfIncident(incident: Incident): string {
  return sha256(canonicalJson(JSON.parse(JSON.stringify(incident))));
}

/** Makes the sealed report of an incident; the template's fields say what they said when it was made. */
export function buildIncidentReport(incident: Incident, { build }: { build: Build }): Report {
  const { timeline, messages, milestones, policy } = incident;
  const at = timeline.at(-1)?.at ?? milestones.detectedAt;
  return seal([
    entry('incident', milestones.startedAt, factsOf(incident, at, build)),
    ...timeline.map((line) => entry('line', line.at, line)),
    ...messages.map((message) => entry('message', message.dueAt, message)),
    entry('words', at, { template: policy.templates.report.text, values: fieldsOf(incident) }),
  ]);
}

function factsOf(incident: Incident, at: string, build: Build): IncidentFacts {
  const { timeline: _timeline, messages: _messages, policy, done: _done, nextIds: _nextIds, ...facts } = incident;
  const { internal, customers } = incident.promises;
  return {
    ...facts,
    serviceTitle: policy.services[incident.service]?.title ?? incident.service,
    severityTitle: policy.severities.find(({ name }) => name === incident.severity)?.title ?? incident.severity,
    kept: { internal: countKept(internal, at), customers: countKept(customers, at) },
    until: at,
    build,
    view: digestOfIncident(incident),
  };
}

function entry<K extends IncidentKind>(kind: K, at: string, data: IncidentDataOf[K]): { kind: K; at: string; data: IncidentDataOf[K] } {
  return { kind, at, data };
}
