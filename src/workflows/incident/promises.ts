import type { Audience } from './policy.ts';
import { now, promisedTo, severityOf } from './record.ts';
import { later } from './time.ts';
import type { Incident, Promised } from './view.ts';

/** An update that leaves within this time after it was due is kept: clocks are not that exact. */
const graceMs = 60_000;

/** The update that is promised next. */
export function openPromise({ promises }: Incident, audience: Audience): Promised | undefined {
  const last = promises[audience].at(-1);
  return last?.sentAt === undefined ? last : undefined;
}

/** Promises the next update to everybody who is owed one and has no promise yet, counted from a moment. */
export function promise(incident: Incident, from: string): void {
  for (const audience of promisedTo(incident)) {
    if (!openPromise(incident, audience)) promiseNext(incident, audience, from);
  }
}

function promiseNext(incident: Incident, audience: Audience, from: string): void {
  // What the clocks did for the last one needs no key any more: a week of updates would leave thousands.
  const behind = incident.promises[audience].at(-1)?.dueAt;
  for (const clock of ['remind', 'update']) delete incident.done[`${clock}/${audience}/${behind}`];
  const policy = severityOf(incident).updates[audience];
  if (!policy) return;
  const isFirst = incident.promises[audience].length === 0;
  incident.promises[audience].push({ dueAt: later(from, isFirst ? (policy.firstMs ?? policy.everyMs) : policy.everyMs) });
}

/** Whether the update that is promised next leaves as drafted when it is due: always, or because it is the first word. */
export function leavesByItself(incident: Incident, audience: Audience): boolean {
  const policy = severityOf(incident).updates[audience];
  return policy?.sentBy === 'policy' || (policy?.firstMs !== undefined && incident.promises[audience].length === 1);
}

/** An update was sent: the open promise is settled, and the next one counts from now, or from when it was due if a policy sent it. */
export function settle(incident: Incident, audience: Audience, by: string, { onTheMark = false } = {}): void {
  const open = openPromise(incident, audience);
  if (open) Object.assign(open, { sentAt: now(), by });
  if (promisedTo(incident).includes(audience)) promiseNext(incident, audience, open && onTheMark ? open.dueAt : now());
}

/** Nobody sent it: it stays broken, and the next one is due a cadence later. */
export function breakPromise(incident: Incident, audience: Audience): void {
  const open = openPromise(incident, audience);
  if (open) promiseNext(incident, audience, open.dueAt);
}

/** The cadence has changed with the severity: the open promises follow, but leave people time to write. */
export function remakePromises(incident: Incident): void {
  for (const audience of ['internal', 'customers'] as const) {
    const open = openPromise(incident, audience);
    const policy = promisedTo(incident).includes(audience) ? severityOf(incident).updates[audience] : null;
    if (open && policy === null) incident.promises[audience].pop();
    if (open && policy) {
      const last =
        incident.promises[audience].findLast(({ sentAt }) => sentAt !== undefined)?.sentAt ?? incident.milestones.declaredAt ?? now();
      const waits = incident.promises[audience].length === 1 ? (policy.firstMs ?? policy.everyMs) : policy.everyMs;
      const [next, earliest] = [later(last, waits), later(now(), Math.min(policy.everyMs, policy.remindBeforeMs))];
      open.dueAt = next > earliest ? next : earliest;
    }
  }
  if (incident.milestones.declaredAt) promise(incident, now());
}

/** It is over: what is not due yet is owed no longer. */
export function dropPromises(incident: Incident): void {
  for (const audience of ['internal', 'customers'] as const) {
    const open = openPromise(incident, audience);
    if (open && open.dueAt > now()) incident.promises[audience].pop();
  }
}

/** Promises that fell due or were settled, and how many of them were kept. */
export function countKept(promises: readonly Promised[], at = now()): { due: number; kept: number } {
  const due = promises.filter(({ dueAt, sentAt }) => sentAt !== undefined || dueAt <= at);
  const kept = due.filter(({ dueAt, sentAt }) => sentAt !== undefined && Date.parse(sentAt) <= Date.parse(dueAt) + graceMs);
  return { due: due.length, kept: kept.length };
}
