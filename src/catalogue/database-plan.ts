import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { DatabasePlan } from '../workflows/procedures/plan.ts';
import { approvalPolicy, mustFind } from './entry.ts';

/** What every runbook on one database asks. */
export const databaseInput = z.strictObject({
  service: z.string().describe('a service of the environment; its database is worked on'),
  region: z.string().describe('the region whose instance of the database is worked on'),
});

/** Finds everything that a runbook on one database needs. Throws InputProblem naming the field that does not fit. */
export function databasePlan(environment: Environment, input: z.output<typeof databaseInput>, run: RunRequest): DatabasePlan {
  const service = mustFind(environment.services, input.service, '/service', 'service');
  const { regions } = mustFind(environment.databases, service.database, '/service', 'database');
  const { instance } = mustFind(regions, input.region, '/region', `region of the database ${service.database}`);
  const { targets, watchFor, abortAbove } = environment.failover;
  return {
    run,
    ...{ service: input.service, title: service.title, database: service.database, region: input.region, instance },
    otherRegions: Object.keys(regions).filter((region) => region !== input.region),
    targets: { rtoMs: targets.rto, rpoMs: targets.rpo },
    approval: approvalPolicy(environment),
    watch: { forMs: watchFor, errorRate: abortAbove.errorRate },
  };
}
