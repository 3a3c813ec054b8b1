import { z } from 'zod';
import { duration, name, reference } from './basics.ts';
import { severityName } from './incident-severities.ts';

/** A person, a rotation or a mailbox, and every way to reach it. */
export const contact = z.strictObject({
  title: z.string().min(1),
  reach: z.array(
    z.discriminatedUnion('by', [
      z.strictObject({ by: z.literal('pagerduty') }),
      /** A channel or a member. */
      z.strictObject({ by: z.literal('slack'), to: reference }),
      z.strictObject({ by: z.literal('email'), to: reference }),
      /** Only shown. */
      z.strictObject({ by: z.literal('phone'), to: reference }),
    ]),
  ),
});

export const role = z
  .strictObject({
    name,
    title: z.string().min(1),
    /** Severities that need it; unassigned it nags. */
    requiredFor: z.array(severityName).default([]),
    nagEvery: duration.default(300_000),
    byDefault: z.enum(['acknowledger', 'nobody']).default('nobody'),
    /** Told while a severity needs it and nobody has it. */
    to: z.array(name).min(1).exactOptional(),
  })
  .transform(({ nagEvery, ...rest }) => ({ ...rest, nagEveryMs: nagEvery }));

export const channels = z.strictObject({
  /** Standing Slack channel of the environment. */
  internal: reference,
  /** Severities that get a channel of their own, #incident-YYYY-MM-DD-HHMM. */
  ownChannelFor: z.array(severityName).default([]),
  ticketFor: z.array(severityName).default([]),
  /** Link or number of the conference call. */
  bridge: reference.nullable().default(null),
  /** Where questions go, as the messages say it. */
  questions: reference,
});
