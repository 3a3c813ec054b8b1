import type { Express, Request, Response } from 'express';
import { page, service, type Take } from './service.ts';

interface Message {
  ts: string;
  text: string;
  metadata?: unknown;
}
interface Channel {
  id: string;
  name: string;
  created: number;
  is_archived: boolean;
  topic: { value: string };
  purpose: { value: string };
  messages: Message[];
}
type Asked = Record<string, unknown>;
/** What a method answers; a text is Slack's word for a refusal. */
type Method = (asked: Asked, request: Request) => Asked | string;

/** Slack's Web API as far as messages and channels go. A channel that is only written to by its name is there from then on. */
export function slack(token: string, take: Take): Express {
  const channels: Channel[] = [];
  const add = (name: string): Channel => {
    const id = `C${String(channels.length + 1).padStart(9, '0')}`;
    const created = { created: Math.floor(Date.now() / 1000), is_archived: false };
    const channel = { id, name, ...created, topic: { value: '' }, purpose: { value: '' }, messages: [] };
    channels.push(channel);
    return channel;
  };
  const known = (asked: Asked): Channel | undefined =>
    channels.find(({ id, name }) => id === asked['channel'] || `#${name}` === asked['channel']);
  const describe =
    (field: 'topic' | 'purpose'): Method =>
    (asked, request) => {
      const channel = known(asked);
      if (!channel) return 'channel_not_found';
      if (channel.is_archived) return 'is_archived';
      channel[field] = { value: String(asked[field]) };
      take(request);
      return { channel: shown(channel) };
    };
  const methods: Record<string, Method> = {
    'auth.test': () => ({ team: 'practice', user: 'muster' }),
    'chat.postMessage': (asked, request) => {
      const { channel: to, text, metadata } = asked;
      if (typeof to !== 'string' || to === '') return 'channel_not_found';
      if (typeof text !== 'string' || text === '') return 'no_text';
      const ofPerson = /^@|^[UW][A-Z0-9]{6,}$/.test(to);
      // What is said to one person is in no channel that anybody else could list.
      if (ofPerson) {
        take(request);
        return { channel: `D${to.replace(/\W/g, '').toUpperCase()}`, ts: (Date.now() / 1000).toFixed(6) };
      }
      const channel = known(asked) ?? (/^C\d+$/.test(to) ? undefined : add(to.replace(/^#/, '')));
      if (!channel) return 'channel_not_found';
      if (channel.is_archived) return 'is_archived';
      const ts = `${(Date.now() / 1000).toFixed(3)}${String(channel.messages.length % 1000).padStart(3, '0')}`;
      channel.messages.unshift({ ts, text, ...(metadata === undefined ? {} : { metadata }) });
      take(request);
      return { channel: to.startsWith('#') ? to : channel.id, ts };
    },
    'conversations.create': ({ name }, request) => {
      if (typeof name !== 'string' || !/^[a-z0-9_-]{1,80}$/.test(name)) return 'invalid_name_specials';
      if (channels.some((channel) => channel.name === name)) return 'name_taken';
      const channel = add(name);
      take(request);
      return { channel: shown(channel) };
    },
    'conversations.setTopic': describe('topic'),
    'conversations.setPurpose': describe('purpose'),
    'conversations.archive': (asked) => {
      const channel = known(asked);
      if (!channel) return 'channel_not_found';
      channel.is_archived = true;
      return {};
    },
    'conversations.info': (asked) => {
      const channel = known(asked);
      return channel ? { channel: shown(channel) } : 'channel_not_found';
    },
    'conversations.list': (_asked, { query }) => {
      const { part, next } = page(channels, query);
      return { channels: part.map(shown), response_metadata: { next_cursor: next } };
    },
    'conversations.history': (asked, { query }) => {
      const channel = known(asked);
      if (!channel) return 'channel_not_found';
      const { part, next } = page(channel.messages, query);
      const messages = part.map(({ metadata, ...rest }) => ({
        ...rest,
        ...(query['include_all_metadata'] === 'true' && metadata ? { metadata } : {}),
      }));
      return { messages, has_more: next !== '', response_metadata: { next_cursor: next } };
    },
  };
  return service().all('/api/:method', (request: Request<{ method: string }>, response: Response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.json({ ok: false, error: 'invalid_auth' });
    const method = methods[request.params.method];
    const asked = (request.method === 'GET' ? request.query : (request.body ?? {})) as Asked;
    const answer = method ? method(asked, request) : 'unknown_method';
    response.json(typeof answer === 'string' ? { ok: false, error: answer } : { ok: true, ...answer });
  });
}

function shown({ id, name, created, is_archived, topic, purpose }: Channel): Omit<Channel, 'messages'> {
  return { id, name, created, is_archived, topic, purpose };
}
