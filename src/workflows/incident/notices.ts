import { componentsOf, followPages, hasOwnChannel, hasTold, post, postToTeam, reach } from './post.ts';
import type { Audience } from './policy.ts';
import { now, serviceOf, severityOf } from './record.ts';
import { sayHour } from './time.ts';
import type { Incident } from './view.ts';
import { headline, write, type Text } from './words.ts';

/** Alerts say that something is wrong: the people of its severity are told, and who acknowledges it declares it. */
export function tellProposed(incident: Incident): void {
  const { alerts, suggestions } = incident;
  const why = alerts.map(({ summary, startsAt }) => `- ${summary} (since ${sayHour(startsAt)})`).slice(0, 10);
  const help = suggestions.map(({ runbook, why: reason }) => `Suggested runbook: ${runbook} (${reason})`);
  const text = [`Proposed by alerts: ${headline(incident)}`, ...why, ...help, 'Acknowledge it to declare it, or dismiss it.'].join('\n');
  postToTeam(incident, text, 'proposed');
  reachSeverity(incident, { subject: `Proposed: ${headline(incident)}`, text }, 'proposed');
}

/** It is an incident: a channel, a ticket, and everybody who must know. */
export function tellDeclared(incident: Incident): void {
  const { policy, number, service, severity, milestones } = incident;
  const { channels } = policy;
  if (channels.ownChannelFor.includes(severity) && !hasOwnChannel(incident)) openChannel(incident);
  if (channels.ticketFor.includes(severity) && !hasTold(incident, 'ticket')) {
    const { subject, text } = write(incident, 'ticket');
    post(incident, { sink: 'ticket', act: 'open', title: subject, priority: severity, components: [service], text }, 'declared');
  }
  const said = write(incident, 'declared');
  postToTeam(incident, said.text, 'declared', { everybody: true });
  reachSeverity(incident, { subject: said.subject || `${number} of ${milestones.declaredAt}`, text: said.text }, 'declared');
}

function openChannel(incident: Incident): void {
  const at = incident.milestones.declaredAt ?? now();
  const name = `incident-${at.slice(0, 10)}-${at.slice(11, 13)}${at.slice(14, 16)}`;
  const { bridge } = incident.policy.channels;
  post(
    incident,
    { sink: 'slack', act: 'open-channel', name, topic: `${headline(incident)}${bridge ? ` | Bridge: ${bridge}` : ''}` },
    'declared',
  );
}

/** The contacts of its severity, but not those ways that the team's channels are anyway. */
export function reachSeverity(incident: Incident, text: Text, about: string): void {
  reach(incident, severityOf(incident).tell, text, about);
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
  tellDeclaredAnew(incident, text);
}

function tellDeclaredAnew(incident: Incident, text: string): void {
  const { channels } = incident.policy;
  if (channels.ownChannelFor.includes(incident.severity) && !hasOwnChannel(incident)) openChannel(incident);
  if (channels.ticketFor.includes(incident.severity) && !hasTold(incident, 'ticket')) {
    const ticket = write(incident, 'ticket');
    const { severity: priority, service } = incident;
    post(incident, { sink: 'ticket', act: 'open', title: ticket.subject, priority, components: [service], text: ticket.text }, 'severity');
  }
  reachSeverity(incident, { subject: text, text }, 'severity');
}

/** Sends an update; what customers read goes to the status page, what the team reads to its channels and the ticket. */
export function sendUpdate(incident: Incident, audience: Audience, said: Text): void {
  const count = incident.promises[audience].filter(({ sentAt }) => sentAt !== undefined).length;
  const about = `update ${count} to ${audience === 'internal' ? 'the team' : 'customers'}`;
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
  for (const { post: earlier } of uniqueMail(incident)) post(incident, { ...earlier, subject: said.subject, text: said.text }, 'resolved');
}

/** Whoever had a mail about it. */
function uniqueMail({ messages }: Incident) {
  const mails = messages.flatMap(({ post: sent }) => (sent.sink === 'email' ? [{ to: sent.to, post: sent }] : []));
  return [...new Map(mails.map((mail) => [mail.to, mail])).values()];
}

/** It is over without having been one. */
export function tellDismissed(incident: Incident, reason: string): void {
  const text = `${headline(incident)}: dismissed: ${reason}`;
  postToTeam(incident, text, 'dismissed', { everybody: true });
  followPages(incident, headline(incident), 'resolve');
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'close', text }, 'dismissed');
}

export function tellClosed(incident: Incident, by: string): void {
  const open = incident.actions.filter(({ doneAt }) => doneAt === undefined).length;
  const text = `${headline(incident)}: closed by ${by}.${open > 0 ? ` ${open} action item(s) are still open.` : ''}`;
  postToTeam(incident, text, 'closed', { everybody: true });
  if (hasTold(incident, 'ticket')) post(incident, { sink: 'ticket', act: 'close', text }, 'closed');
}
