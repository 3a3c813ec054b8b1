import { z } from 'zod';
import { reference } from './basics.ts';

const word = z.string().regex(/^[^-\s]\P{Cc}*$/u, 'use a name or a path');

/** Where logical backups of a database are kept, and how its programs are reached when it runs in docker compose. */
export const backup = z.strictObject({
  folder: reference,
  through: z.strictObject({ compose: z.strictObject({ file: word, project: word, service: word }) }).optional(),
});
