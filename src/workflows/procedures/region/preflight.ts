import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { isProblem, sayFinding, type Finding } from '../../readiness/finding.ts';
import { capacityIsAllowed, credentialsWork, oldPrimaryIsThere, orchestratorIsElsewhere, standbyDatabaseIsUsable } from './checks.ts';
import { trafficCanMove } from '../traffic/checks.ts';

/** The resource is named when nothing can be seen of it. */
type RegionCheck = readonly [name: string, resource: (move: RegionMove) => string, check: (move: RegionMove) => Promise<Finding[]>];

const orchestrator: RegionCheck = ['orchestrator', () => 'Muster itself', orchestratorIsElsewhere];
const anyway: readonly RegionCheck[] = [
  ['capacity', ({ service, to }) => `capacity of ${service} in ${to}`, capacityIsAllowed],
  ['credentials', ({ to }) => `credentials in ${to}`, credentialsWork],
  ['traffic', ({ dns }) => `records and switches of ${dns}`, trafficCanMove],
];

/** What must hold before a region takes over whose database is promoted; looked at every half an hour too, by lifecycle/readiness.ts. */
export const moveChecks: readonly RegionCheck[] = [
  orchestrator,
  ['standby-database', ({ database, to }) => `${database} in ${to}`, standbyDatabaseIsUsable],
  ...anyway,
  ['old-primary', ({ database, from }) => `${database} in ${from}`, oldPrimaryIsThere],
];
/** The same, whatever its database comes from. */
export const regionChecks: readonly RegionCheck[] = [orchestrator, ...anyway];

/** Checks, without touching anything, that every later step can work. Fails with all that is wrong, each with needed and have. */
export async function preflight(move: RegionMove): Promise<string> {
  const wrong = await problemsOf(moveChecks, move);
  if (wrong.length > 0) throw ApplicationFailure.nonRetryable(wrong.join('; '), Failure.Permanent);
  return `${moveChecks.length} checks passed`;
}

/** What stands in the way of the service in the region that takes over, whatever its database comes from. */
export const regionProblems = (move: RegionMove): Promise<string[]> => problemsOf(regionChecks, move);

async function problemsOf(checks: readonly RegionCheck[], move: RegionMove): Promise<string[]> {
  const findings = (await Promise.all(checks.map(([, , check]) => check(move)))).flat();
  return findings.filter(isProblem).map(sayFinding);
}

/** A group's size in words. */
export const sayCapacity = ({ inService, desired }: { inService: number; desired: number }): string =>
  `${inService} of ${desired} in service`;
