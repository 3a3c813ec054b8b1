import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { Fact } from '../messages.ts';
import type { SnapshotRestore } from '../plans/snapshot-plan.ts';
import type { Chosen } from '../procedures/restore/choose-snapshot.ts';
import { regionProblems } from '../procedures/region/preflight.ts';
import { instanceIsAllowed, offerFor } from '../procedures/restore/snapshot-checks.ts';
import { proofFacts } from './proof-facts.ts';
import { isProblem, sayFinding } from '../readiness/finding.ts';
import { postgres, probes, rds } from '../tools.ts';
import { ageFact, healthOf, judgeLag, lagToleranceMs, manifestsOf, primaryOf } from './assess.ts';
import { badFirst, fact } from './facts.ts';

/** How many orders the snapshot may lack. */
export const lostFact = 'orders-since';

/** The data of a snapshot may be a little older than its time. */
const marginMs = 5_000;

/** What people must know before the service goes on with the data of a snapshot. */
export async function assessSnapshot(move: SnapshotRestore, chosen: Chosen): Promise<Fact[]> {
  const groups = await Promise.all([
    ...[healthOf(move), primaryOf(move), lossOf(move, chosen), replicaOf(move), snapshotOf(move, chosen)],
    manifestsOf(move),
  ]);
  return badFirst([...groups.flat(), ...proofFacts(move)]);
}

/** The database that would answer does not exist yet: what customers were told since the snapshot is what they would miss. */
async function lossOf({ service, maxLagMs }: SnapshotRestore, { createdAt }: Chosen): Promise<Fact[]> {
  const since = await probes.acknowledgedSince({ service, since: new Date(Date.parse(createdAt) - marginMs).toISOString() });
  const source = "customers' receipts";
  const newest = since?.newest ?? createdAt;
  const ageMs = since === null ? null : Math.max(0, Date.parse(newest) - Date.parse(createdAt));
  return [
    fact.duration(ageFact, 'age of the snapshot when the last order was acknowledged', ageMs, source, {
      tolerance: lagToleranceMs,
      verdict: judgeLag(ageMs, maxLagMs),
    }),
    fact.count(lostFact, 'acknowledged orders since the snapshot, at most', since?.count ?? null, source, {
      tolerance: 0,
      verdict: since?.count === 0 ? 'good' : since === null ? 'unknown' : 'bad',
    }),
    fact.time('last-order', 'last acknowledged order', since?.newest ?? null, source, { informational: true }),
  ];
}

async function replicaOf({ database, to }: SnapshotRestore): Promise<Fact[]> {
  const { instance, role, status } = await rds.describeDatabase({ database, region: to });
  const value = role === 'absent' ? 'there is none' : `${role}, ${status}: it is set aside, and kept`;
  // It changes while people decide, because it is set aside then.
  return [fact.words('database-of-today', `database ${instance} of today`, value, `RDS in ${to}`, { informational: true })];
}

async function snapshotOf(move: SnapshotRestore, chosen: Chosen): Promise<Fact[]> {
  const { to, protection } = move;
  const offer = await offerFor(move, chosen);
  const source = `RDS in ${to}`;
  const from = `${chosen.automated ? 'automated' : 'asked for'}, of ${chosen.sourceInstance ?? 'an unknown instance'}`;
  const zones = offer ? `${offer.instanceClass} in ${offer.zones} zones` : null;
  return [
    fact.words('snapshot', 'snapshot', chosen.id, chosen.sourceRegion ? `${source}, copied from ${chosen.sourceRegion}` : source, {
      verdict: 'good',
    }),
    fact.time('data-as-of', 'data as of', chosen.createdAt, from, { verdict: 'good' }),
    fact.words('key', 'key of the snapshot', chosen.key, `KMS in ${to}`, { verdict: 'good' }),
    fact.words('instance-class', 'instance class that is offered', zones, source, {
      informational: true,
      verdict: offer ? 'good' : 'unknown',
    }),
    ...(protection.multiAz && offer
      ? [fact.yesNo('multi-az', 'Multi-AZ is offered', offer.multiAz, source, { verdict: offer.multiAz ? 'good' : 'bad' })]
      : []),
    ...chosen.passedOver.map((reason) =>
      fact.words(`passed-over/${reason.split(':')[0]}`, `passed over ${reason.split(':')[0]}`, reason, source, { informational: true }),
    ),
  ];
}

/** Checks, without touching anything, that the region can take the restored database and the customers. Fails with all that is wrong. */
export async function snapshotPreflight(move: SnapshotRestore, chosen: Chosen): Promise<string> {
  const [region, replica, instance] = await Promise.all([
    regionProblems(move),
    replicaIsUseless(move, chosen),
    instanceIsAllowed(move, chosen),
  ]);
  const wrong = [...region, ...replica, ...instance.filter(isProblem).map(sayFinding)];
  if (wrong.length > 0) throw ApplicationFailure.nonRetryable(wrong.join('; '), Failure.Permanent);
  return `${chosen.id} can be restored in ${move.to}`;
}

/** A standby that answers loses less than a snapshot does; a primary has to be looked at by its own runbooks. */
async function replicaIsUseless({ database, to, despiteReplica }: SnapshotRestore, { createdAt }: Chosen): Promise<string[]> {
  const [{ role, instance }, state] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    postgres.replicationState({ database, region: to }),
  ]);
  if (role === 'primary') return [`${instance} in ${to} is a primary: nothing is to be restored in its place`];
  const usable = role === 'replica' && state.reachable && Date.parse(state.lastReplayedAt ?? '') > Date.parse(createdAt);
  if (!usable || despiteReplica) return [];
  return [
    `${instance} in ${to} answers and has data up to ${state.lastReplayedAt}: promote it, or say despiteReplica when its data is bad`,
  ];
}
