import { z } from 'zod';
import { type TemplateName, templateNames } from '../../workflows/incident/policy.ts';

const says: Record<TemplateName, string> = {
  declared: 'The first message of an incident, to the team.',
  escalation: 'What a rung of a ladder is told.',
  internalUpdate: 'An update to the team.',
  customerUpdate: 'An update to customers.',
  internalResolved: 'The last message to the team.',
  customerResolved: 'The last message to customers.',
  ticket: 'The ticket that is opened.',
  report: 'The report of the incident, in Markdown.',
};

const template = z.strictObject({
  subject: z
    .string()
    .exactOptional()
    .describe('Subject or title, where the way has one; fields as in `text`.')
    .meta({ examples: ['{drill}{severity} {title} ({number})'] }),
  text: z.string().min(1).describe('The message; fields such as {severity} are replaced, docs/incident-messages.md names them.'),
});

/** What messages say. */
export const templates = z
  .strictObject(Object.fromEntries(templateNames.map((of) => [of, template.describe(says[of])])) as Record<TemplateName, typeof template>)
  .describe("What messages say, in the system's own words.");
