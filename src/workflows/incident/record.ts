import type { NewIncident } from './commands.ts';
import { audiences, type IncidentPolicy, type IncidentService, type Severity } from './policy.ts';
import type { ActionItem, Incident, IncidentState, Responder, TimelineEntry } from './view.ts';

/** An incident as it is before anything has happened to it. */
export function newRecord(asked: NewIncident, policy: IncidentPolicy, people: Responder[]): Incident {
  const { number, environment, title, service, severity, drill, at, declaration, alerts, similar } = asked;
  const starts = alerts.filter(({ status }) => status === 'firing').map(({ startsAt }) => startsAt);
  const startedAt = declaration?.startedAt ?? starts.sort()[0] ?? at;
  return {
    version: 1,
    ...{ number, environment, title, service, severity, drill, policy, people, similar },
    state: 'proposed',
    status: 'is opened',
    publicStatus: 'investigating',
    impact: declaration?.impact ?? '',
    said: { progress: '', nextSteps: '', eta: '', cause: '', resolution: '', lessons: '', users: '', data: '' },
    milestones: { startedAt: startedAt < at ? startedAt : at, detectedAt: at },
    ...{ round: 1, roundSince: at, acknowledgedRound: null },
    roles: Object.fromEntries(policy.roles.map(({ name }) => [name, null])),
    links: {},
    ...{ alerts: [], suggestions: [], runs: [], verification: [], leftovers: [], reviews: [], actions: [], changes: [] },
    promises: { internal: [], customers: [] },
    closing: policy.closing.map(({ name, title: line }) => ({ name, title: line, done: false })),
    ...{ timeline: [], messages: [], archived: { parts: 0, messages: 0 } },
    done: {},
    nextIds: { message: 1, entry: 1, action: 1 },
  };
}

/** Now, as the workflow's clock has it; ISO. */
export const now = (): string => new Date().toISOString();

/** Writes a line of the timeline; lines are never changed afterwards. */
export function tell(incident: Incident, kind: TimelineEntry['kind'], text: string, more: { by?: string; on?: string } = {}): void {
  incident.timeline.push({ id: `t${incident.nextIds.entry++}`, at: now(), kind, text, ...more });
}

/** The policy of its severity. */
export function severityOf({ policy, severity }: Incident): Severity {
  return policy.severities.find(({ name }) => name === severity) ?? policy.severities[0]!;
}

/** 0 is the most severe. */
export const rank = ({ policy }: Incident, severity: string): number => policy.severities.findIndex(({ name }) => name === severity);

export const serviceOf = ({ policy, service }: Incident): IncidentService =>
  policy.services[service] ?? { title: service, customerFacing: false };

/** The audiences that are promised updates. */
export function promisedTo(incident: Incident) {
  const { updates } = severityOf(incident);
  return audiences.filter((audience) => updates[audience] !== null && (audience === 'internal' || serviceOf(incident).customerFacing));
}

/** The name that people know somebody by. */
export const nameOf = ({ people }: Incident, subject: string): string => people.find((one) => one.subject === subject)?.name ?? subject;

export const openActions = ({ actions }: Incident): ActionItem[] => actions.filter(({ doneAt }) => doneAt === undefined);

/** Closed for good, or no incident: nothing more will be asked of it. */
export const isOver = ({ state }: { state: IncidentState }): boolean => state === 'closed' || state === 'dismissed';
/** People work on it: from the declaration until it is resolved. */
export const isLive = ({ state }: Incident): boolean => liveStates.includes(state);
export const liveStates: readonly IncidentState[] = ['declared', 'acknowledged', 'mitigated', 'verifying', 'stabilizing'];
export const isAcknowledged = ({ acknowledgedRound, round }: Incident): boolean => acknowledgedRound === round;
