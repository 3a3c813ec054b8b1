import { randomBytes, randomUUID } from 'node:crypto';
import type { InboxMessage } from '../contract.ts';
import { createListener, type Listener } from '../net/listener.ts';
import { createMailServer } from './email.ts';
import { pagerduty } from './pagerduty.ts';
import type { Service, Take } from './service.ts';
import { slack } from './slack.ts';
import { statuspage } from './statuspage.ts';
import { ticket } from './ticket.ts';
import { withTrouble, type Trouble } from './trouble.ts';

/** Stands in for the services that people get messages from, each on an address of its own. */
export interface Inbox {
  /** The address of `email` holds its account. */
  readonly urls: Record<Service, string>;
  readonly keys: Record<Service, string>;
  open(): Promise<void>;
  close(): Promise<void>;
  messages(): InboxMessage[];
  /** Brings services into trouble. */
  down(which: readonly Service[], how: Trouble): Promise<void>;
  up(): Promise<void>;
}

export interface InboxOptions {
  /** Components that the status page and the project of the tickets have. */
  components?: readonly string[];
  /** Priorities that the tickets can have. */
  priorities?: readonly string[];
}

export const services = ['slack', 'pagerduty', 'statuspage', 'ticket', 'email'] as const satisfies Service[];
/** Who writes tickets. */
export const ticketUser = 'muster@practice.example';

/** An inbox that is not open yet; every service has a random key. */
export async function createInbox({
  components = ['shop'],
  priorities = ['P0', 'P1', 'P2', 'P3', 'P4'],
}: InboxOptions = {}): Promise<Inbox> {
  const keys = {
    slack: `xoxb-practice-${randomBytes(16).toString('hex')}`,
    pagerduty: randomBytes(16).toString('hex'),
    statuspage: randomUUID(),
    ticket: randomBytes(16).toString('hex'),
    email: randomBytes(16).toString('hex'),
  };
  const received: InboxMessage[] = [];
  const troubles = new Map<Service, Trouble>();
  const taker =
    (to: Service): Take =>
    ({ path, body }, text) =>
      void received.push({ at: new Date().toISOString(), to, path, body: body as unknown, ...(text === undefined ? {} : { text }) });

  const apps = {
    slack: slack(keys.slack, taker('slack')),
    pagerduty: pagerduty(keys.pagerduty, taker('pagerduty')),
    statuspage: statuspage(keys.statuspage, components, taker('statuspage')),
    ticket: ticket({ login: `${ticketUser}:${keys.ticket}`, components, priorities }, taker('ticket')),
  };
  const trouble = (service: Service) => () => troubles.get(service);
  const listen = (service: keyof typeof apps): Promise<Listener> => createListener(withTrouble(apps[service], trouble(service)));
  const parts = {
    slack: await listen('slack'),
    pagerduty: await listen('pagerduty'),
    statuspage: await listen('statuspage'),
    ticket: await listen('ticket'),
    email: await createMailServer(keys.email, trouble('email'), taker('email')),
  };
  const openAll = async (): Promise<void> => void (await Promise.all(services.map((service) => parts[service].open())));

  return {
    urls: {
      slack: `${parts.slack.url}/api`,
      ...{ pagerduty: parts.pagerduty.url, statuspage: parts.statuspage.url, ticket: parts.ticket.url, email: parts.email.url },
    },
    keys,
    open: openAll,
    close: async () => void (await Promise.all(services.map((service) => parts[service].close()))),
    messages: () => [...received],
    down: async (which, how) => {
      for (const service of which) {
        if (how === 'refuse') await parts[service].close();
        else troubles.set(service, how);
      }
    },
    up: async () => {
      troubles.clear();
      await openAll();
    },
  };
}
