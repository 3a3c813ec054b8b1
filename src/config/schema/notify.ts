import { z } from 'zod';
import { reference, secret, url } from './basics.ts';

/** Where tickets are opened. `url` is the base, e.g. https://your-company.atlassian.net; the user is the one that the API token belongs to. */
export const ticket = z.strictObject({
  by: z.literal('jira'),
  url,
  /** The project's key. */
  project: z.string().regex(/^[A-Z][A-Z0-9_]+$/, "use the project's key, e.g. OPS"),
  user: reference,
  token: secret,
  issueType: z.string().default('Task'),
});

/** Who takes e-mail: `smtp` is the server's URL with its account, e.g. `smtps://user:password@host:465`. */
export const email = z.strictObject({ smtp: secret, from: reference });
