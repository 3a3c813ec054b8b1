import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import { autoscaling, ec2, postgres, rds, route53, sts } from '../tools.ts';
import type { RegionMove } from './plan.ts';

const longestTtl = 60;

/** Checks, without touching anything, that every later step can work. Fails with all that is wrong, each with needed and have. */
export async function preflight(move: RegionMove): Promise<string> {
  const checks = [orchestratorIsElsewhere, standbyDatabaseIsUsable, capacityIsAllowed, credentialsWork, recordsCanMove, oldPrimaryIsThere];
  const wrong = (await Promise.all(checks.map((check) => check(move)))).flat();
  if (wrong.length > 0) throw ApplicationFailure.nonRetryable(wrong.join('; '), Failure.Permanent);
  return `${checks.length} checks passed`;
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

async function capacityIsAllowed({ service, to, capacity }: RegionMove): Promise<string[]> {
  const [group, quotas] = await Promise.all([
    autoscaling.readCapacity({ service, region: to }),
    ec2.quotas({ service, region: to, needed: capacity }),
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

async function recordsCanMove({ dns, from, to }: RegionMove): Promise<string[]> {
  const records = await route53.readRecordSets({ dns });
  const missing = [from, to]
    .filter((region) => !records.some((record) => record.region === region))
    .map((region) => `${dns} has no record for ${region}`);
  const slow = records
    .filter(({ ttl }) => ttl > longestTtl)
    .map(({ set, ttl }) => `record ${set}: TTL needed at most ${longestTtl} s, have ${ttl} s`);
  return [...missing, ...slow];
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
