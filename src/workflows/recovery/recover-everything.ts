import { runbook, type RunResult } from '../kit/runbook.ts';
import type { RecoverEverything } from '../plans/everything-plan.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { measureResult } from '../procedures/evidence/measure-result.ts';
import { withTime } from '../procedures/restore/newest-time.ts';
import { validate } from '../procedures/evidence/validate.ts';
import { cloudwatch } from '../tools.ts';

/**
 * Region, database and application are recovered one after the other, each by its own runbook with its own gates; then the whole is validated.
 * Source: ml-platform runbook, "Monthly Drills" (fourth Friday) and "Validation Checklist".
 */
export async function recoverEverything(plan: RecoverEverything): Promise<RunResult> {
  const { service, database, to, platform, parts } = plan;

  return runbook(plan, { title: `Recover everything of ${service} in ${to}`, leases: plan.leases }, async (kit) => {
    const { phase, step, runs, keep } = kit;
    keep('targets', plan.targets);

    phase('Region');
    if (parts.region) keep('region', await runs(`Bring ${service} to ${to}`, parts.region));

    phase('Database');
    if (parts.database) keep('database', await runs(`Bring the data of ${database} back`, await withTime(kit, plan, parts.database)));

    phase('Application');
    if (parts.application) keep('application', await runs(`Bring a good release of ${service} back`, parts.application));

    phase('Validate');
    // A database that was promoted or restored inherits no alarms.
    await step(`Put the alarms of ${database} on its instance in ${to}`, () => cloudwatch.protectWithAlarms({ database, region: to }));
    await validate(kit, { ...plan, region: to, platform });
    await watchCustomers(kit, plan);

    phase('Measure');
    await measureResult(kit, plan);
  });
}
