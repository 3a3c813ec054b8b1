import { z } from 'zod';
import { duration, secret } from './basics.ts';

/** Where each line of the validation checklist is looked up; what is left out asks a person. */
export const validation = z
  .strictObject({
    authentication: z
      .strictObject({
        path: z.string().describe('Where a session is opened.'),
        account: z.string().describe('What only somebody with a session may see.'),
        name: z.string().describe('Name of a user that is there for this.'),
        password: secret.describe("That user's password, as a reference."),
      })
      .describe('POST { name, password } → 201 { token }; the account answers 200 with it and 401 without.'),
    monitoring: z
      .strictObject({
        path: z.string().describe('Where the metrics are.'),
        metric: z.string().describe('A gauge that holds a time in seconds.'),
        freshFor: duration.describe('It may be so old.'),
      })
      .describe("A gauge in Prometheus' text format that holds a time in seconds."),
    logs: z
      .strictObject({ path: z.string().describe('Where the entries are.'), freshFor: duration.describe('The newest may be so old.') })
      .describe('GET → { entries: [{ at }] }, newest first.'),
  })
  .partial()
  .describe(
    "Where each line of the validation checklist is looked up; paths are below the region's `url`. What is left out asks a person.",
  );
