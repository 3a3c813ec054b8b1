import type { Post } from './messages.ts';
import { now, serviceOf, severityOf } from './record.ts';
import type { Incident } from './view.ts';
import type { Text } from './words.ts';

/** Puts a message into the queue of its sink. Nothing waits for it. */
export function post(incident: Incident, message: Post, about: string): void {
  const marked = incident.drill ? withDrill(message) : message;
  const id = `m${incident.nextIds.message++}`;
  incident.messages.push({ id, post: marked, about, dueAt: now(), state: 'waiting', tries: 0 });
}

const mark = (text: string): string => (text.startsWith('DRILL') ? text : `DRILL: ${text}`);

/** Nobody must take a drill for the real thing, wherever he reads of it. */
function withDrill(message: Post): Post {
  switch (message.sink) {
    case 'slack':
      return message.act === 'open-channel' ? { ...message, topic: mark(message.topic) } : { ...message, text: mark(message.text) };
    case 'pagerduty':
      return { ...message, summary: mark(message.summary) };
    case 'statuspage':
      return { ...message, title: mark(message.title), body: mark(message.body) };
    case 'ticket':
      return message.act === 'open'
        ? { ...message, title: mark(message.title), text: mark(message.text) }
        : { ...message, text: mark(message.text) };
    case 'email':
      return { ...message, subject: mark(message.subject), text: mark(message.text) };
  }
}

/** To everybody who works on it: its own channel once there is one, and the standing one for what all should see. */
export function postToTeam(incident: Incident, text: string, about: string, { everybody = false } = {}): void {
  const own = hasOwnChannel(incident);
  if (own) post(incident, { sink: 'slack', act: 'post', channel: 'incident', text }, about);
  if (everybody || !own) post(incident, { sink: 'slack', act: 'post', channel: 'internal', text }, about);
}

/** A letter, or a message in Slack that is not to the team. */
export type DirectPost = Extract<Post, { sink: 'email' } | { sink: 'slack'; act: 'post' }>;
export const isDirect = (message: Post): message is DirectPost =>
  message.sink === 'email' || (message.sink === 'slack' && message.act === 'post' && !['incident', 'internal'].includes(message.channel));

/** An own channel was opened, or is about to be. */
export const hasOwnChannel = ({ messages, links }: Incident): boolean =>
  links.channel !== undefined || messages.some(({ post: { sink, act } }) => sink === 'slack' && act === 'open-channel');

/** Reaches contacts in every way that they have; the same way only once, and not where the team has just read the same. */
export function reach(incident: Incident, contacts: readonly string[], { subject, text }: Text, about: string, rung?: string): void {
  const ways = new Map<string, Post>();
  for (const way of contacts.flatMap((name) => incident.policy.contacts[name]?.reach ?? [])) {
    if (way.by === 'pagerduty') ways.set('pagerduty', page(incident, subject, 'trigger', rung));
    if (way.by === 'slack' && !hasJustRead(incident, way.to, about))
      ways.set(`slack ${way.to}`, { sink: 'slack', act: 'post', channel: way.to, text });
    if (way.by === 'email') ways.set(`email ${way.to}`, { sink: 'email', act: 'send', to: way.to, subject, text });
  }
  for (const message of ways.values()) post(incident, message, about);
}

const hasJustRead = ({ messages, policy }: Incident, channel: string, about: string): boolean =>
  channel === policy.channels.internal &&
  messages.some(
    ({ post: sent, ...more }) => 'channel' in sent && sent.channel === 'internal' && more.about === about && more.dueAt === now(),
  );

const pagerSeverities = ['critical', 'error', 'warning', 'info'] as const;

export function page(incident: Incident, summary: string, act: 'trigger' | 'acknowledge' | 'resolve' = 'trigger', rung?: string): Post {
  const place = incident.policy.severities.indexOf(severityOf(incident));
  const severity = pagerSeverities[Math.min(place, 3)]!;
  return { sink: 'pagerduty', act, summary, severity, ...(rung === undefined ? {} : { rung }) };
}

/** Says the same of every page that was sent. */
export function followPages(incident: Incident, summary: string, act: 'acknowledge' | 'resolve'): void {
  const rungs = incident.messages.flatMap(({ post: sent }) => (sent.sink === 'pagerduty' && sent.act === 'trigger' ? [sent.rung] : []));
  for (const rung of new Set(rungs)) post(incident, page(incident, summary, act, rung), act === 'resolve' ? 'resolved' : 'acknowledged');
}

/** Follows up in a sink that has heard of this incident before. */
export const hasTold = ({ messages, links }: Incident, sink: 'ticket' | 'statuspage'): boolean =>
  messages.some((message) => message.post.sink === sink) ||
  (sink === 'ticket' && links.ticket !== undefined) ||
  (sink === 'statuspage' && links.statuspage !== undefined);

/** How bad it looks on the status page. */
export function componentsOf(
  incident: Incident,
): Record<string, 'operational' | 'degraded_performance' | 'partial_outage' | 'major_outage'> {
  const { component } = serviceOf(incident);
  if (component === undefined) return {};
  if (incident.publicStatus === 'resolved') return { [component]: 'operational' };
  if (incident.publicStatus === 'monitoring') return { [component]: 'degraded_performance' };
  const place = incident.policy.severities.indexOf(severityOf(incident));
  return { [component]: (['major_outage', 'partial_outage'] as const)[place] ?? 'degraded_performance' };
}
