import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RegionMove } from '../workflows/plans/plan.ts';
import { computePlan } from './compute-plan.ts';
import { databaseOf, instanceIn, mustRunSomewhere } from './service-parts.ts';
import { approvalPolicy, InputProblem, mustFind, pointerOf, targetsOf, unknown, entryOf, type RunbookEntry, unprovenIn } from './entry.ts';
import { backgroundPlan, trafficPlan } from './traffic-plan.ts';

const moveInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  from: z.string().describe('the region that is left'),
  to: z.string().describe('the region that takes over'),
  maxLag: duration.optional().describe('replication lag that the usual approval covers, e.g. 5s; the RPO target unless said'),
  dns: z.string().optional().describe('the dns entry whose traffic is moved, and by its way; that of the service unless said'),
});

const failOverInput = moveInput.extend({
  planned: z.boolean().default(false).describe('both regions are well and no acknowledged write may be lost'),
});

/** Runbooks that move a service from one region to another. */
export const regionRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.failOverRegion, failOverInput, regionMove),
  entryOf(abouts.failBackRegion, moveInput, (environment, input, run) => regionMove(environment, { ...input, planned: true }, run)),
  entryOf(abouts.fenceOnReturn, moveInput, (environment, input, run) => regionMove(environment, { ...input, planned: false }, run)),
];

/** The plan of a move between two regions of a service; other runbooks build on it too. */
export function regionMove(environment: Environment, input: z.output<typeof failOverInput>, run: RunRequest): RegionMove {
  const { from, to, planned } = input;
  const service = mustFind(environment.services, input.service, '/service', 'service');
  const fields = [from, to].flatMap((region, index) =>
    service.regions[region] ? [] : [unknown(index === 0 ? '/from' : '/to', `region of ${input.service}`, region, service.regions)],
  );
  if (from === to) fields.push({ pointer: '/to', detail: `must differ from the region that is left, both are ${from}` });
  if (fields.length > 0) throw new InputProblem(fields);
  const found = databaseOf(environment, service);
  mustRunSomewhere(service, from, '/from');
  mustRunSomewhere(service, to, '/to');
  instanceIn(found, from, '/from');
  instanceIn(found, to, '/to');
  return {
    run,
    ...{ service: input.service, title: service.title, database: found.database, from, to, planned },
    ...trafficPlan(environment, input),
    ...backgroundPlan(service, to),
    ...unprovenIn(environment, input.service),
    ...computePlan(service, to),
    orchestratorRegion: environment.orchestrator.region,
    capacity: service.regions[to]!.fullCapacity,
    targets: targetsOf(environment),
    maxLagMs: input.maxLag ?? environment.failover.targets.rpo,
    approval: approvalPolicy(environment),
    ...pointerOf(environment, found.database),
    coolDownMs: environment.failover.coolDown,
  };
}
