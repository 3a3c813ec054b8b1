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
