import { patched, proxyActivities } from '@temporalio/workflow';
import type { Route53Tools } from '../../../activities/traffic/index.ts';
import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { alive, route53 } from '../../tools.ts';
import { proveService } from '../service/prove.ts';

// Nobody waits long for a control plane that the customers' way does without.
const quick = proxyActivities<Pick<Route53Tools, 'pointDatabaseRecord'>>({
  ...alive,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '45s',
  retry: { initialInterval: '500ms', maximumAttempts: 4 },
});

/**
 * Points the service at its new primary. Answers false when the record takes no change although customers can be moved without records: they are
 * moved first then, and `pointLater` tries again.
 */
export async function pointService({ step }: Kit, move: RegionMove): Promise<boolean> {
  const { service, database, to } = move;
  const sentence = `Point ${service} at the new primary`;
  const withoutRecords = !move.planned && (move.trafficBy ?? 'route53-records') !== 'route53-records';
  if (!withoutRecords || !patched('pointer-may-wait')) {
    await step(sentence, () => route53.pointDatabaseRecord({ database, region: to }));
    return true;
  }
  let pointed = false;
  await step(sentence, async () => void (await quick.pointDatabaseRecord({ database, region: to }), (pointed = true)), { goesOn: true });
  return pointed;
}

/** Customers are moved and the new primary is protected: points the service at it now, and proves it with a write. */
export async function pointLater(kit: Kit, move: RegionMove): Promise<void> {
  const { service, database, to } = move;
  await kit.step(`Point ${service} at the new primary, which was put off`, () => route53.pointDatabaseRecord({ database, region: to }));
  await proveService(kit, move, { region: to });
}
