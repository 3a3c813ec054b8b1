import { randomBytes, randomUUID } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import type { Fault, InboxMessage } from '../contract.ts';
import { createListener, type Listener } from '../net/listener.ts';

type Service = InboxMessage['to'];
type Refusal = NonNullable<Extract<Fault, { kind: 'inbox-down' }>['how']>;

/** Stands in for the services that people get messages from, each on an address of its own. */
export interface Inbox {
  readonly urls: Record<Service, string>;
  readonly keys: Record<Service, string>;
  open(): Promise<void>;
  close(): Promise<void>;
  messages(): InboxMessage[];
  /** Takes services away: they refuse connections, or take requests and never answer. */
  down(which: Service[], how: Refusal): Promise<void>;
  up(): Promise<void>;
}

const services: Service[] = ['slack', 'pagerduty', 'statuspage'];

/** An inbox that is not open yet; every service has a random key. */
export async function createInbox(): Promise<Inbox> {
  const keys = {
    slack: `xoxb-practice-${randomBytes(16).toString('hex')}`,
    pagerduty: randomBytes(16).toString('hex'),
    statuspage: randomUUID(),
  };
  const received: InboxMessage[] = [];
  const stalled = new Set<Service>();

  const remember = (to: Service, request: Request, body: unknown): void => {
    received.push({ at: new Date().toISOString(), to, path: request.path, body });
  };
  const apps: Record<Service, Express> = {
    slack: slack(keys.slack, (request) => remember('slack', request, request.body)),
    pagerduty: pagerduty(keys.pagerduty, (request) => {
      remember('pagerduty', request, { ...(request.body as object), routing_key: '***' });
    }),
    statuspage: statuspage(keys.statuspage, (request) => remember('statuspage', request, request.body)),
  };
  const listeners = {} as Record<Service, Listener>;
  for (const service of services) {
    listeners[service] = await createListener((request, response) => {
      if (!stalled.has(service)) apps[service](request, response);
    });
  }
  const openAll = async (): Promise<void> => void (await Promise.all(services.map((service) => listeners[service].open())));

  return {
    urls: { slack: `${listeners.slack.url}/api`, pagerduty: listeners.pagerduty.url, statuspage: listeners.statuspage.url },
    keys,
    open: openAll,
    close: async () => void (await Promise.all(services.map((service) => listeners[service].close()))),
    messages: () => [...received],
    down: async (which, how) => {
      for (const service of which) {
        if (how === 'stall') stalled.add(service);
        else await listeners[service].close();
      }
    },
    up: async () => {
      stalled.clear();
      await openAll();
    },
  };
}

type Take = (request: Request) => void;

function service(): Express {
  return express().disable('x-powered-by').use(express.json());
}

function slack(token: string, take: Take): Express {
  return service().post('/api/chat.postMessage', (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.json({ ok: false, error: 'invalid_auth' });
    const { channel, text } = (request.body ?? {}) as { channel?: unknown; text?: unknown };
    if (!channel) return void response.json({ ok: false, error: 'channel_not_found' });
    if (!text) return void response.json({ ok: false, error: 'no_text' });
    take(request);
    response.json({ ok: true, channel, ts: (Date.now() / 1000).toFixed(6) });
  });
}

function pagerduty(key: string, take: Take): Express {
  return service().post('/v2/enqueue', (request, response) => {
    const { routing_key, dedup_key } = (request.body ?? {}) as { routing_key?: unknown; dedup_key?: string };
    if (routing_key !== key) {
      return void response
        .status(400)
        .json({ status: 'invalid event', message: 'Event object is invalid', errors: ['invalid routing key'] });
    }
    take(request);
    response.status(202).json({ status: 'success', message: 'Event processed', dedup_key: dedup_key ?? randomUUID() });
  });
}

function statuspage(key: string, take: Take): Express {
  const answer =
    (status: number) =>
    (request: Request, response: Response): void => {
      if (request.headers.authorization !== `OAuth ${key}`) return void response.status(401).json({ error: 'Could not authenticate' });
      take(request);
      const { incident } = (request.body ?? {}) as { incident?: object };
      response.status(status).json({ ...incident, id: request.params.incident ?? randomBytes(6).toString('hex') });
    };
  return service().post('/v1/pages/:page/incidents', answer(201)).patch('/v1/pages/:page/incidents/:incident', answer(200));
}
