import { componentsOf, followPages, hasOwnChannel, hasTold, isDirect, post, postToTeam, reach, type DirectPost } from './post.ts';
import { readers, type Audience } from './policy.ts';
import { now, openActions, serviceOf, severityOf } from './record.ts';
import { sayHour } from './time.ts';
import type { Incident } from './view.ts';
import { headline, write, type Text } from './words.ts';

/** Alerts say that something is wrong: the people of its severity are told, and who acknowledges it declares it. */
export function tellProposed(incident: Incident): void {
  const { alerts, suggestions } = incident;
  const why = alerts.map(({ summary, startsAt }) => `- ${summary} (since ${sayHour(startsAt)})`).slice(0, 10);
  const help = suggestions.map(({ runbook, why: reason }) => `Suggested runbook: ${runbook} (${reason})`);
  const itself = alerts.flatMap(({ declareAt }) => declareAt ?? []).sort()[0];
  const clock = itself === undefined ? '' : ` It declares itself at ${sayHour(itself)} if its alerts go on.`;
  const what = `Acknowledge it to declare it, or dismiss it.${clock}`;
  const text = [`Proposed by alerts: ${headline(incident)}`, ...why, ...help, what].join('\n');
  postToTeam(incident, text, 'proposed');
  reachSeverity(incident, { subject: `Proposed: ${headline(incident)}`, text }, 'proposed');
}

/** It is an incident: a channel, a ticket, and everybody who must know. */
export function tellDeclared(incident: Incident): void {
  openPlaces(incident, 'declared');
  const said = write(incident, 'declared');
  postToTeam(incident, said.text, 'declared', { everybody: true });
  reachSeverity(incident, said, 'declared');
}

/** A channel and a ticket of its own, for a severity that has them. */
function openPlaces(incident: Incident, about: string): void {
  const { policy, severity, service, milestones } = incident;
  if (policy.channels.ownChannelFor.includes(severity) && !hasOwnChannel(incident)) {
    const at = milestones.declaredAt ?? now();
    const name = `incident-${at.slice(0, 10)}-${at.slice(11, 13)}${at.slice(14, 16)}`;
    const { bridge } = policy.channels;
    const topic = `${headline(incident)}${bridge ? ` | Bridge: ${bridge}` : ''}`;
    post(incident, { sink: 'slack', act: 'open-channel', name, topic }, about);
  }
  if (policy.channels.ticketFor.includes(severity) && !hasTold(incident, 'ticket')) {
    const { subject: title, text } = write(incident, 'ticket');
    post(incident, { sink: 'ticket', act: 'open', title, priority: severity, components: [service], text }, about);
  }
}

/** The contacts of its severity, but not those ways that the team's channels are anyway. */
export function reachSeverity(incident: Incident, text: Text, about: string, rung?: string): void {
  const { tell, tellOfCustomers = [] } = severityOf(incident);
  const also = serviceOf(incident).customerFacing ? tellOfCustomers.filter((contact) => !tell.includes(contact)) : [];
  reach(incident, [...tell, ...also], text, about, rung);
}

export function tellAcknowledged(incident: Incident, by: string): void {
  followPages(incident, headline(incident), 'acknowledge');
  postToTeam(incident, `${headline(incident)}: acknowledged by ${by}.`, 'acknowledged', { everybody: true });
}

/** Severity went up or down: every place that shows it hears of it, and when it went up so do the people of the new one. */
export function tellSeverity(incident: Incident, from: string, reason: string, rose: boolean): void {
  const text = `${headline(incident)}: severity ${rose ? 'raised' : 'lowered'} from ${from} to ${incident.severity}: ${reason}`;
  postToTeam(incident, text, 'severity', { everybody: true });
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'comment', text }, 'severity');
  if (!rose || incident.state === 'proposed') return;
  openPlaces(incident, 'severity');
  // A page of its own: whoever slept through a P2 must wake up for a P0.
  reachSeverity(incident, { subject: text, text }, 'severity', `severity/${incident.round}`);
}

/** Sends an update; what customers read goes to the status page, what the team reads to its channels and the ticket. */
export function sendUpdate(incident: Incident, audience: Audience, said: Text): void {
  const count = incident.promises[audience].filter(({ sentAt }) => sentAt !== undefined).length;
  const about = `update ${count} to ${readers[audience]}`;
  if (audience === 'internal') {
    postToTeam(incident, said.text, about, { everybody: true });
    if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'comment', text: said.text }, about);
  } else {
    publish(incident, said, about);
  }
}

function publish(incident: Incident, { subject, text }: Text, about: string): void {
  const { publicStatus: status } = incident;
  post(incident, { sink: 'statuspage', act: 'publish', status, title: subject, body: text, components: componentsOf(incident) }, about);
}

/** The final messages: the same people who were told of it hear that it is over. */
export function tellResolved(incident: Incident): void {
  const said = write(incident, 'internalResolved');
  postToTeam(incident, said.text, 'resolved', { everybody: true });
  followPages(incident, headline(incident), 'resolve');
  if (serviceOf(incident).customerFacing && hasTold(incident, 'statuspage'))
    publish(incident, write(incident, 'customerResolved'), 'resolved');
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'comment', text: said.text }, 'resolved');
  for (const earlier of sentToPeople(incident)) {
    post(incident, earlier.sink === 'email' ? { ...earlier, ...said } : { ...earlier, text: said.text }, 'resolved');
  }
}

/** The last message of each person who had one. */
function sentToPeople({ messages, policy }: Incident) {
  const last = new Map<string, DirectPost>();
  for (const { post: sent } of messages) {
    if (sent.sink === 'email') last.set(sent.to, sent);
    else if (isDirect(sent) && sent.channel !== policy.channels.internal) last.set(sent.channel, sent);
  }
  return last.values();
}

/** It is over without having been one. */
export function tellDismissed(incident: Incident, reason: string): void {
  const text = `${headline(incident)}: dismissed: ${reason}`;
  postToTeam(incident, text, 'dismissed', { everybody: true });
  followPages(incident, headline(incident), 'resolve');
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'close', text }, 'dismissed');
}

export function tellClosed(incident: Incident, by: string): void {
  const open = openActions(incident).length;
  const text = `${headline(incident)}: closed by ${by}.${open > 0 ? ` ${open} action item(s) are still open.` : ''}`;
  postToTeam(incident, text, 'closed', { everybody: true });
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'close', text }, 'closed');
}
