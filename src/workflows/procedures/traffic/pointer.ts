import { patched, proxyActivities } from '@temporalio/workflow';
import type { Route53Tools } from '../../../activities/traffic/index.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { StepOptions } from '../../kit/steps.ts';
import type { PrimaryMove, RegionMove } from '../../plans/plan.ts';
import { alive, rds, route53 } from '../../tools.ts';
import { gateOf } from '../approval.ts';
import { proveService } from '../service/prove.ts';

// Nobody waits long for a control plane that the customers' way does without.
const quick = proxyActivities<Pick<Route53Tools, 'pointDatabaseRecord'>>({
  ...alive,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '45s',
  retry: { initialInterval: '500ms', maximumAttempts: 4 },
});

interface Pointing extends StepOptions {
  sentence?: string;
}

/** Points the service of a region at the database beside it; without a record it finds that one already, under the region's own name. */
export async function pointAt({ step }: Kit, { service, database, to, pointer }: PrimaryMove, { sentence, ...how }: Pointing = {}) {
  if (pointer === 'none')
    return step(
      `Leave ${service} in ${to} with its own database`,
      async () => 'no record leads it there: the region has its own name for it',
      how,
    );
  return step(sentence ?? `Point ${service} at the new primary`, () => route53.pointDatabaseRecord({ database, region: to }), how);
}

/** The service stays, and its database is in another region from now on: the record says so, or else a person who has told it. */
export async function pointFromAfar(kit: Kit, move: PrimaryMove): Promise<void> {
  const { service, database, to, approval } = move;
  if (move.pointer !== 'none') return pointAt(kit, move);
  const where = async () => {
    const { instance, host, port } = await rds.describeDatabase({ database, region: to });
    return [
      fact.words('new-primary', 'the new primary', host ? `${instance} at ${host}:${port}` : instance, `RDS in ${to}`, {
        informational: true,
      }),
    ];
  };
  const question = `Does ${service} use the database in ${to} now? The environment names nothing that points it there`;
  await kit.ask(question, gateOf(approval, where, { quorum: 1, noted: true }));
}

/**
 * Points the service at its new primary. Answers false when the record takes no change although customers can be moved without records: they are
 * moved first then, and `pointLater` tries again.
 */
export async function pointService(kit: Kit, move: RegionMove): Promise<boolean> {
  const { service, database, to } = move;
  const withoutRecords = !move.planned && (move.trafficBy ?? 'route53-records') !== 'route53-records';
  if (move.pointer === 'none' || !withoutRecords || !patched('pointer-may-wait')) {
    await pointAt(kit, move);
    return true;
  }
  let pointed = false;
  await kit.step(
    `Point ${service} at the new primary`,
    async () => void (await quick.pointDatabaseRecord({ database, region: to }), (pointed = true)),
    { goesOn: true },
  );
  return pointed;
}

/** Customers are moved and the new primary is protected: points the service at it now, and proves it with a write. */
export async function pointLater(kit: Kit, move: RegionMove): Promise<void> {
  const { service, database, to } = move;
  await kit.step(`Point ${service} at the new primary, which was put off`, () => route53.pointDatabaseRecord({ database, region: to }));
  await proveService(kit, move, { region: to });
}
