import type { Fact } from '../messages.ts';
import { postgres, probes, rds } from '../tools.ts';
import { workloadOf } from '../workload.ts';
import type { PrimaryMove, RegionMove } from './plan.ts';

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

/** What is bad comes first. */
export const badFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(({ verdict }) => verdict === 'bad'),
  ...facts.filter(({ verdict }) => verdict !== 'bad'),
];

/** How independent places see the region that is left. */
export async function healthOf({ service, from, planned }: PrimaryMove): Promise<Fact[]> {
  const seen = await probes.vantage({ service, region: from });
  const down = seen.filter(({ healthy }) => healthy === false).length;
  const agreement: Fact = {
    ...{ name: agreementFact, value: down, unit: `of ${seen.length}`, source: 'vantage points', at: now() },
    verdict: planned ? (down === 0 ? 'good' : 'bad') : down >= 2 ? 'good' : 'bad',
  };
  const each = seen.map(({ name, healthy, detail }): Fact => ({
    ...{ name: `${from} seen from ${name}`, value: healthy === null ? null : healthy ? 'well' : 'down', source: detail, at: now() },
    ...{ informational: true, ...(healthy === null ? { verdict: 'unknown' as const } : {}) },
  }));
  return [agreement, ...each];
}

/** Whether the old primary answers, and so can be fenced. */
export async function primaryOf({ database, from }: PrimaryMove): Promise<Fact[]> {
  const state = await postgres.replicationState({ database, region: from });
  return [
    { name: oldPrimaryFact, value: state.reachable, source: `PostgreSQL in ${from}`, at: now(), verdict: state.reachable ? 'good' : 'bad' },
  ];
}

/** What a promotion would lose: the lag against the budget, and the acknowledged orders that the standby does not have. */
export async function lossOf({ service, database, to, planned, maxLagMs }: PrimaryMove): Promise<Fact[]> {
  const [standby, missing] = await Promise.all([
    postgres.replicationState({ database, region: to }),
    postgres.missingOrders({ service, region: to }),
  ]);
  // Once the primary is gone the standby's own clock only says how long ago that was; the customers' receipts say what is missing.
  const lagMs = planned ? standby.lagMs : missing.lostMs;
  const tooMuch = lagMs === null || lagMs > maxLagMs;
  return [
    {
      ...{ name: lagFact, value: lagMs === null ? null : Math.round(lagMs / 100) / 10, unit: 's', tolerance: lagTolerance, at: now() },
      ...{
        source: planned ? `PostgreSQL in ${to}` : `customers' receipts against PostgreSQL in ${to}`,
        verdict: lagMs === null ? 'unknown' : tooMuch ? 'bad' : 'good',
      },
    },
    {
      ...{
        name: 'acknowledged orders that the standby does not have',
        value: missing.count,
        source: `customers' receipts against PostgreSQL in ${to}`,
        at: now(),
      },
      ...{ informational: planned, tolerance: 0, verdict: missing.count === 0 || planned ? 'good' : 'bad' },
    },
    {
      name: 'last transaction on the standby',
      value: standby.lastReplayedAt,
      source: `PostgreSQL in ${to}`,
      at: now(),
      informational: true,
    },
  ];
}

async function standbyOf({ service, database, to, capacity, compute }: RegionMove): Promise<Fact[]> {
  const load = workloadOf(compute?.platform);
  const [instance, group, targets] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    load.readCapacity({ service, region: to }),
    load.health({ service, region: to }),
  ]);
  const usable = instance.role === 'replica' && instance.status === 'available';
  return [
    {
      name: `standby database ${instance.instance}`,
      value: `${instance.role}, ${instance.status}`,
      source: `RDS in ${to}`,
      at: now(),
      verdict: usable ? 'good' : 'bad',
    },
    {
      ...{
        name: `instances in service in ${to}`,
        value: group.inService,
        unit: `of ${capacity} needed`,
        source: `${compute ? 'Kubernetes' : 'Auto Scaling'} in ${to}`,
        at: now(),
      },
      ...{ informational: true, verdict: group.inService >= capacity ? 'good' : 'unknown' },
    },
    {
      name: `healthy targets in ${to}`,
      value: targets.healthy,
      unit: `of ${targets.total}`,
      source: `${compute ? 'Kubernetes' : 'ELB'} in ${to}`,
      at: now(),
      informational: true,
    },
  ];
}

/** What the way out itself hangs on: a control plane that is elsewhere in the world, or the very region that is left. */
const dependenciesOf = ({ dependsOn = [] }: RegionMove): Fact[] =>
  dependsOn.map(({ what, on, verdict }) => ({
    ...{ name: `${what} depends on`, value: on, source: 'the environment', at: now(), informational: true, verdict },
  }));

const now = (): string => new Date().toISOString();
