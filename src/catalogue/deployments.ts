import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RollBack } from '../workflows/plans/rollback-plan.ts';
import { mustRunSomewhere } from './service-parts.ts';
import { approvalPolicy, mustFind, entryOf, type RunbookEntry, unprovenIn } from './entry.ts';

const rollBackInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  region: z.string().describe('the region whose release goes back'),
  to: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,254}$/, 'use a revision, a tag or a digest')
    .optional()
    .describe('revision, tag or digest of the release to go back to; the one that ran before unless said'),
  onset: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("when the trouble began, e.g. 2026-11-21T03:00:00Z; read from customers' errors unless said"),
  withoutCause: z.boolean().default(false).describe('go on although no rollout fits the onset; takes the stronger approval'),
});

const usualCauseWithin = 60 * 60_000;

/** Runbooks on the releases of a service. */
export const deploymentRunbooks: readonly RunbookEntry[] = [entryOf(abouts.rollBackDeployment, rollBackInput, rollBack)];

function rollBack(environment: Environment, input: z.output<typeof rollBackInput>, run: RunRequest): RollBack {
  const service = mustFind(environment.services, input.service, '/service', 'service');
  const { kubernetes, compose } = mustFind(service.regions, input.region, '/region', `region of ${input.service}`);
  mustRunSomewhere(service, input.region, '/region');
  return {
    run,
    ...{ service: input.service, region: input.region, to: input.to ?? null, onset: input.onset ?? null, withoutCause: input.withoutCause },
    ...(kubernetes ? { platform: 'kubernetes' as const } : compose ? { platform: 'compose' as const } : {}),
    causeWithinMs: service.rollback?.causeWithin ?? usualCauseWithin,
    reads: { outage: service.customers.outage !== undefined, schema: service.migrations !== undefined },
    delivery: service.delivery !== undefined,
    bakeMs: service.rollback?.bakeFor ?? environment.failover.watchFor,
    ...unprovenIn(environment, input.service),
    approval: approvalPolicy(environment),
  };
}
