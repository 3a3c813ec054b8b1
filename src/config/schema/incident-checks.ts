import { z } from 'zod';
import { duration, name, url } from './basics.ts';
import { span } from './incident-severities.ts';

const http = { by: z.literal('http').describe('A GET that must answer 2xx.'), url: url.describe('What is asked.') };
const prometheus = {
  by: z.literal('prometheus').describe('A query of `incidents.prometheus`.'),
  query: z.string().min(1).describe('Query that answers one number.'),
};

const look = z.discriminatedUnion('by', [
  z
    .strictObject({ ...http, fasterThan: duration.exactOptional().describe('The answer must come within it.') })
    .transform(({ fasterThan, ...rest }) => ({ ...rest, ...(fasterThan === undefined ? {} : { fasterThanMs: fasterThan }) })),
  z
    .strictObject({
      ...prometheus,
      above: z.number().exactOptional().describe('Good is a number above it.'),
      below: z.number().exactOptional().describe('Good is a number below it.'),
    })
    .refine(({ above, below }) => above !== undefined || below !== undefined, 'say above or below'),
  z.strictObject({
    by: z.literal('database').describe("A database's integrity queries all say that its data is sound."),
    database: name.describe('The database of this file.'),
  }),
  z.strictObject({ by: z.literal('alerts').describe('No alert of the incident fires any more.') }),
  z.strictObject({ by: z.literal('person').describe('A person answers.'), question: z.string().min(1).describe('What they are asked.') }),
]);

/** One line of what must be so before an incident is called resolved. */
export const verificationLine = z
  .strictObject({
    name: z.string().min(1).describe('What must be so, as a sentence.'),
    kind: z.enum(['availability', 'performance', 'integrity', 'alerts', 'metrics', 'person']).describe('What kind of thing it shows.'),
    stability: z.boolean().default(false).describe('Read again and again while stability is watched.'),
    look: look.describe('How it is found out.'),
  })
  .refine(({ stability, look: { by } }) => !stability || by !== 'person', {
    path: ['stability'],
    message: 'a person cannot be asked again and again',
  });

const collected = z.string().min(1).describe('What is kept.');
/** Evidence that is kept. */
export const collectItem = z.discriminatedUnion('by', [
  z.strictObject({ name: collected, ...http, by: z.literal('http').describe('The answer to a GET is kept.') }),
  z.strictObject({ name: collected, ...prometheus }),
]);

export const review = z
  .strictObject({
    name: name.describe('What it is called; `closing[].by` may name it as `review:NAME`.'),
    title: z.string().min(1).describe('As people call it.'),
    within: span.describe('It is held within so long after the incident is resolved; `1bd` is a working day.'),
    remindBefore: duration.default(4 * 3_600_000).describe('It is reminded of so long before.'),
    to: z.array(name).min(1).describe('Contacts who are reminded.'),
  })
  .transform(({ remindBefore, ...rest }) => ({ ...rest, remindBeforeMs: remindBefore }));

/** What must be so before an incident can be closed. */
export const closingLine = z.strictObject({
  name: name.describe('What it is called.'),
  title: z.string().min(1).describe('What must be so, as a sentence.'),
  by: z
    .union(
      [
        z.enum(['root-cause', 'impact', 'lessons', 'actions', 'customers-told', 'person']),
        z.templateLiteral(['review:', z.string().regex(/^[a-z][a-z0-9-]*$/)]),
      ],
      'use root-cause, impact, lessons, actions, customers-told, person, or review:NAME',
    )
    .describe('What shows it: a part of the incident that is written, a review that was held (`review:NAME`), or a person who says so.'),
});
