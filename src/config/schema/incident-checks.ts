import { z } from 'zod';
import { duration, name, url } from './basics.ts';
import { span } from './incident-severities.ts';

const http = { by: z.literal('http'), url };
const prometheus = { by: z.literal('prometheus'), query: z.string().min(1) };

const look = z.discriminatedUnion('by', [
  z
    .strictObject({ ...http, fasterThan: duration.exactOptional() })
    .transform(({ fasterThan, ...rest }) => ({ ...rest, ...(fasterThan === undefined ? {} : { fasterThanMs: fasterThan }) })),
  z
    .strictObject({ ...prometheus, above: z.number().exactOptional(), below: z.number().exactOptional() })
    .refine(({ above, below }) => above !== undefined || below !== undefined, 'say above or below'),
  z.strictObject({ by: z.literal('database'), database: name }),
  z.strictObject({ by: z.literal('alerts') }),
  z.strictObject({ by: z.literal('person'), question: z.string().min(1) }),
]);

/** One line of what must be so before an incident is called resolved. */
export const verificationLine = z
  .strictObject({
    name: z.string().min(1),
    kind: z.enum(['availability', 'performance', 'integrity', 'alerts', 'metrics', 'person']),
    /** Read again and again while stability is watched. */
    stability: z.boolean().default(false),
    look,
  })
  .refine(({ stability, look: { by } }) => !stability || by !== 'person', {
    path: ['stability'],
    message: 'a person cannot be asked again and again',
  });

/** Evidence that is kept. */
export const collectItem = z.discriminatedUnion('by', [
  z.strictObject({ name: z.string().min(1), ...http }),
  z.strictObject({ name: z.string().min(1), ...prometheus }),
]);

export const review = z
  .strictObject({
    name,
    title: z.string().min(1),
    within: span,
    remindBefore: duration.default(4 * 3_600_000),
    /** Contacts who are reminded. */
    to: z.array(name).min(1),
  })
  .transform(({ remindBefore, ...rest }) => ({ ...rest, remindBeforeMs: remindBefore }));

/** What must be so before an incident can be closed. */
export const closingLine = z.strictObject({
  name,
  title: z.string().min(1),
  by: z.union(
    [
      z.enum(['root-cause', 'impact', 'lessons', 'actions', 'customers-told', 'person']),
      z.templateLiteral(['review:', z.string().regex(/^[a-z][a-z0-9-]*$/)]),
    ],
    'use root-cause, impact, lessons, actions, customers-told, person, or review:NAME',
  ),
});
