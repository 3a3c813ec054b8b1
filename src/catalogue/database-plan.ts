import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { DatabasePlan } from '../workflows/plans/plan.ts';
import { databaseOf, instanceIn } from './service-parts.ts';
import { approvalPolicy, mustFind, targetsOf, watchOf, unprovenIn } from './entry.ts';

/** What every runbook on one database asks. */
export const databaseInput = z.strictObject({
  service: z.string().describe('a service of the environment; its database is worked on'),
  region: z.string().describe('the region whose instance of the database is worked on'),
});

/** Finds everything that a runbook on one database needs; `any` takes databases too that are not of RDS. Throws InputProblem naming the field that does not fit. */
export function databasePlan(
  environment: Environment,
  input: z.output<typeof databaseInput>,
  run: RunRequest,
  of: 'rds' | 'any' = 'rds',
): DatabasePlan {
  const service = mustFind(environment.services, input.service, '/service', 'service');
  const found = databaseOf(environment, service);
  const { database, regions } = found;
  mustFind(regions, input.region, '/region', `region of the database ${database}`);
  const instance = of === 'rds' ? instanceIn(found, input.region, '/region') : (regions[input.region]!.instance ?? database);
  return {
    run,
    ...{ service: input.service, title: service.title, database, region: input.region, instance },
    otherRegions: Object.keys(regions).filter((region) => region !== input.region),
    ...unprovenIn(environment, input.service),
    targets: targetsOf(environment),
    approval: approvalPolicy(environment),
    watch: watchOf(environment),
  };
}
