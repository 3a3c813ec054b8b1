import { patched, proxyActivities } from '@temporalio/workflow';
import type { Route53Tools } from '../../../activities/traffic/index.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
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

const pointing = ({ service }: Pick<PrimaryMove, 'service'>): string => `Point ${service} at the new primary`;

type Pointed = Pick<PrimaryMove, 'database' | 'to' | 'pointer'>;

/** What leads the service of a region to the database beside it: the record, or the region's own name, which leads there already. */
export const toItsDatabase = ({ database, to, pointer }: Pointed): Promise<unknown> =>
  pointer === 'none'
    ? Promise.resolve('no record leads it there: the region has its own name for it')
    : route53.pointDatabaseRecord({ database, region: to });

/** Points the service of a region at the database beside it. */
export function pointAt({ step }: Kit, move: PrimaryMove): Promise<void> {
  const sentence = move.pointer === 'none' ? `Leave ${move.service} in ${move.to} with its own database` : pointing(move);
  return step(sentence, () => toItsDatabase(move));
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
  const { database, to } = move;
  const withoutRecords = !move.planned && (move.trafficBy ?? 'route53-records') !== 'route53-records';
  if (move.pointer === 'none' || !withoutRecords || !patched('pointer-may-wait')) {
    await pointAt(kit, move);
    return true;
  }
  let pointed = false;
  await kit.step(pointing(move), async () => void (await quick.pointDatabaseRecord({ database, region: to }), (pointed = true)), {
    goesOn: true,
  });
  return pointed;
}

/** Customers are moved and the new primary is protected: points the service at it now, and proves it with a write. */
export async function pointLater(kit: Kit, move: RegionMove): Promise<void> {
  const { database, to } = move;
  await kit.step(`${pointing(move)}, which was put off`, () => route53.pointDatabaseRecord({ database, region: to }));
  await proveService(kit, move, { region: to });
}
