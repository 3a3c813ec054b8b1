import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RecoverCorruption } from '../workflows/procedures/damage/found.ts';
import { databaseInput, databasePlan } from './database-plan.ts';
import { InputProblem, protectionOf, entryOf, type RunbookEntry } from './entry.ts';
import { primaryMove } from './replicas.ts';
import { timeProblems, usualProbes, utcTime } from './times.ts';

const input = databaseInput.extend({
  prefer: z
    .enum(['repair', 'restore', 'promote'])
    .optional()
    .describe('do this whatever is found, with the stronger approval; decided by what is found unless said'),
  stopFirst: z.boolean().optional().describe('ask whether the writers are stopped before anybody looks: what they write is being damaged'),
  lastGood: utcTime.optional().describe('the data was surely good then; narrowed by what is found'),
  badSince: utcTime.optional().describe('the data was surely bad then'),
});

/** Runbooks for data that may be damaged. */
export const corruptionRunbooks: readonly RunbookEntry[] = [entryOf(abouts.recoverCorruptedDatabase, input, corruptionPlan)];

function corruptionPlan(
  environment: Environment,
  { prefer, stopFirst, lastGood, badSince, ...asked }: z.output<typeof input>,
  run: RunRequest,
): RecoverCorruption {
  const plan = databasePlan(environment, asked, run);
  const { integrity } = environment.databases[plan.database]!;
  const fields = timeProblems({ lastGood, badSince });
  if (prefer === 'promote' && plan.otherRegions.length === 0)
    fields.push({ pointer: '/prefer', detail: `there is no other region with an instance of ${plan.database} to promote` });
  if (fields.length > 0) throw new InputProblem(fields);
  const promotionTo = (to: string) => {
    const { run: _, ...move } = primaryMove(environment, { service: plan.service, from: plan.region, to, planned: true }, run);
    return { ...move, watch: plan.watch, protection: protectionOf(environment, plan.database, false) };
  };
  return {
    ...plan,
    // Without questions to the data nobody could tell a good probe from a bad one.
    probes: integrity.length > 0 ? usualProbes : 0,
    ...(prefer === undefined ? {} : { prefer }),
    ...(stopFirst ? { stopFirst } : {}),
    ...(lastGood === undefined ? {} : { lastGood }),
    ...(badSince === undefined ? {} : { badSince }),
    promotions: Object.fromEntries(plan.otherRegions.map((region) => [region, promotionTo(region)])),
  };
}
