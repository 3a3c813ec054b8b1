import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { RegionMove } from '../plans/plan.ts';
import { ec2, postgres, rds, sts } from '../tools.ts';
import { workloadOf } from '../workload.ts';
import { trafficCanMove } from './traffic-checks.ts';

/** Checks, without touching anything, that every later step can work. Fails with all that is wrong, each with needed and have. */
export async function preflight(move: RegionMove): Promise<string> {
  const checks = [orchestratorIsElsewhere, standbyDatabaseIsUsable, capacityIsAllowed, credentialsWork, trafficCanMove, oldPrimaryIsThere];
  const wrong = (await Promise.all(checks.map((check) => check(move)))).flat();
  if (wrong.length > 0) throw ApplicationFailure.nonRetryable(wrong.join('; '), Failure.Permanent);
  return `${checks.length} checks passed`;
}

/** What stands in the way of the service in the region that takes over, whatever its database comes from. */
export async function regionProblems(move: RegionMove): Promise<string[]> {
  const checks = [orchestratorIsElsewhere, capacityIsAllowed, credentialsWork, trafficCanMove];
  return (await Promise.all(checks.map((check) => check(move)))).flat();
}

async function orchestratorIsElsewhere({ orchestratorRegion, from }: RegionMove): Promise<string[]> {
  return orchestratorRegion === from ? [`Muster itself runs in ${from}, the region that is left: run it from another one`] : [];
}

async function standbyDatabaseIsUsable({ database, to }: RegionMove): Promise<string[]> {
  const [instance, state] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    postgres.replicationState({ database, region: to }),
  ]);
  if (instance.role !== 'replica') return [`${instance.instance} in ${to}: needed a replica, have ${instance.role}`];
  if (instance.status !== 'available') return [`${instance.instance} in ${to}: needed status available, have ${instance.status}`];
  return state.reachable && state.inRecovery ? [] : [`${instance.instance} in ${to} does not answer as a standby`];
}

async function capacityIsAllowed({ service, to, capacity, compute }: RegionMove): Promise<string[]> {
  const [group, quotas] = await Promise.all([
    workloadOf(compute?.platform).readCapacity({ service, region: to }),
    compute ? [] : ec2.quotas({ service, region: to, needed: capacity }),
  ]);
  const short = quotas
    .filter(({ needed, have }) => have < needed)
    .map(({ quota, needed, have }) => `quota ${quota} in ${to}: needed ${needed}, have ${have}`);
  return group.max < capacity ? [...short, `Auto Scaling maximum in ${to}: needed ${capacity}, have ${group.max}`] : short;
}

async function credentialsWork({ to }: RegionMove): Promise<string[]> {
  const { arn } = await sts.callerIdentity({ region: to });
  return arn ? [] : [`no identity in ${to}`];
}

async function oldPrimaryIsThere({ database, from, planned }: RegionMove): Promise<string[]> {
  if (!planned) return [];
  const state = await postgres.replicationState({ database, region: from });
  if (!state.reachable) return [`a planned move needs the primary in ${from}, which does not answer: start an unplanned one`];
  return state.inRecovery ? [`${database} in ${from} is not the primary`] : [];
}

/** A group's size in words. */
export const sayCapacity = ({ inService, desired }: { inService: number; desired: number }): string =>
  `${inService} of ${desired} in service`;
