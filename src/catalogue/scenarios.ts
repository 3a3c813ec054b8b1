import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import type { AboutScenario } from '../workflows/about.ts';
import * as abouts from '../workflows/abouts.ts';
import type { Scenario } from '../workflows/plans/scenario-plan.ts';
import { entryOf, InputProblem, type RunbookEntry } from './entry.ts';
import { databaseInput, databaseScenario } from './scenario-database.ts';
import { scenarioInput, scenarioOf } from './scenario-plan.ts';

const nodeInput = scenarioInput.extend({
  node: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'use the name of a node')
    .optional()
    .describe('the node that is left; the worst one unless said'),
  drainWithin: duration.default(600_000).describe('so long disruption budgets may hold up the drain'),
});

const example = { service: 'shop', region: 'east' };

type Told = Extract<(typeof abouts)[keyof typeof abouts], { input: string }>;
/** Names what the environment can say of a service, or it does not compile. */
type Part = Extract<Told, { needs: string }>['needs'];

/** What is asked of whoever starts a scenario, by what it is started on. */
const entries: Record<AboutScenario['input'], (about: Told) => RunbookEntry> = {
  service: (about) =>
    entryOf({ ...about, example }, scenarioInput, (environment, input, run) =>
      withPart(environment, scenarioOf(environment, input, run, about.platforms), 'needs' in about ? about.needs : undefined),
    ),
  database: (about) =>
    entryOf({ ...about, example: { ...example, idleFor: '1m' } }, databaseInput, (environment, input, run) =>
      databaseScenario(environment, input, run, about.platforms),
    ),
  node: (about) =>
    entryOf({ ...about, example: { ...example, node: 'node-1' } }, nodeInput, (environment, { node, drainWithin, ...input }, run) => ({
      ...scenarioOf(environment, input, run, about.platforms),
      ...{ node: node ?? null, drainWithinMs: drainWithin },
    })),
};

/** Adds the lease on a part of the service. Throws InputProblem at `/service` when the environment does not describe it. */
function withPart({ services }: Environment, plan: Scenario, part: Part | undefined): Scenario {
  if (part === undefined) return plan;
  if (services[plan.service]?.[part] === undefined)
    throw new InputProblem([{ pointer: '/service', detail: `the environment does not describe the ${part} of ${plan.service}` }]);
  return { ...plan, leases: [...plan.leases, `${part}/${plan.service}/${plan.region}`] };
}

/** Runbooks that are named by what is seen. */
export const scenarioRunbooks: readonly RunbookEntry[] = Object.values(abouts).flatMap((about) =>
  'input' in about ? [entries[about.input](about)] : [],
);
