import { z } from 'zod';
import { reference, secret, url } from './basics.ts';

const slack = z.strictObject({
  url: url.describe("Address of Slack's API."),
  token: secret.describe("The app's token, as a reference."),
  channel: z.string().describe('Channel that runs write to.'),
  decisions: z
    .strictObject({
      signingSecret: secret
        .describe("The app's signing secret, as a reference: only what it signs is taken.")
        .meta({ examples: ['env:SLACK_SIGNING_SECRET'] }),
      team: z
        .string()
        .regex(/^T[A-Z0-9]{2,20}$/, 'use the id of a workspace, e.g. T1DC2JH3J')
        .exactOptional()
        .describe('The workspace whose people may decide; any that the app is installed in unless said.')
        .meta({ examples: ['T1DC2JH3J'] }),
      answers: url
        .default('https://hooks.slack.com')
        .describe('Where answers to what people press may go, and nowhere else.')
        .meta({ examples: ['https://hooks.slack.com'] }),
    })
    .exactOptional()
    .describe('Lets people decide at gates in Slack, see docs/chat.md; left out, messages have no buttons.')
    .meta({ examples: [{ signingSecret: 'env:SLACK_SIGNING_SECRET', team: 'T1DC2JH3J' }] }),
});
const pagerduty = z.strictObject({
  url: url.describe("Address of PagerDuty's Events API."),
  routingKey: secret.describe('Key of the integration, as a reference.'),
  webhook: z
    .strictObject({
      secrets: z
        .array(secret)
        .min(1)
        .describe('Secrets of the webhook, as references; two while one takes the place of the other.')
        .meta({ examples: [['env:PAGERDUTY_WEBHOOK_SECRET']] }),
      service: z
        .string()
        .regex(/^[A-Z0-9]{5,20}$/, 'use the id of a service, e.g. PF9KMXH')
        .exactOptional()
        .describe('The service that Muster pages; events of others are left alone. Any unless said.')
        .meta({ examples: ['PF9KMXH'] }),
    })
    .exactOptional()
    .describe('What people say in PagerDuty reaches Muster, see docs/chat.md; left out, it does not.')
    .meta({ examples: [{ secrets: ['env:PAGERDUTY_WEBHOOK_SECRET'], service: 'PF9KMXH' }] }),
});
const statuspage = z.strictObject({
  url: url.describe("Address of Statuspage's API."),
  page: z.string().describe('Id of the page, or a reference to it.'),
  apiKey: secret.describe('Key of the API, as a reference.'),
});

const ticket = z.strictObject({
  by: z.literal('jira').describe('Jira is the one that Muster knows.'),
  url: url.describe('Base of Jira, e.g. https://your-company.atlassian.net.'),
  project: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]+$/, "use the project's key, e.g. OPS")
    .describe("The project's key."),
  user: reference.describe('The user that the API token belongs to.'),
  token: secret.describe('The API token, as a reference.'),
  issueType: z.string().default('Task').describe('Type of the tickets.'),
});

const email = z.strictObject({
  smtp: secret.describe("Reference to the server's URL with its account, e.g. `smtps://user:password@host:465`."),
  from: reference.describe('Sender.'),
});

/** Where messages go. */
export const notify = z
  .strictObject({
    slack: slack.optional().describe('Messages to the team; left out, nothing is sent there.'),
    pagerduty: pagerduty.optional().describe('Pages people; left out, nobody is paged.'),
    statuspage: statuspage.optional().describe('What customers read; left out, nothing is published.'),
    ticket: ticket.optional().describe('Where tickets are opened; left out, none are.'),
    email: email.optional().describe('Who takes e-mail; left out, none is sent.'),
  })
  .describe('Where messages go. A recovery never waits for them: what could not be sent stands in the report.');
