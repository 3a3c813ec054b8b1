import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RestoreToTime, UndoRestore } from '../workflows/plans/restore-plan.ts';
import { databaseInput, databasePlan } from './database-plan.ts';
import { InputProblem, entryOf, type RunbookEntry } from './entry.ts';
import { timeProblems, usualProbes, utcTime } from './times.ts';

const instance = z
  .string()
  .max(63)
  .regex(/^[a-z](-?[a-z0-9])*$/, 'use small letters, digits and single dashes, as RDS does, beginning with a letter');

const restoreInput = databaseInput.extend({
  at: utcTime.optional().describe('restore to this time, in UTC; found with help when it is left out'),
  lastGood: utcTime.optional().describe('the data was surely good then; the last-good marker of the environment unless said'),
  badSince: utcTime.optional().describe('the data was surely bad then'),
  target: instance.optional().describe('name of the new instance; made from that of the old one unless said'),
  probes: z
    .int()
    .min(0)
    .max(6)
    .optional()
    .describe('most restores that are tried only to find the time; 0 with a time, 3 without one unless said'),
});

const undoInput = databaseInput.extend({ aside: instance.describe('the instance that the restore has set aside') });

/** Runbooks that restore a database to a point in time, and take that back. */
export const restoreRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.restoreDatabaseToPointInTime, restoreInput, restorePlan),
  entryOf(abouts.undoDatabaseRestore, undoInput, undoPlan),
];

/** The plan of a restore; other runbooks build on it too. Throws InputProblem naming each field that does not fit. */
export function restorePlan(environment: Environment, input: z.output<typeof restoreInput>, run: RunRequest): RestoreToTime {
  const { service, region, ...asked } = input;
  const plan = databasePlan(environment, { service, region }, run);
  const { at, lastGood, badSince, target, probes = at === undefined ? usualProbes : 0 } = asked;
  const database = environment.databases[plan.database]!;
  const fields = timeProblems({ at, lastGood, badSince });
  const wrong = (pointer: string, detail: string) => void fields.push({ pointer, detail });
  if (at === undefined && lastGood === undefined && !database.lastGood)
    wrong('/at', `is needed, or lastGood: the environment has no last-good marker of ${plan.database}`);
  if (target === plan.instance) wrong('/target', `must differ from the source, ${plan.instance}`);
  if (probes > 0 && database.integrity.length === 0)
    wrong('/probes', `need integrity checks of ${plan.database}, and the environment has none`);
  if (fields.length > 0) throw new InputProblem(fields);
  return {
    ...plan,
    probes,
    ...(at === undefined ? {} : { at }),
    ...(lastGood === undefined ? {} : { lastGood }),
    ...(badSince === undefined ? {} : { badSince }),
    ...(target === undefined ? {} : { target }),
  };
}

function undoPlan(environment: Environment, { aside, ...input }: z.output<typeof undoInput>, run: RunRequest): UndoRestore {
  const plan = databasePlan(environment, input, run);
  if (aside !== plan.instance) return { ...plan, aside };
  throw new InputProblem([{ pointer: '/aside', detail: `must differ from the database of today, ${plan.instance}` }]);
}
