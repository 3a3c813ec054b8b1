import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { ChildRun } from '../workflows/plans/child-run.ts';
import type { Scenario, Successor } from '../workflows/plans/scenario-plan.ts';
import type { CarePlatform } from '../workflows/ports/care-platform.ts';
import { deploymentRunbooks } from './deployments.ts';
import { approvalPolicy, InputProblem, mustFind, type RunbookEntry } from './entry.ts';
import { mitigationRunbooks } from './mitigations.ts';
import { regionRunbooks } from './regions.ts';

export const scenarioInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  region: z.string().optional().describe('the region in which it is not well; the only one unless said'),
});

type Place = Environment['services'][string]['regions'][string];

/** What runs a service in a region. Throws InputProblem at `/region` when it is none of `platforms`. */
export function platformOf(place: Place, title: string, region: string, platforms: readonly CarePlatform[]): CarePlatform {
  const runsOn: CarePlatform[] = [
    ...(place.kubernetes ? (['kubernetes'] as const) : []),
    ...(place.compose ? (['compose'] as const) : []),
    ...(place.host ? (['systemd'] as const) : []),
    ...(place.autoScalingGroup === undefined ? [] : (['autoscaling'] as const)),
  ];
  const found = runsOn.find((one) => platforms.includes(one));
  if (found) return found;
  const is = runsOn.length === 0 ? 'nothing that Muster knows' : runsOn.join(' and ');
  throw new InputProblem([
    { pointer: '/region', detail: `${title} runs on ${is} in ${region}, and this runbook works on ${platforms.join(', ')}` },
  ]);
}

/** The plan that every scenario starts from. Throws InputProblem naming each field that does not fit the environment. */
export function scenarioOf(
  environment: Environment,
  input: z.output<typeof scenarioInput>,
  run: RunRequest,
  platforms: readonly CarePlatform[],
): Scenario {
  const service = mustFind(environment.services, input.service, '/service', 'service');
  const region = input.region ?? onlyRegion(service.regions, input.service);
  const place = mustFind(service.regions, region, '/region', `region of ${input.service}`);
  const platform = platformOf(place, service.title, region, platforms);
  const { watchFor, errorRate = 0, objectives = [], mostInstances, mostMemory, withoutApproval = [] } = service.care ?? {};
  const leases = [`capacity/${input.service}`, `delivery/${input.service}/${region}`];
  return {
    run,
    ...{ service: input.service, title: service.title, region, platform, leases },
    approval: approvalPolicy(environment),
    withoutApproval,
    proof: {
      forMs: watchFor ?? environment.failover.watchFor,
      errorRate,
      objectives: objectives.map(({ query, name, below, above }) => ({
        ...{ name, query: query.replaceAll('{region}', region) },
        ...(below === undefined ? {} : { below }),
        ...(above === undefined ? {} : { above }),
      })),
    },
    size: platform === 'systemd' ? null : { full: place.fullCapacity, most: mostInstances ?? place.fullCapacity },
    mostMemoryBytes: mostMemory ?? null,
    database: databaseIn(environment, service.database, region),
    rollBack: rollBackOf(environment, input.service, region, run),
    relief: reliefOf(environment, input.service, run),
    successors: successorsOf(environment, input.service, region, run),
  };
}

function onlyRegion(regions: Readonly<Record<string, unknown>>, service: string): string {
  const [first, ...others] = Object.keys(regions);
  if (first !== undefined && others.length === 0) return first;
  throw new InputProblem([{ pointer: '/region', detail: `say which region: ${service} is in ${Object.keys(regions).join(', ')}` }]);
}

const databaseIn = ({ databases }: Environment, database: string | undefined, region: string): string | null =>
  database !== undefined && databases[database]?.regions[region] ? database : null;

function rollBackOf(environment: Environment, service: string, region: string, run: RunRequest): ChildRun | null {
  // Where nobody can tell when the trouble began, people decide by the stronger approval whether a release is its cause.
  const withoutCause = environment.services[service]!.customers.outage === undefined;
  const [rollBack] = deploymentRunbooks;
  return (
    childOf(rollBack!, `Roll ${service} in ${region} back`, () => rollBack!.resolve(environment, { service, region, withoutCause }, run)) ??
    null
  );
}

/** What takes load off the service: only what customers meet, and what ends by itself. */
function reliefOf(environment: Environment, service: string, run: RunRequest): Scenario['relief'] {
  const [mitigate] = mitigationRunbooks;
  const { relief } = environment.services[service]!.care ?? {};
  if (!relief) return {};
  const of = (kind: 'rate-limit' | 'maintenance-page', asked: object) =>
    childOf(mitigate!, `${kind} of ${service}`, () =>
      mitigate!.resolve(environment, { service, kind, for: `${relief.for}ms`, owner: run.requestedBy, ...asked }, run),
    );
  const limit = relief.rateLimit === undefined ? undefined : of('rate-limit', { value: relief.rateLimit });
  const page = of('maintenance-page', {});
  return { ...(limit ? { 'rate-limit': limit } : {}), ...(page ? { 'maintenance-page': page } : {}) };
}

/** A failover to each other region that the environment can bring the service to. */
function successorsOf(environment: Environment, service: string, from: string, run: RunRequest): Successor[] {
  const [failOver] = regionRunbooks;
  return Object.keys(environment.services[service]!.regions)
    .filter((to) => to !== from)
    .flatMap((to) => {
      const child = childOf(failOver!, `Fail ${service} over from ${from} to ${to}`, () =>
        failOver!.resolve(environment, { service, from, to, planned: false }, run),
      );
      if (!child) return [];
      const { database } = child.plan as { database: string };
      return [
        { ...child, when: `${from} is lost for ${service}`, leases: [`database/${database}`, `traffic/${service}`, `capacity/${service}`] },
      ];
    });
}

/** A runbook with its plan, or undefined when the environment cannot do it. */
function childOf({ workflow }: RunbookEntry, title: string, resolve: () => object): ChildRun | undefined {
  try {
    const { run: _, ...plan } = resolve() as { run: RunRequest };
    return { workflow, title, plan };
  } catch (error) {
    if (error instanceof InputProblem) return undefined;
    throw error;
  }
}
