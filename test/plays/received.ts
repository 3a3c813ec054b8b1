import assert from 'node:assert/strict';
import type { InboxMessage } from '../../src/range/contract.ts';
import type { OutgoingMessage } from '../../src/workflows/incident/messages.ts';
import { component } from './system.ts';

interface Line {
  to: string;
  text: string;
  /** Id of the incident's message. */
  id: string;
}
type Body = Record<string, unknown> & { text: string; channel: string };

/**
 * What every receiver got, in order, in the shape in which the tests write it down: the time on the incident's clock, and the text after a bar.
 * Days are `<day 1>`, `<day 2>`, …, since nobody knows the date on which a test is run.
 */
export function received(inbox: readonly InboxMessage[], messages: readonly OutgoingMessage[], startedAt: string): Record<string, string> {
  const lines = linesOf(inbox, messages);
  assert.deepEqual(
    messages.map(({ id }) => id).filter((id) => !lines.some((line) => line.id === id)),
    [],
    'every message of the record came in',
  );
  const found: Record<string, string[]> = {};
  let places: Record<string, number> = {};
  for (const { to, text, id } of lines) {
    const { dueAt, state, late, tries } = messages.find((message) => message.id === id)!;
    // One that left more than a minute after it was due is late.
    assert.deepEqual([state, late, tries], ['sent', undefined, 1], `${text} left when it was due`);
    const [day, time] = [dayOf(dueAt, startedAt), dueAt.slice(11, 16)];
    const list = (found[to] ??= []);
    if (day !== (places[to] ?? 1)) list.push(`day ${day}`);
    places = { ...places, [to]: day };
    list.push(
      text
        .split('\n')
        .map((line, index) => `${index === 0 ? time : '     '} | ${line}`.trimEnd())
        .join('\n'),
    );
  }
  return Object.fromEntries(Object.entries(found).map(([to, list]) => [withDays(to, startedAt), withDays(list.join('\n'), startedAt)]));
}

/** The same of a text that a test has written down. */
export const asWritten = (expected: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(expected).map(([to, text]) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const margin = Math.min(...lines.map((line) => line.search(/\S/)).filter((_, index) => !lines[index]!.trim().startsWith('|')));
      return [to, lines.map((line) => line.slice(margin).trimEnd()).join('\n')];
    }),
  );

const dayMs = 24 * 60 * 60_000;
const midnight = (at: string): number => Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
const dayOf = (at: string, startedAt: string): number => (midnight(at) - midnight(startedAt)) / dayMs + 1;
const withDays = (text: string, startedAt: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\d(?=\b|-)/g, (date) => `<day ${dayOf(date, startedAt)}>`).replace(/\bINC-<day 1>-001\b/g, '<number>');

function linesOf(inbox: readonly InboxMessage[], messages: readonly OutgoingMessage[]): Line[] {
  const channels: Record<string, string> = {};
  const pages = messages.filter(({ post }) => post.sink === 'pagerduty');
  const only = (act: string) => messages.find(({ post }) => post.act === act)?.id ?? `no ${act}`;
  let paged = 0;
  return inbox.map(({ to, path, body: sent, text = '' }): Line => {
    const body = sent as Body;
    if (to === 'slack') {
      const opened = channelId(inbox, body.channel);
      if (path.endsWith('/conversations.create')) return { to: `Slack #${body['name']}`, text: 'channel opened', id: only('open-channel') };
      if (opened !== undefined) channels[body.channel] = opened;
      const name = `Slack ${channels[body.channel] ?? body.channel}`;
      if (path.endsWith('/conversations.setPurpose')) return { to: name, text: `purpose: ${body['purpose']}`, id: only('open-channel') };
      if (path.endsWith('/conversations.setTopic')) return { to: name, text: `topic: ${body['topic']}`, id: only('open-channel') };
      return { to: name, text: body.text, id: (body['metadata'] as { event_payload: { message: string } }).event_payload.message };
    }
    if (to === 'email') {
      const id = /\.(m\d+)@/.exec(String(body['messageId']))![1]!;
      return { to: `mail to ${String(body['to'])}`, text: `Subject: ${String(body['subject'])}\n${text}`, id };
    }
    if (to === 'statuspage') return statuspageLine(body);
    if (to === 'ticket') return ticketLine(path, body, text, only);
    const page = pages[paged++]!;
    const { event_action: act, dedup_key: key, payload } = sent as { event_action: string; dedup_key: string; payload?: Paged };
    const what = payload ? ` ${payload.severity}: ${payload.summary}` : '';
    return { to: 'PagerDuty', text: `${act} ${key}${what}`, id: page.id };
  });
}

interface Paged {
  severity: string;
  summary: string;
}

/** The name of a channel that was opened: the fake Slack counts them, and the first one that was created is ours. */
function channelId(inbox: readonly InboxMessage[], id: string | undefined): string | undefined {
  const created = inbox.find(({ path }) => path.endsWith('/conversations.create'));
  if (id === undefined || !/^C\d+$/.test(id) || !created) return undefined;
  return `#${String((created.body as Body)['name'])}`;
}

function statuspageLine(body: Body): Line {
  const { incident } = body as unknown as {
    incident: { name: string; status: string; body: string; components: Record<string, string>; metadata: { muster: { message: string } } };
  };
  const states = Object.values(incident.components).map((state) => `${component} ${state}`);
  const text = `${[incident.status, ...states].join(', ')}: ${incident.name}\n${incident.body}`;
  return { to: 'status page', text, id: incident.metadata.muster.message };
}

function ticketLine(path: string, body: Body, text: string, only: (act: string) => string): Line {
  if (path.endsWith('/transitions')) return { to: 'ticket', text: 'moved to Done', id: only('close') };
  if (path.endsWith('/comment')) {
    const { properties } = body as unknown as { properties: { value: { id: string } }[] };
    return { to: 'ticket', text: `comment: ${text}`, id: properties[0]!.value.id };
  }
  const { fields } = body as unknown as { fields: { summary: string; priority: { name: string }; components: { name: string }[] } };
  const parts = fields.components.map(({ name }) => name).join(', ');
  return { to: 'ticket', text: `opened: ${fields.summary} (${fields.priority.name}; ${parts})\n${text}`, id: only('open') };
}
