import { z } from 'zod';
import { reference } from './basics.ts';

/** Where a service runs as containers of docker compose. */
export const composePlace = z
  .strictObject({
    host: reference
      .optional()
      .describe("Docker engine: `unix:///…`, `ssh://…` or `tcp://…`, never with a password; the worker's own machine unless said.")
      .meta({ examples: ['ssh://muster@10.0.0.5'] }),
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'use a project name as docker compose has it: small letters, digits, dashes')
      .describe('Project name, as `docker compose ls` says it.'),
    files: z.array(reference).min(1).describe('Compose files in their order, with whole paths; each may be a reference.'),
    service: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'use the name of a service in the compose files')
      .describe('The service in those files.'),
  })
  .describe('It runs as containers of docker compose.');
