import { z } from 'zod';
import { reference } from './basics.ts';

/** Where a service runs as containers of docker compose. */
export const composePlace = z.strictObject({
  /** Docker engine: `unix:///…`, `ssh://…` or `tcp://…`; this machine's own unless said. Never with a password. */
  host: reference.optional(),
  project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'use a project name as docker compose has it: small letters, digits, dashes'),
  /** Compose files in their order, with whole paths; each may be a reference. */
  files: z.array(reference).min(1),
  /** The service in those files. */
  service: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'use the name of a service in the compose files'),
});
