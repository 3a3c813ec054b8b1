import { z } from 'zod';
import { duration, name, reference } from './basics.ts';
import { severityName } from './incident-severities.ts';

/** A person, a rotation or a mailbox, and every way to reach it. */
export const contact = z.strictObject({
  title: z.string().min(1).describe('As people call it.'),
  reach: z
    .array(
      z.discriminatedUnion('by', [
        z.strictObject({ by: z.literal('pagerduty').describe('Paged by `notify.pagerduty`.') }),
        z.strictObject({
          by: z.literal('slack').describe('Written to by `notify.slack`.'),
          to: reference.describe('A channel or a member.'),
        }),
        z.strictObject({ by: z.literal('email').describe('Written to by `notify.email`.'), to: reference.describe('Address.') }),
        z.strictObject({
          by: z.literal('phone').describe('Only shown: people call.'),
          to: reference.describe('Number, or a reference to it.'),
        }),
      ]),
    )
    .describe('Every way to reach it; all are used at once.'),
});

export const role = z
  .strictObject({
    name: name.describe('What it is called.'),
    title: z.string().min(1).describe('As people call it.'),
    requiredFor: z.array(severityName).default([]).describe('Severities that need it; unassigned it nags.'),
    nagEvery: duration.default(300_000).describe('So often it is reminded of while nobody has it.'),
    byDefault: z
      .enum(['acknowledger', 'nobody'])
      .default('nobody')
      .describe('Who has it at first: whoever acknowledges the incident, or nobody.'),
    to: z.array(name).min(1).exactOptional().describe('Contacts that are told while a severity needs it and nobody has it.'),
  })
  .transform(({ nagEvery, ...rest }) => ({ ...rest, nagEveryMs: nagEvery }));

export const channels = z
  .strictObject({
    internal: reference.describe('Standing Slack channel of the environment.'),
    ownChannelFor: z.array(severityName).default([]).describe('Severities that get a channel of their own, #incident-YYYY-MM-DD-HHMM.'),
    ticketFor: z.array(severityName).default([]).describe('Severities that get a ticket.'),
    bridge: reference.nullable().default(null).describe('Link or number of the conference call; none unless said.'),
    questions: reference.describe('Where questions go, as the messages say it.'),
  })
  .describe('Where an incident is talked about.');
