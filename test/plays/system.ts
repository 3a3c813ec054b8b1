import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { emailActivities } from '../../src/activities/messages/email.ts';
import { incidentPolicyActivities } from '../../src/activities/incident/policy.ts';
import { pagerDutyActivities } from '../../src/activities/messages/pagerduty.ts';
import { slackActivities } from '../../src/activities/messages/slack.ts';
import { statuspageActivities } from '../../src/activities/messages/statuspage.ts';
import { activityInterceptors } from '../../src/activities/kit/interceptor.ts';
import { record } from '../../src/activities/kit/kinds.ts';
import { ticketActivities } from '../../src/activities/messages/ticket.ts';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { createInbox, ticketUser, type Inbox } from '../../src/range/inbox/inbox.ts';
import type { World } from '../incident/bench.ts';

/** One of the five systems, whose messages go to an inbox of its own. */
export interface System {
  environment: Environment;
  inbox: Inbox;
  /** The world's activities, with the real ones that send messages. */
  around(world: World): { activities: Record<string, (asked: never) => Promise<unknown>>; interceptors: object };
  close(): Promise<void>;
}

/** Component of every status page here. */
export const component = 'API';

/** Opens the inbox, and sets the variables that the environment's file names: @manager for SLACK_MANAGER, cto@example.com for EMAIL_CTO. */
export async function openSystem(name: string): Promise<System> {
  const file = fileURLToPath(new URL(`../../environments/${name}.yaml`, import.meta.url));
  const text = readFileSync(file, 'utf8');
  const environment = parseEnvironment(text, file);
  const { services } = environment.incidents!.policy;
  const inbox = await createInbox({ components: [component, ...Object.keys(services)] });
  await inbox.open();
  const set = Object.fromEntries(
    [...text.matchAll(/env:([A-Z][A-Z0-9_]*)/g)].map(([, variable]) => [variable!, valueOf(variable!, inbox)]),
  );
  Object.assign(process.env, set);
  const { slack, pagerduty, statuspage } = environment.notify;
  if (slack) slack.url = inbox.urls.slack;
  if (pagerduty) pagerduty.url = inbox.urls.pagerduty;
  if (statuspage) statuspage.url = inbox.urls.statuspage;
  return {
    ...{ environment, inbox },
    around: ({ activities: made }) => {
      const around = Object.entries(made).map(([activity, run]) => [activity, record(run)] as const);
      const real = [
        slackActivities,
        pagerDutyActivities,
        statuspageActivities,
        ticketActivities,
        emailActivities,
        incidentPolicyActivities,
      ];
      const activities = Object.assign(Object.fromEntries(around), ...real.map((create) => create(environment))) as World['activities'];
      return { activities, interceptors: { activity: [activityInterceptors(activities, 'test')] } };
    },
    close: async () => {
      for (const variable of Object.keys(set)) delete process.env[variable];
      await inbox.close();
    },
  };
}

function valueOf(variable: string, { urls, keys }: Inbox): string {
  const is = (end: string) => variable.endsWith(`_${end}`);
  const rest = (word: string) => new RegExp(`_${word}_(\\w+)$`).exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-');
  if (is('SLACK_TOKEN')) return keys.slack;
  if (is('PAGERDUTY_KEY')) return keys.pagerduty;
  if (is('STATUSPAGE_KEY')) return keys.statuspage;
  if (is('STATUSPAGE_PAGE')) return 'page';
  if (is('STATUSPAGE_COMPONENT')) return component;
  if (is('JIRA_URL')) return urls.ticket;
  if (is('JIRA_USER')) return ticketUser;
  if (is('JIRA_TOKEN')) return keys.ticket;
  if (is('SMTP')) return urls.email;
  if (is('EMAIL_FROM')) return 'muster@example.com';
  if (is('OPS_EMAIL')) return 'ops@example.com';
  if (is('BRIDGE')) return '+1-555-0199';
  if (rest('SLACK') !== undefined) return `@${rest('SLACK')}`;
  if (rest('EMAIL') !== undefined) return `${rest('EMAIL')}@example.com`;
  return rest('PHONE') === undefined ? 'https://other.example' : '+1-555-0100';
}
