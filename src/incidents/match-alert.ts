import { createHash } from 'node:crypto';
import { alertField, patternOf, type AlertRule } from '../config/schema/alert-rules.ts';
import type { Environment } from '../config/schema.ts';
import type { AlertFact, Suggestion } from '../workflows/incident/alerts.ts';

/** One alert as Alertmanager or Grafana sends it. */
export interface SentAlert {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt?: string | undefined;
  fingerprint?: string | undefined;
  generatorURL?: string | undefined;
  /** Grafana's, which people read better. */
  dashboardURL?: string | undefined;
}

/** What it means here, or why no rule takes it. */
export type Understood = { fact: AlertFact } | { why: string };

type Named = Record<'labels' | 'annotations', Record<string, string>>;

/** Makes the reader of alerts by the rules of an environment, the first that matches. Rules that name what the environment lacks take nothing. */
export function createMatcher(incidents: NonNullable<Environment['incidents']>): (alert: SentAlert) => Understood {
  const rules = incidents.alerts.rules.map((rule) => ({ rule, takes: matcherOf(rule.match) }));
  const severities = new Set(incidents.policy.severities.map(({ name }) => name));
  return (alert) => {
    const found = rules.find(({ takes }) => takes(alert.labels));
    if (!found) return { why: 'no rule matches its labels' };
    const { rule } = found;
    const service = chosen(rule.service, alert.labels);
    const severity = chosen(rule.severity, alert.labels);
    if (service === undefined || !Object.hasOwn(incidents.policy.services, service))
      return { why: `the rule ${rule.name} finds no service that is known here` };
    if (severity === undefined || !severities.has(severity)) return { why: `the rule ${rule.name} finds no severity that is known here` };
    if (Date.parse(alert.startsAt) <= 0) return { why: 'it does not say when it began' };
    return { fact: factOf(alert, rule, service, severity) };
  };
}

function matcherOf(match: AlertRule['match']): (labels: Record<string, string>) => boolean {
  const tests = Object.entries(match).map(([label, text]) => ({ label, text, pattern: patternOf(text) }));
  return (labels) =>
    tests.every(({ label, text, pattern }) => {
      const value = own(labels, label);
      return pattern ? pattern.test(value) : value === text;
    });
}

function chosen(from: AlertRule['service'] | AlertRule['severity'], labels: Record<string, string>): string | undefined {
  if (typeof from === 'string') return from;
  const value = own(labels, from.label);
  if (from.map) return Object.hasOwn(from.map, value) ? from.map[value] : from.otherwise;
  return value === '' ? from.otherwise : value;
}

const longest = { summary: 300, url: 1_000, cause: 200, why: 500, input: 4_000 };

function factOf(alert: SentAlert, rule: AlertRule, service: string, severity: string): AlertFact {
  const { status, labels, startsAt, endsAt, fingerprint, dashboardURL, generatorURL } = alert;
  const url = [dashboardURL, generatorURL].find((one) => one !== undefined && /^https?:\/\//.test(one));
  const suggests = suggestionOf(rule, alert);
  return {
    ...{ fingerprint: fingerprint ?? fingerprintOf(labels), rule: rule.name, cause: causeOf(rule, labels), status, service, severity },
    startsAt: new Date(startsAt).toISOString(),
    // An alert that fires has an end in the future, or in the year 1.
    ...(status === 'resolved' && endsAt !== undefined && Date.parse(endsAt) > 0 ? { endsAt: new Date(endsAt).toISOString() } : {}),
    summary: inOneLine(fill(rule.summary, alert)).slice(0, longest.summary) || rule.name,
    ...(suggests === undefined ? {} : { suggests }),
    ...(rule.declareAfter === undefined ? {} : { declareAfterMs: rule.declareAfter }),
    ...(url === undefined || url.length > longest.url ? {} : { url }),
  };
}

function suggestionOf({ suggests }: AlertRule, alert: Named): Suggestion | undefined {
  if (!suggests) return undefined;
  const why = inOneLine(fill(suggests.why, alert)).slice(0, longest.why);
  const input = filled(suggests.input, alert) as Record<string, unknown>;
  // Many alerts go to the desk in one request: one that is too large for it would take its neighbours along.
  return JSON.stringify(input).length > longest.input ? undefined : { runbook: suggests.runbook, input, why };
}

/** A value with labels and annotations of an alert in all its texts. */
export function filled(value: unknown, alert: Named): unknown {
  if (typeof value === 'string') return fill(value, alert);
  if (Array.isArray(value)) return value.map((one) => filled(one, alert));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, alert)]));
}

/** Puts labels and annotations into a text of a rule; one that the alert lacks is empty. */
function fill(text: string, alert: Named): string {
  return text.replace(alertField, (whole, field: string | undefined) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    const [, kind, name] = /^(labels|annotations)\.(.+)$/.exec(field ?? '') ?? [];
    return kind === undefined ? '' : own(alert[kind as keyof Named], name!);
  });
}

const own = (values: Record<string, string>, name: string): string => (Object.hasOwn(values, name) ? values[name]! : '');

// What a sender says must not move the cursor, hide words, or begin a line of its own.
const inOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

function causeOf({ name, groupBy }: AlertRule, labels: Record<string, string>): string {
  const values = groupBy.map((label) => `${label}=${JSON.stringify(own(labels, label))}`).join(',');
  const cause = `${name}{${values}}`;
  return cause.length <= longest.cause ? cause : `${name}{${hash(values)}}`;
}

/** For senders that give none. */
const fingerprintOf = (labels: Record<string, string>): string =>
  hash(JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
