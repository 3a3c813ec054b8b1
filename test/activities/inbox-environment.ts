import type { Environment } from '../../src/config/environment.ts';
import { createInbox, type Inbox, type InboxOptions } from '../../src/range/inbox/inbox.ts';
import type { InboxMessage } from '../../src/range/contract.ts';
import type { Delivery, Post } from '../../src/workflows/incident/messages.ts';
import { environmentWith } from './environment.ts';

export interface InboxOfTest extends Inbox {
  /** An environment whose messages go to it. */
  environment: Environment;
  /** Bodies of what one service took, oldest first. */
  took<T>(to: InboxMessage['to'], path?: string): T[];
}

/** Opens an inbox for each test of a suite, and closes it afterwards. */
export function inboxOfTest(options?: InboxOptions): { now: InboxOfTest } {
  const held = {} as { now: InboxOfTest };
  beforeEach(async () => {
    const inbox = await createInbox(options);
    await inbox.open();
    const { urls, keys } = inbox;
    const environment = environmentWith({
      ...{ SLACK: urls.slack, SLACK_TOKEN: keys.slack, PAGERDUTY: urls.pagerduty, PAGERDUTY_KEY: keys.pagerduty },
      ...{ STATUSPAGE: urls.statuspage, STATUSPAGE_KEY: keys.statuspage },
      ...{ TICKET: urls.ticket, TICKET_TOKEN: keys.ticket, SMTP: urls.email },
    });
    const took = <T>(to: InboxMessage['to'], path = '') =>
      inbox
        .messages()
        .filter((message) => message.to === to && message.path.includes(path))
        .map(({ body }) => body as T);
    held.now = { ...inbox, environment, took };
  });
  afterEach(() => held.now.close());
  return held;
}

/** A delivery of the incident INC-2026-11-03-007. */
export function deliveryOf<P extends Post>(post: P, more: Partial<Omit<Delivery<P>, 'post'>> = {}): Delivery<P> {
  const incident = { number: 'INC-2026-11-03-007', title: 'Orders fail', startedAt: '2026-11-03T12:01:00.000Z', drill: false };
  return { incident, id: 'm3', post, links: {}, ...more };
}

/** The same incident as a drill. */
export const drill = { ...deliveryOf({ sink: 'slack', act: 'post', channel: 'internal', text: '' }).incident, drill: true };
