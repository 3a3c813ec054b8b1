import { runbook, type RunResult } from '../kit/runbook.ts';
import { gateOf, strongest } from '../procedures/approval.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { canRestore, lookAtData, restoreFacts, sayLoss, takeAndProve, type BackupPlan } from '../procedures/restore/from-backup.ts';
import { proveService } from '../procedures/service/prove.ts';
import { backups, postgres } from '../tools.ts';

/**
 * Takes a logical backup and proves it, or restores a proven one beside the present database and lets it take its name.
 * Source: iot-anomaly runbook, "Recovery Scripts" (`backup_recovery.sh`); see docs/where-we-differ.md.
 */
export async function restoreFromBackup(plan: BackupPlan): Promise<RunResult> {
  const { database, region, action } = plan;
  const title = action === 'take' ? `Back ${database} in ${region} up` : `Restore ${database} in ${region} from a backup`;

  return runbook(plan, { title, leases: [`database/${database}`] }, async (kit) => {
    const { phase, step, check, measure, gate, keep } = kit;
    if (action === 'take') {
      phase('Back up');
      return takeAndProve(kit, plan);
    }

    phase('Assess');
    await check(`Check that ${database} in ${region} can be restored`, () => canRestore(plan));
    const chosen = await measure(
      'Find the backup',
      () => backups.findBackup({ database, backup: plan.backup }),
      ({ name }) => name,
    );
    const backup = chosen.name;
    keep('backup', backup);
    if (chosen.verifiedAt === null)
      await step('Prove the backup by restoring it elsewhere', () => backups.verifyBackup({ database, region, backup }));

    phase('Decide');
    const cannotBeUndone = 'Once customers write to the restored database, the way back loses what they wrote';
    const approval = { ...strongest(plan.approval), cannotBeUndone };
    await gate(
      `Restore ${database} from ${backup}?`,
      gateOf(plan.approval, () => restoreFacts(plan, chosen), approval),
    );

    phase('Keep what is there');
    await step('Back the present state up first', () => backups.takeBackup({ database, region, label: 'before-restore' }));
    await step('Stop writes and prove that nobody writes', () => postgres.fenceDatabase({ database, region }), {
      undo: () => postgres.unfenceDatabase({ database, region }),
    });
    keep('lost', await measure('List what the backup does not have', () => backups.backupLoss({ database, region, backup }), sayLoss));

    phase('Restore');
    let names = { bring: '', aside: '' };
    await step(
      'Restore the backup beside the present database',
      async () => void (names = await backups.restoreBackup({ database, region, backup })),
      {
        undo: async () => void (names.bring && (await backups.dropRestored({ database, region, bring: names.bring }))),
      },
    );
    keep('kept', names.aside);

    phase('Cut over');
    await step('Let the restored database take the name', () => backups.swapDatabases({ database, region, ...names }), {
      undo: () => backups.swapDatabases({ database, region, bring: names.aside, aside: names.bring }),
    });
    await lookAtData(kit, plan);
    await step('Let customers write again', () => postgres.unfenceDatabase({ database, region }), { pointOfNoReturn: true });

    phase('Prove');
    await proveService(kit, plan, { region });
    await watchCustomers(kit, plan);
  });
}
