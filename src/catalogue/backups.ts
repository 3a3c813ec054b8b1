import * as abouts from '../workflows/abouts.ts';
import { z } from 'zod';
import { databaseInput, databasePlan } from './database-plan.ts';
import { InputProblem, entryOf, type RunbookEntry } from './entry.ts';

const input = databaseInput.extend({
  action: z.enum(['take', 'restore']).describe('take a backup and prove it, or restore one'),
  backup: z.string().optional().describe('name of the backup to restore; the newest one unless said'),
});

/** Runbooks on logical backups. */
export const backupRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.restoreFromBackup, input, (environment, { action, backup = null, ...where }, run) => {
    const plan = databasePlan(environment, where, run, 'any');
    if (!environment.databases[plan.database]?.backup) {
      throw new InputProblem([{ pointer: '/service', detail: `the environment does not say where backups of ${plan.database} are kept` }]);
    }
    if (action === 'take' && backup !== null) throw new InputProblem([{ pointer: '/backup', detail: 'is only for a restore' }]);
    return { ...plan, action, backup };
  }),
];
