import type { IncidentSummary } from '../workflows/incident/view.ts';

/** Times of one incident, in ms; null when it has not come so far. */
export interface IncidentTimes {
  toDetect: number | null;
  toAcknowledge: number | null;
  toMitigate: number | null;
  toResolve: number | null;
}
export const timeNames = ['toDetect', 'toAcknowledge', 'toMitigate', 'toResolve'] as const;
export type TimeName = (typeof timeNames)[number];

export interface IncidentFigures extends IncidentTimes {
  number: string;
  title: string;
  service: string;
  severity: string;
  state: IncidentSummary['state'];
  declaredAt: string;
  updates: { due: number; kept: number };
  openActions: number;
}

/** Mean and median of those that have the time; null when none has. */
export interface Spread {
  of: number;
  mean: number | null;
  median: number | null;
}

export interface IncidentMetrics {
  /** ISO; the end is excluded, and is now while the time is not over. */
  from: string;
  to: string;
  /** Oldest first. */
  incidents: IncidentFigures[];
  times: Record<TimeName, Spread>;
  /** Most severe first; also those that had none. */
  bySeverity: { severity: string; count: number; open: number; times: Record<TimeName, Spread> }[];
  /** From Monday to Monday in UTC, as far as they lie in the time. */
  weeks: { from: string; count: number; bySeverity: Record<string, number> }[];
  /** Incidents in seven days, on average; null for less than a day. */
  perWeek: number | null;
  updates: { due: number; kept: number };
  openActions: number;
  /** Left out, since they say nothing about the service. */
  leftOut: { drills: number; dismissed: number; proposed: number };
}

export interface MetricsAsked {
  from: string;
  to: string;
  /** Now; what lies ahead is not counted as time without incidents. */
  now: string;
  /** Names of the environment's severities, the most severe first. */
  severities: readonly string[];
}

const day = 86_400_000;

/** What the incidents that were declared in a time come to. Drills never count, nor what was dismissed or never declared. */
export function metricsOf(summaries: readonly IncidentSummary[], { from, to, now, severities }: MetricsAsked): IncidentMetrics {
  const end = now < to ? (now > from ? now : from) : to;
  const within = summaries.filter(({ declaredAt, detectedAt }) => isWithin(declaredAt ?? detectedAt, from, end));
  const counted = within.filter(counts);
  const incidents = counted.map(figuresOf).sort((a, b) => a.declaredAt.localeCompare(b.declaredAt) || a.number.localeCompare(b.number));
  const names = [...new Set([...severities, ...incidents.map(({ severity }) => severity)])];
  const days = (Date.parse(end) - Date.parse(from)) / day;
  const real = within.filter(({ drill }) => !drill);
  return {
    ...{ from, to: end, incidents, times: spreadsOf(incidents) },
    bySeverity: names.map((severity) => {
      const own = incidents.filter((incident) => incident.severity === severity);
      return { severity, count: own.length, open: own.filter(isOpen).length, times: spreadsOf(own) };
    }),
    weeks: weeksOf(incidents, from, end, names),
    perWeek: days < 1 ? null : (incidents.length * 7) / days,
    updates: { due: sum(incidents.map(({ updates }) => updates.due)), kept: sum(incidents.map(({ updates }) => updates.kept)) },
    openActions: sum(incidents.map(({ openActions }) => openActions)),
    leftOut: {
      drills: within.length - real.length,
      dismissed: real.filter(({ state }) => state === 'dismissed').length,
      proposed: real.filter(({ state, declaredAt }) => state !== 'dismissed' && declaredAt === undefined).length,
    },
  };
}

/** True for what was a real incident: declared, no drill, and not dismissed. */
export const counts = ({ drill, state, declaredAt }: IncidentSummary): boolean =>
  !drill && state !== 'dismissed' && declaredAt !== undefined;

/** True until it is resolved. */
export const isOpen = ({ state }: Pick<IncidentSummary, 'state'>): boolean => !['resolved', 'closed', 'dismissed'].includes(state);

/** The times of one incident: detecting, mitigating and resolving count from its beginning, acknowledging from when Muster heard of it. */
export function timesOf({ startedAt, detectedAt, acknowledgedAt, mitigatedAt, resolvedAt }: IncidentSummary): IncidentTimes {
  const between = (start: string, end: string | undefined) => (end === undefined ? null : Math.max(0, Date.parse(end) - Date.parse(start)));
  return {
    toDetect: between(startedAt, detectedAt),
    toAcknowledge: between(detectedAt, acknowledgedAt),
    // What was resolved without a word in between was mitigated by then.
    toMitigate: between(startedAt, mitigatedAt ?? resolvedAt),
    toResolve: between(startedAt, resolvedAt),
  };
}

function figuresOf(summary: IncidentSummary): IncidentFigures {
  const { number, title, service, severity, state, updates, openActions, declaredAt, detectedAt } = summary;
  return {
    ...{ number, title, service, severity, state, updates, openActions },
    declaredAt: declaredAt ?? detectedAt,
    ...timesOf(summary),
  };
}

function spreadsOf(incidents: readonly IncidentTimes[]): Record<TimeName, Spread> {
  const of = (name: TimeName) => spreadOf(incidents.flatMap((incident) => incident[name] ?? []));
  return { toDetect: of('toDetect'), toAcknowledge: of('toAcknowledge'), toMitigate: of('toMitigate'), toResolve: of('toResolve') };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  if (sorted.length === 0) return { of: 0, mean: null, median: null };
  const median = Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
  return { of: sorted.length, mean: sum(sorted) / sorted.length, median };
}

function weeksOf(incidents: readonly IncidentFigures[], from: string, to: string, severities: readonly string[]): IncidentMetrics['weeks'] {
  const weeks: IncidentMetrics['weeks'] = [];
  for (let at = from; at < to; at = nextMonday(at)) {
    const own = incidents.filter(({ declaredAt }) => isWithin(declaredAt, at, nextMonday(at)));
    const bySeverity = Object.fromEntries(severities.map((name) => [name, own.filter(({ severity }) => severity === name).length]));
    weeks.push({ from: at, count: own.length, bySeverity });
  }
  return weeks;
}

/** Midnight of the next Monday in UTC. */
function nextMonday(at: string): string {
  const midnight = Date.parse(at) - (Date.parse(at) % day);
  const weekday = new Date(midnight).getUTCDay();
  return new Date(midnight + ((8 - weekday) % 7 || 7) * day).toISOString();
}

const isWithin = (at: string, from: string, to: string): boolean => at >= from && at < to;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
