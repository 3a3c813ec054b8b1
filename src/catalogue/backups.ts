import { z } from 'zod';
import { databaseInput, databasePlan } from './database-plan.ts';
import { InputProblem, type RunbookEntry } from './entry.ts';

const input = databaseInput.extend({
  action: z.enum(['take', 'restore']).describe('take a backup and prove it, or restore one'),
  backup: z.string().optional().describe('name of the backup to restore; the newest one unless said'),
});

/** Runbooks on logical backups. */
export const backupRunbooks: readonly RunbookEntry[] = [
  {
    name: 'restore-from-backup',
    workflow: 'restoreFromBackup',
    title: 'Take a logical backup, or restore one',
    when: 'A database that no cloud backs up (e.g. in docker compose) must be backed up, or its data is lost or wrong.',
    source: 'iot-anomaly, "Recovery Scripts"',
    startRole: 'responder',
    input,
    example: { service: 'shop', region: 'east', action: 'restore' },
    resolve: (environment, asked, run) => {
      const { action, backup = null, ...where } = input.parse(asked);
      const plan = databasePlan(environment, where, run, 'any');
      if (!environment.databases[plan.database]?.backup) {
        throw new InputProblem([
          { pointer: '/service', detail: `the environment does not say where backups of ${plan.database} are kept` },
        ]);
      }
      if (action === 'take' && backup !== null) throw new InputProblem([{ pointer: '/backup', detail: 'is only for a restore' }]);
      return { ...plan, action, backup };
    },
  },
];
