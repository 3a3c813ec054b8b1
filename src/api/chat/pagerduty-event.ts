import { z } from 'zod';
import { safeLine } from '../../words/safe.ts';
import { incidentParams } from '../incident-schemas.ts';

const text = z.string().max(2_000);

/** A webhook of PagerDuty (v3), as far as Muster reads it; what else it says is let through. */
export const pagerDutyBody = z.object({
  event: z.object({
    id: z.string().min(1).max(200).describe('The same for every delivery of one event'),
    event_type: text.describe('`incident.acknowledged` and `incident.resolved` are taken, others only answered'),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z
      .object({ id: text.nullish(), type: text.nullish(), summary: text.nullish(), email: text.nullish() })
      .nullish()
      .describe('Who did it'),
    data: z.unknown().describe('The incident, as it stands in PagerDuty'),
  }),
});
export type PagerDutyEvent = z.output<typeof pagerDutyBody>['event'];

const incident = z.object({
  incident_key: text.nullish(),
  service: z.object({ id: text }).nullish(),
  resolve_reason: z.object({ type: text }).nullish(),
});

/** What people said of one of our pages. */
export interface Heard {
  /** Of Muster's incident. */
  number: string;
  what: 'acknowledge' | 'resolve';
  /** ISO. */
  at: string;
  /** Nobody when the account is a program's. */
  account: { id: string; email?: string; name: string } | undefined;
  /** It was only put together with another one. */
  merged: boolean;
}

const verbs = { 'incident.acknowledged': 'acknowledge', 'incident.resolved': 'resolve' } as const;

/** What an event means for us; undefined when it is about no page of Muster, or says nothing that we take. */
export function heardIn({ event_type, occurred_at, agent, data }: PagerDutyEvent, service: string | undefined): Heard | undefined {
  const what = Object.hasOwn(verbs, event_type) ? verbs[event_type as keyof typeof verbs] : undefined;
  const about = incident.safeParse(data).data;
  if (what === undefined || about === undefined) return undefined;
  if (service !== undefined && about.service?.id !== service) return undefined;
  // A rung of the ladder has a page of its own: `INC-2026-03-14-001/…`.
  const [number = ''] = (about.incident_key ?? '').split('/');
  if (!incidentParams.safeParse({ number }).success) return undefined;
  const person = agent?.type === 'user_reference' || agent?.type === 'user' ? agent : undefined;
  return {
    ...{ number, what, at: new Date(occurred_at).toISOString() },
    account: person?.id
      ? { id: person.id, ...(person.email ? { email: person.email } : {}), name: safeLine(person.summary || person.id, 100) }
      : undefined,
    merged: about.resolve_reason?.type === 'merge_resolve_reason',
  };
}
