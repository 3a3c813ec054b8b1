import { z } from 'zod';
import { reference } from './basics.ts';

const word = z.string().regex(/^[^-\s]\P{Cc}*$/u, 'use a name or a path');

/** Where logical backups of a database are kept, and how its programs are reached when it runs in docker compose. */
export const backup = z
  .strictObject({
    folder: reference.describe("Folder on the worker's machine that keeps the backups."),
    through: z
      .strictObject({
        compose: z
          .strictObject({
            file: word.describe('Compose file, by its whole path.'),
            project: word.describe('Project name of docker compose.'),
            service: word.describe("The database's service in it."),
          })
          .describe('The database runs in docker compose.'),
      })
      .optional()
      .describe("Where `pg_dump` and `pg_restore` are run; without it they are the worker's own."),
  })
  .describe('Logical backups (pg_dump), beside what RDS keeps; without it Muster makes and restores none.');
