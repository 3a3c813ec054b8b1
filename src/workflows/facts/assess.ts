import type { Fact } from '../messages.ts';
import type { PrimaryMove, RegionMove } from '../plans/plan.ts';
import { postgres, probes, rds } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';
import { badFirst, fact } from './facts.ts';

/** Names of the facts that decide how strong an approval must be. */
export const lagFact = 'replication lag';
export const ageFact = 'age of the snapshot when the last order was acknowledged';
export const oldPrimaryFact = 'old primary can be reached and fenced';
export const agreementFact = 'vantage points that see the region down';

/** Lag that may come and go while people read the facts. */
const lagTolerance = 2;

/** What people must know before they move a region: read side by side from independent places; what cannot be read is `unknown`, never good. */
export async function assess(move: RegionMove): Promise<Fact[]> {
  const groups = await Promise.all([healthOf(move), primaryOf(move), lossOf(move), standbyOf(move)]);
  const facts = [...groups.flat(), ...dependenciesOf(move)];
  return badFirst(facts);
}

/** How independent places see the region that is left. */
export async function healthOf({ service, from, planned }: PrimaryMove): Promise<Fact[]> {
  const seen = await probes.vantage({ service, region: from });
  const down = seen.filter(({ healthy }) => healthy === false).length;
  const asExpected = planned ? down === 0 : down >= 2;
  return [
    fact(agreementFact, down, 'vantage points', { unit: `of ${seen.length}`, verdict: asExpected ? 'good' : 'bad' }),
    ...seen.map(({ name, healthy, detail }) =>
      fact(`${from} seen from ${name}`, healthy === null ? null : healthy ? 'well' : 'down', detail, {
        informational: true,
        ...(healthy === null ? { verdict: 'unknown' } : {}),
      }),
    ),
  ];
}

/** Whether the old primary answers, and so can be fenced. */
export async function primaryOf({ database, from }: PrimaryMove): Promise<Fact[]> {
  const { reachable, refusal } = await postgres.replicationState({ database, region: from });
  const source = `PostgreSQL in ${from}`;
  // It may still serve others: nobody knows whether it takes writes.
  if (refusal !== undefined) return [fact(oldPrimaryFact, `cannot be read: ${refusal}`, source, { verdict: 'unknown' })];
  return [fact(oldPrimaryFact, reachable, source, { verdict: reachable ? 'good' : 'bad' })];
}

/** What a promotion would lose: the lag against the budget, and the acknowledged orders that the standby does not have. */
export async function lossOf({ service, database, to, planned, maxLagMs }: PrimaryMove): Promise<Fact[]> {
  const [standby, missing] = await Promise.all([
    postgres.replicationState({ database, region: to }),
    postgres.missingOrders({ service, region: to }),
  ]);
  // Once the primary is gone the standby's own clock only says how long ago that was; the customers' receipts say what is missing.
  const lagMs = planned ? standby.lagMs : missing.lostMs;
  const server = `PostgreSQL in ${to}`;
  const receipts = missing.count === null ? 'customers keep no receipts' : `customers' receipts against ${server}`;
  return [
    fact(lagFact, lagMs === null ? null : Math.round(lagMs / 100) / 10, planned ? server : receipts, {
      ...{ unit: 's', tolerance: lagTolerance },
      verdict: lagMs === null ? 'unknown' : lagMs > maxLagMs ? 'bad' : 'good',
    }),
    fact('acknowledged orders that the standby does not have', missing.count, receipts, {
      ...{ informational: planned, tolerance: 0 },
      verdict: missing.count === null ? 'unknown' : missing.count === 0 || planned ? 'good' : 'bad',
    }),
    fact('last transaction on the standby', standby.lastReplayedAt, server, { informational: true }),
    // Once the primary is gone nothing can bring its log.
    ...(standby.receiver === 'none'
      ? [fact('what brings the log to the standby', 'nothing', server, { informational: !planned, verdict: planned ? 'bad' : 'unknown' })]
      : []),
  ];
}

async function standbyOf({ service, database, to, capacity, compute }: RegionMove): Promise<Fact[]> {
  const load = workloadOf(compute?.platform);
  const [instance, group, targets] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    load.readCapacity({ service, region: to }),
    load.health({ service, region: to }),
  ]);
  const serves = instance.standing === undefined ? instance.status === 'available' : instance.standing === 'serving';
  const usable = instance.role === 'replica' && serves;
  return [
    fact(`standby database ${instance.instance}`, instance.refusal ?? `${instance.role}, ${instance.status}`, `RDS in ${to}`, {
      verdict: instance.role === 'unknown' || instance.standing === 'unknown' ? 'unknown' : usable ? 'good' : 'bad',
    }),
    fact(`instances in service in ${to}`, group.inService, `${compute ? 'Kubernetes' : 'Auto Scaling'} in ${to}`, {
      ...{ unit: `of ${capacity} needed`, informational: true },
      verdict: group.inService >= capacity ? 'good' : 'unknown',
    }),
    fact(`healthy targets in ${to}`, targets.healthy, `${compute ? 'Kubernetes' : 'ELB'} in ${to}`, {
      unit: `of ${targets.total}`,
      informational: true,
    }),
  ];
}

/** What the way out itself hangs on: a control plane that is elsewhere in the world, or the very region that is left. */
const dependenciesOf = ({ dependsOn = [] }: RegionMove): Fact[] =>
  dependsOn.map(({ what, on, verdict }) => fact(`${what} depends on`, on, 'the environment', { informational: true, verdict }));
