import type { AlertFact } from './alerts.ts';
import type { Declaration, DeskRequest } from './commands.ts';
import type { IncidentSummary } from './view.ts';

/** What is wrong with a request, or nothing: anybody who can reach Temporal can send anything, and nothing may stop the desk. */
export function brokenRequest(request: Partial<DeskRequest> | null | undefined): string | undefined {
  const { declarations, alerts } = request ?? {};
  if (!Array.isArray(declarations) || !Array.isArray(alerts)) return 'the desk takes { declarations: […], alerts: […] }';
  const place = declarations.findIndex((declaration) => !isDeclaration(declaration));
  if (place >= 0) return `/declarations/${place} needs key, by, title, service and severity`;
  const alert = alerts.findIndex((fact) => !isFact(fact));
  if (alert >= 0) return `/alerts/${alert} needs fingerprint, rule, cause, status, startsAt, service, severity and summary`;
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTime = (value: unknown): boolean => typeof value === 'string' && Number.isFinite(Date.parse(value));

function isDeclaration(value: Partial<Declaration> | null): boolean {
  const { key, by, title, service, severity } = value ?? {};
  return [key, by, title, service, severity].every(isText);
}

function isFact(value: Partial<AlertFact> | null): boolean {
  const { fingerprint, rule, cause, status, startsAt, endsAt, service, severity, summary } = value ?? {};
  return (
    [fingerprint, rule, cause, service, severity, summary].every(isText) &&
    (status === 'firing' || status === 'resolved') &&
    isTime(startsAt) &&
    (endsAt === undefined || isTime(endsAt))
  );
}

/** Tells whether an incident's word about itself can be kept. */
export function isSummary(value: Partial<IncidentSummary> | null): boolean {
  const { number, title, state, cause } = value ?? {};
  return isText(number) && isText(title) && isText(state) && typeof cause === 'string';
}
