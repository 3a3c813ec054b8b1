import type { PrimaryMove, RegionMove } from '../../plans/plan.ts';
import { findingsOf, type Finding } from '../../readiness/finding.ts';
import { ec2, postgres, rds, sts } from '../../tools.ts';
import { workloadOf } from '../../ports/workload.ts';

/** A region must not be left by what runs in it. */
export async function orchestratorIsElsewhere({ orchestratorRegion, from }: RegionMove): Promise<Finding[]> {
  const { must } = findingsOf('orchestrator');
  const says = `Muster itself runs in ${from}, the region that is left: run it from another one`;
  const seen = { resource: 'Muster itself', needed: `a place outside ${from}`, have: orchestratorRegion };
  return [orchestratorRegion === from ? must(false, { ...seen, says }) : must(true, seen)];
}

/** The database of the region that takes over must be a standby that can be promoted. */
export async function standbyDatabaseIsUsable({ database, to }: PrimaryMove): Promise<Finding[]> {
  const { must, unknown } = findingsOf('standby-database');
  const [instance, state] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    postgres.replicationState({ database, region: to }),
  ]);
  const resource = `${instance.instance} in ${to}`;
  if (instance.role === 'unknown') return [unknown({ resource, needed: 'a replica', have: instance.refusal ?? 'unknown' })];
  if (instance.role !== 'replica') return [must(false, { resource, needed: 'a replica', have: instance.role })];
  if (!serves(instance)) return [must(false, { resource, needed: 'a status in which it serves', have: sayStatus(instance) })];
  const needed = 'a standby that answers';
  if (state.reachable && state.inRecovery) return [must(true, { resource, needed, have: 'one' })];
  if (state.refusal !== undefined) return [must(false, { resource, needed, have: state.refusal })];
  const have = state.reachable ? 'a primary' : 'no answer';
  return [must(false, { resource, needed, have, says: `${resource} does not answer as a standby` })];
}

/** An instance that is optimized, or backed up, answers all the same. */
const serves = ({ status, standing }: { status: string; standing?: string }): boolean =>
  standing === undefined ? status === 'available' : standing === 'serving';
const sayStatus = ({ status, standing }: { status: string; standing?: string }): string =>
  standing === 'unknown' ? `${status}, which is no status that Muster knows` : standing === 'passing' ? `${status}, which passes` : status;

/** The region that takes over must be allowed to carry the whole load. */
export async function capacityIsAllowed({ service, to, capacity, compute }: RegionMove): Promise<Finding[]> {
  const { must } = findingsOf('capacity');
  const [group, quotas] = await Promise.all([
    workloadOf(compute?.platform).readCapacity({ service, region: to }),
    compute ? [] : ec2.quotas({ service, region: to, needed: capacity }),
  ]);
  const max = { resource: `Auto Scaling maximum in ${to}`, needed: String(capacity), have: String(group.max) };
  return [
    ...quotas.map(({ quota, needed, have }) =>
      must(have >= needed, { resource: `quota ${quota} in ${to}`, needed: String(needed), have: String(have) }),
    ),
    must(group.max >= capacity, max),
  ];
}

/** AWS must know who we are in the region that takes over. */
export async function credentialsWork({ to }: Pick<RegionMove, 'to'>): Promise<Finding[]> {
  const { arn } = await sts.callerIdentity({ region: to });
  const seen = { resource: `credentials in ${to}`, needed: 'an identity', have: arn || 'none' };
  return [findingsOf('credentials').must(arn !== '', arn ? seen : { ...seen, says: `no identity in ${to}` })];
}

/** A planned move loses nothing, so the primary must be there to be fenced. */
export async function oldPrimaryIsThere({ database, from, planned }: PrimaryMove): Promise<Finding[]> {
  if (!planned) return [];
  const { must } = findingsOf('old-primary');
  const { reachable, refusal, inRecovery } = await postgres.replicationState({ database, region: from });
  const seen = { resource: `${database} in ${from}`, needed: 'a primary that answers' };
  const silent = `a planned move needs the primary in ${from}, which does not answer: start an unplanned one`;
  if (!reachable) return [must(false, { ...seen, have: 'no answer', says: silent })];
  if (refusal !== undefined) return [must(false, { ...seen, have: refusal })];
  if (inRecovery) return [must(false, { ...seen, have: 'a standby', says: `${database} in ${from} is not the primary` })];
  return [must(true, { ...seen, have: 'one' })];
}
