import type { DeskView } from '../../../src/workflows/incident/commands.ts';
import type { IncidentPolicy, Severity } from '../../../src/workflows/incident/policy.ts';
import type { IncidentSummary, IncidentView } from '../../../src/workflows/incident/view.ts';

const minute = 60_000;
/** Minutes after nine o'clock, as an ISO time. */
export const at = (minutes: number): string => new Date(Date.parse('2026-03-14T09:00:00.000Z') + minutes * minute).toISOString();

const severity = (name: string, title: string): Severity => ({
  ...{ name, title, examples: [], tell: [], unacknowledged: [], unmitigated: [] },
  ...{ respondWithin: { ms: 15 * minute }, resolveWithin: { ms: 240 * minute }, updates: { internal: null, customers: null } },
});

const text = { text: '{title}' };
export const policy: IncidentPolicy = {
  services: { shop: { title: 'The shop', customerFacing: true } },
  severities: [severity('P0', 'Critical'), severity('P1', 'High')],
  contacts: {},
  roles: [
    { name: 'commander', title: 'Incident commander', requiredFor: ['P0'], nagEveryMs: minute, byDefault: 'acknowledger', to: [] },
    { name: 'scribe', title: 'Scribe', requiredFor: ['P0'], nagEveryMs: minute, byDefault: 'nobody', to: [] },
    { name: 'operations', title: 'Operations', requiredFor: [], nagEveryMs: minute, byDefault: 'nobody', to: [] },
  ],
  channels: { internal: '#ops', ownChannelFor: ['P0'], ticketFor: [], bridge: 'https://bridge.example/1', questions: '#ops' },
  templates: {
    ...{ declared: text, escalation: text, internalUpdate: text, customerUpdate: text },
    ...{ internalResolved: text, customerResolved: text, ticket: text, report: text },
  },
  verification: [],
  stability: { forMs: 30 * minute, everyMs: minute },
  alerts: { withdrawAfterMs: 30 * minute },
  ...{ collect: [], reviews: [], closing: [], remindActionsEveryMs: 1_440 * minute },
};

/** An incident that is worked on since a quarter past nine. */
export function incidentView(changes: Partial<IncidentView> = {}): IncidentView {
  return {
    version: 1,
    ...{ number: 'INC-2026-03-14-001', environment: 'range', title: 'The shop is down', service: 'shop', severity: 'P0' },
    ...{ state: 'acknowledged', status: 'is worked on; acknowledged by Sam', publicStatus: 'investigating', drill: false },
    ...{ declaredBy: 'sam', impact: 'nobody can order' },
    said: { progress: '', nextSteps: '', eta: '', cause: '', resolution: '', lessons: '', users: '', data: '' },
    milestones: { startedAt: at(0), detectedAt: at(1), declaredAt: at(2), acknowledgedAt: at(15) },
    ...{ round: 1, roundSince: at(2), acknowledgedRound: 1 },
    people: [{ subject: 'sam', name: 'Sam', duties: [] }],
    roles: { commander: { subject: 'sam', since: at(15) }, scribe: null },
    links: { channel: { id: 'C1', name: 'incident-2026-03-14-0902' } },
    ...{ alerts: [], suggestions: [], runs: [] },
    promises: { internal: [{ dueAt: at(17), sentAt: at(16), by: 'sam' }, { dueAt: at(32) }], customers: [] },
    ...{ verification: [], leftovers: [], reviews: [], closing: [], actions: [], similar: [], changes: [] },
    timeline: [
      { id: 't1', at: at(2), kind: 'state', text: 'Sam declares P0 INC-2026-03-14-001 The shop is down: nobody can order', by: 'sam' },
      { id: 't2', at: at(15), kind: 'state', text: 'Sam acknowledges', by: 'sam' },
    ],
    ...{ messages: [], archived: { parts: 0, messages: 0 }, policy, done: {} },
    nextIds: { message: 1, entry: 3, action: 1 },
    next: [{ at: at(32), what: 'the internal update is due' }],
    kept: { internal: { due: 12, kept: 11 }, customers: { due: 0, kept: 0 } },
    drafts: {
      internal: { subject: 'The shop is down', text: 'INC-2026-03-14-001: nobody can order.\nNext update: 09:32' },
      customers: { subject: 'Orders fail', text: 'We are looking into it.' },
    },
    signals: ['role', 'severity', 'update', 'say', 'note', 'mitigate', 'resolve'],
    ...changes,
  };
}

export function incidentSummary(changes: Partial<IncidentSummary> = {}): IncidentSummary {
  return {
    ...{ number: 'INC-2026-03-14-001', title: 'The shop is down', service: 'shop', severity: 'P0', state: 'acknowledged', drill: false },
    ...{ startedAt: at(0), detectedAt: at(1), declaredAt: at(2), cause: '', updates: { due: 12, kept: 11 }, openActions: 0 },
    workflowId: 'incident/range/INC-2026-03-14-001',
    ...changes,
  };
}

export function deskView(changes: Partial<DeskView> = {}): DeskView {
  return {
    open: [incidentSummary()],
    ended: [incidentSummary({ number: 'INC-2026-03-13-002', title: 'Slow orders', severity: 'P1', state: 'closed' })],
    alerts: { taken: 3, repeated: 1, episodes: 1 },
    ...changes,
  };
}
