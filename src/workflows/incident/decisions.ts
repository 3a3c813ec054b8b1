import { sendUpdate, tellAcknowledged, tellDeclared, tellDismissed, tellSeverity } from './notices.ts';
import { postToTeam } from './post.ts';
import { dropPromises, promise, remakePromises } from './promises.ts';
import { nameOf, now, rank, severityOf, tell } from './record.ts';
import { sayMoment } from './time.ts';
import type { Incident } from './view.ts';
import { draft, headline } from './words.ts';

/** It is an incident: clocks for its end and for updates start, and people are told. */
export function declare(incident: Incident, by: string, why: string): void {
  Object.assign(incident, { state: 'declared', declaredBy: by, status: 'is declared; nobody has acknowledged it yet' });
  incident.milestones.declaredAt = now();
  tell(incident, 'state', `${nameOf(incident, by)} declares ${headline(incident)}: ${why}`, { by });
  // First, because the message says when the next one comes.
  promise(incident, now());
  tellDeclared(incident);
}

/** Somebody takes care of it: the ladder stops. Roles that fall to him by default are his. */
export function acknowledge(incident: Incident, by: string, where = ''): void {
  // First, because the declaration says who the commander is.
  for (const { name, byDefault } of incident.policy.roles) {
    if (byDefault === 'acknowledger' && !incident.roles[name]) assign(incident, name, by, by);
  }
  if (incident.state === 'proposed') declare(incident, by, 'acknowledged');
  incident.acknowledgedRound = incident.round;
  incident.milestones.acknowledgedAt ??= now();
  if (incident.state === 'declared') incident.state = 'acknowledged';
  incident.status = `is worked on; acknowledged by ${nameOf(incident, by)}`;
  tell(incident, 'state', `${nameOf(incident, by)} acknowledges${where}`, { by });
  tellAcknowledged(incident, nameOf(incident, by));
}

/** It was none, or is none any more. */
export function dismiss(incident: Incident, by: string, reason: string): void {
  Object.assign(incident, { state: 'dismissed', status: `was dismissed: ${reason}` });
  dropPromises(incident);
  tell(incident, 'state', `${nameOf(incident, by)} dismisses it: ${reason}`, { by });
  tellDismissed(incident, reason);
}

/** Assigns a role, hands it over, or takes it away. */
export function assign(incident: Incident, role: string, subject: string | null, by: string): void {
  const before = incident.roles[role];
  const { title } = incident.policy.roles.find(({ name }) => name === role)!;
  incident.roles[role] = subject === null ? null : { subject, since: now() };
  if (subject === null) incident.done[`nagged/${role}`] = now();
  else delete incident.done[`nagged/${role}`];
  const who = subject === null ? 'nobody' : nameOf(incident, subject);
  const what =
    before && subject !== null ? `${title} is handed over from ${nameOf(incident, before.subject)} to ${who}` : `${title} is ${who}`;
  tell(incident, 'role', what, { by });
  if (by !== subject) postToTeam(incident, `${headline(incident)}: ${what}.`, `role ${role}`);
}

/** Up: the ladders start anew and the new severity's people are told. Down: the clocks follow. */
export function changeSeverity(incident: Incident, severity: string, reason: string, by: string): void {
  const from = incident.severity;
  const rose = rank(incident, severity) < rank(incident, from);
  incident.severity = severity;
  tell(incident, 'severity', `${nameOf(incident, by)} ${rose ? 'raises' : 'lowers'} the severity from ${from} to ${severity}: ${reason}`, {
    by,
  });
  if (rose) restart(incident, `is ${severity} now; nobody has acknowledged that yet`);
  remakePromises(incident);
  tellSeverity(incident, from, reason, rose);
}

/** A new round: who has acknowledged the last one has not acknowledged this one. */
export function restart(incident: Incident, status: string): void {
  incident.round += 1;
  Object.assign(incident, { roundSince: now(), status });
}

/** Customers are no longer hurt. */
export function mitigate(incident: Incident, how: string, at: string, by: string): void {
  incident.milestones.mitigatedAt = at;
  Object.assign(incident, { state: 'mitigated', publicStatus: 'monitoring', status: `is mitigated since ${sayMoment(at)}: ${how}` });
  incident.said.progress = how;
  tell(incident, 'state', `${nameOf(incident, by)} says that it is mitigated since ${sayMoment(at)}: ${how}`, { by });
  postToTeam(incident, `${headline(incident)}: mitigated: ${how}`, 'mitigated', { everybody: true });
  const { customers } = severityOf(incident).updates;
  // Good news need not wait for the cadence when no person has to read it first.
  if (customers?.sentBy === 'policy' && incident.promises.customers.length > 0) {
    sendUpdate(incident, 'customers', draft(incident, 'customers'));
  }
}

/** It is back: everything that follows from being resolved is not so. */
export function reopen(incident: Incident, reason: string, by: string): void {
  delete incident.milestones.mitigatedAt;
  delete incident.milestones.resolvedAt;
  delete incident.stability;
  Object.assign(incident, { state: 'acknowledged', publicStatus: 'investigating', reviews: [], verification: [] });
  restart(incident, `is open again: ${reason}`);
  tell(incident, 'state', `${nameOf(incident, by)} opens it again: ${reason}`, { by });
  postToTeam(incident, `${headline(incident)}: open again: ${reason}`, 'reopened', { everybody: true });
  promise(incident, now());
}
