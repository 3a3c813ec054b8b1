import type { Fact } from '../messages.ts';
import type { PrimaryMove, RegionMove } from '../plans/plan.ts';
import { kubernetes, postgres, probes, rds } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';
import { proofFacts } from './proof-facts.ts';
import { badFirst, fact } from './facts.ts';

/** Facts that decide how strong an approval must be. */
export const lagFact = 'lag';
export const ageFact = 'snapshot-age';
export const oldPrimaryFact = 'old-primary-answers';
export const agreementFact = 'seen-down';

/** Lag that may come and go while people read the facts, ms. */
export const lagToleranceMs = 2_000;

/** A lag or an age against its budget, both exact, in ms. */
export const judgeLag = (ms: number | null, budgetMs: number): 'good' | 'bad' | 'unknown' =>
  ms === null ? 'unknown' : ms > budgetMs ? 'bad' : 'good';

/** What people must know before they move a region: read side by side from independent places; what cannot be read is `unknown`, never good. */
export async function assess(move: RegionMove): Promise<Fact[]> {
  const groups = await Promise.all([healthOf(move), primaryOf(move), lossOf(move), standbyOf(move), manifestsOf(move)]);
  const facts = [...groups.flat(), ...dependenciesOf(move), ...proofFacts(move)];
  return badFirst(facts);
}

/** How independent places see the region that is left. */
export async function healthOf({ service, from, planned }: PrimaryMove): Promise<Fact[]> {
  const seen = await probes.vantage({ service, region: from });
  const down = seen.filter(({ healthy }) => healthy === false).length;
  const blind = seen.filter((one) => one.blind).length;
  const asExpected = planned ? down === 0 : down >= 2;
  return [
    fact.count(agreementFact, 'vantage points that see the region down', down, 'vantage points', {
      unit: `of ${seen.length - blind}${blind > 0 ? `, ${blind} ${blind === 1 ? 'sees' : 'see'} nothing at all` : ''}`,
      verdict: asExpected ? 'good' : blind > 0 ? 'unknown' : 'bad',
    }),
    ...seen.map(({ name, healthy, detail }) =>
      fact.words(`seen-from/${name}`, `${from} seen from ${name}`, healthy === null ? null : healthy ? 'well' : 'down', detail, {
        informational: true,
        ...(healthy === null ? { verdict: 'unknown' } : {}),
      }),
    ),
  ];
}

/** What is applied after the approval, where the region has manifests. */
export async function manifestsOf({ service, to, compute }: RegionMove): Promise<Fact[]> {
  if (!compute?.manifests) return [];
  const changed = await kubernetes.readManifestDifference({ service, region: to }).catch(() => null);
  const what = changed && (changed.join(', ') || 'nothing');
  return [fact.words('manifests', `the manifests of ${to} would change`, what, `kubectl diff in ${to}`, { informational: true })];
}

/** Whether the old primary answers, and so can be fenced. */
export async function primaryOf({ database, from }: PrimaryMove): Promise<Fact[]> {
  const { reachable, refusal } = await postgres.replicationState({ database, region: from });
  const source = `PostgreSQL in ${from}`;
  const title = 'old primary can be reached and fenced';
  // It may still serve others: nobody knows whether it takes writes.
  if (refusal !== undefined) return [fact.words(oldPrimaryFact, title, `cannot be read: ${refusal}`, source, { verdict: 'unknown' })];
  return [fact.yesNo(oldPrimaryFact, title, reachable, source, { verdict: reachable ? 'good' : 'bad' })];
}

/** What a promotion would lose: the lag against the budget, and the acknowledged orders that the standby does not have. */
export async function lossOf({ service, database, from, to, planned, maxLagMs }: PrimaryMove): Promise<Fact[]> {
  const [standby, missing] = await Promise.all([
    postgres.replicationState({ database, region: to, ...(planned ? { primary: from } : {}) }),
    postgres.missingOrders({ service, region: to, primary: from }),
  ]);
  // Once the primary is gone the standby's own clock only says how long ago that was; the customers' receipts say what is missing.
  const lagMs = planned ? standby.lagMs : missing.lostMs;
  const server = `PostgreSQL in ${to}`;
  const receipts = missing.count === null ? 'customers keep no receipts' : `customers' receipts against ${server}`;
  return [
    fact.duration(lagFact, 'replication lag', lagMs, planned ? server : receipts, {
      tolerance: lagToleranceMs,
      verdict: judgeLag(lagMs, maxLagMs),
    }),
    fact.count('missing-orders', 'acknowledged orders that the standby does not have', missing.count, receipts, {
      ...{ informational: planned, tolerance: 0 },
      verdict: missing.count === null ? 'unknown' : missing.count === 0 || planned ? 'good' : 'bad',
    }),
    fact.time('last-transaction', 'last transaction on the standby', standby.lastReplayedAt, server, { informational: true }),
    // Once the primary is gone nothing can bring its log.
    ...(standby.receiver === 'none'
      ? [
          fact.words('receiver', 'what brings the log to the standby', 'nothing', server, {
            informational: !planned,
            verdict: planned ? 'bad' : 'unknown',
          }),
        ]
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
    fact.words(
      'standby',
      `standby database ${instance.instance}`,
      instance.refusal ?? `${instance.role}, ${instance.status}`,
      `RDS in ${to}`,
      {
        verdict: instance.role === 'unknown' || instance.standing === 'unknown' ? 'unknown' : usable ? 'good' : 'bad',
      },
    ),
    fact.count('in-service', `instances in service in ${to}`, group.inService, `${compute ? 'Kubernetes' : 'Auto Scaling'} in ${to}`, {
      ...{ unit: `of ${capacity} needed`, informational: true },
      verdict: group.inService >= capacity ? 'good' : 'unknown',
    }),
    fact.count('healthy-targets', `healthy targets in ${to}`, targets.healthy, `${compute ? 'Kubernetes' : 'ELB'} in ${to}`, {
      unit: `of ${targets.total}`,
      informational: true,
    }),
  ];
}

/** What the way out itself hangs on: a control plane that is elsewhere in the world, or the very region that is left. */
const dependenciesOf = ({ dependsOn = [] }: RegionMove): Fact[] =>
  dependsOn.map(({ what, on, verdict }) =>
    fact.words(`depends-on/${what}`, `${what} depends on`, on, 'the environment', { informational: true, verdict }),
  );
