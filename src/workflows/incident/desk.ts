import type { AlertFact } from './alerts.ts';
import { incidentId, type Declaration } from './commands.ts';
import type { KnownIncident } from './known.ts';
import { similarTo } from './desk-similar.ts';
import type { IncidentState, IncidentSummary } from './view.ts';

/** One time that an alert fired. */
export interface Episode {
  startMs: number;
  /** Undefined while it fires. */
  endMs?: number;
  incident?: KnownIncident;
  /** Not listed for itself in its incident. */
  unlisted?: true;
}

/** Everything that the desk of an environment remembers while it runs. */
export interface Desk {
  environment: string;
  /** UTC day of the newest number, and that number. */
  day: string;
  last: number;
  /** By number, oldest first. */
  incidents: Map<string, KnownIncident>;
  /** By the key of the declaration. */
  declared: Map<string, { incident: KnownIncident; request: string }>;
  /** By fingerprint, by start. */
  episodes: Map<string, Episode[]>;
  counts: { taken: number; repeated: number };
}

/** The desk of an environment that never had an incident. */
export const newDesk = (environment: string): Desk => ({
  ...{ environment, day: '', last: 0 },
  ...{ incidents: new Map(), declared: new Map(), episodes: new Map(), counts: { taken: 0, repeated: 0 } },
});

const ended: readonly IncidentState[] = ['resolved', 'closed', 'dismissed'];
export const isOpen = ({ summary }: KnownIncident): boolean => !ended.includes(summary.state);

/** The next number of the UTC day of `nowMs`, without gaps: INC-YYYY-MM-DD-###. A clock that goes back takes no number twice. */
function nextNumber(desk: Desk, nowMs: number): string {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  if (today > desk.day) Object.assign(desk, { day: today, last: 0 });
  return `INC-${desk.day}-${String(++desk.last).padStart(3, '0')}`;
}

/** The incident of a declaration: the one of an earlier declaration with the same key, or a new one. Times in ms since 1970. */
export function declare(desk: Desk, declaration: Declaration, request: string, nowMs: number): KnownIncident {
  const known = desk.declared.get(declaration.key);
  if (known) return known.incident;
  const { title, service, severity, drill = false, startedAt } = declaration;
  const at = new Date(nowMs).toISOString();
  const began = startedAt !== undefined && Date.parse(startedAt) <= nowMs ? startedAt : at;
  const incident = open(
    desk,
    { title, service, severity, drill, state: 'declared', startedAt: began, detectedAt: at, declaredAt: at },
    nowMs,
  );
  incident.toStart = { ...incident.toStart!, declaration };
  desk.declared.set(declaration.key, { incident, request });
  return incident;
}

/** A new incident that alerts of this cause propose. */
export function propose(desk: Desk, { cause, summary, service, severity, startsAt }: AlertFact, nowMs: number): KnownIncident {
  const at = new Date(nowMs).toISOString();
  const about = { title: summary, service, severity, drill: false };
  return open(desk, { ...about, state: 'proposed', startedAt: Date.parse(startsAt) < nowMs ? startsAt : at, detectedAt: at }, nowMs, cause);
}

type Opened = Pick<IncidentSummary, 'title' | 'service' | 'severity' | 'drill' | 'state' | 'startedAt' | 'detectedAt' | 'declaredAt'>;

function open(desk: Desk, opened: Opened, nowMs: number, cause?: string): KnownIncident {
  const number = nextNumber(desk, nowMs);
  const { title, service, severity, drill, detectedAt: at } = opened;
  const summary: IncidentSummary = {
    ...{ number, ...opened, cause: '', updates: { due: 0, kept: 0 }, openActions: 0 },
    workflowId: incidentId(desk.environment, number),
  };
  const incident: KnownIncident = { summary, toTell: [], listed: 0, ...(cause === undefined ? {} : { cause }) };
  const similar = similarTo(incident, desk.incidents.values());
  incident.toStart = { number, environment: desk.environment, title, service, severity, drill, at, alerts: [], similar };
  desk.incidents.set(number, incident);
  return incident;
}

/** Gives an incident the next number, because its own turned out to be taken by one that the desk does not know. */
export function renumber(desk: Desk, incident: KnownIncident, nowMs: number): void {
  desk.incidents.delete(incident.summary.number);
  const number = nextNumber(desk, nowMs);
  incident.summary = { ...incident.summary, number, workflowId: incidentId(desk.environment, number) };
  incident.toStart = { ...incident.toStart!, number };
  desk.incidents.set(number, incident);
}

/** The open incident that alerts of a cause belong to: the newest. */
export function openFor(desk: Desk, cause: string): KnownIncident | undefined {
  let newest: KnownIncident | undefined;
  for (const incident of desk.incidents.values()) if (incident.cause === cause && isOpen(incident)) newest = incident;
  return newest;
}

const longest = 200;

/** What an incident says about itself. One that the desk does not know is taken in. */
export function takeSummary(desk: Desk, said: IncidentSummary): void {
  const summary = { ...said, title: said.title.slice(0, longest), cause: said.cause.slice(0, longest) };
  const known = desk.incidents.get(said.number);
  if (known) known.summary = summary;
  else desk.incidents.set(said.number, { summary, toTell: [], listed: 0 });
}
