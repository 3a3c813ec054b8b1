import { z } from 'zod';
import { name, reference } from './basics.ts';

/** Somebody who uses Muster for this system; of a program no more roles are left than it may have. */
export const person = z
  .strictObject({
    subject: name.describe('Who it is in every record; one for a person.'),
    name: z.string().describe('Name as people say it.'),
    roles: z
      .array(z.enum(['viewer', 'responder', 'approver', 'admin']))
      .min(1)
      .describe('What they may do: look (viewer), start and steer runs (responder), decide at gates (approver), everything else (admin).'),
    duties: z.array(name).default([]).describe('What they answer for; gates ask for a duty, see `failover.approval`.'),
    slack: z
      .string()
      .regex(/^[UW][A-Z0-9]{2,20}$/, 'use the id of a member, e.g. U024BE7LH')
      .exactOptional()
      .describe('Id of their account in Slack: what they press there is said by them.')
      .meta({ examples: ['U024BE7LH'] }),
    pagerduty: z
      .string()
      .regex(/^([A-Z0-9]{5,20}|[^\s@]+@[^\s@]+)$/, "use the id of a user, e.g. PLH1HKV, or the account's e-mail address")
      .exactOptional()
      .describe('Their account in PagerDuty, by its id or e-mail address: what they say there is said by them.')
      .meta({ examples: ['PLH1HKV'] }),
    tokens: z
      .array(reference)
      .default([])
      .describe(
        '`sha256:<64 hex digits>` of their tokens, or references to the tokens; others are made by `muster token`. Without any they cannot use the API.',
      ),
    service: z
      .boolean()
      .exactOptional()
      .describe('It is a program: it looks, starts and steers as a responder at most, and never decides, whatever its roles.')
      .meta({ examples: [true] }),
  })
  .transform((one) => (one.service ? { ...one, roles: [...new Set(one.roles.map(ofService))] } : one));

type Role = 'viewer' | 'responder' | 'approver' | 'admin';

const ofService = (role: Role): Role => (role === 'viewer' ? role : 'responder');
