import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { DatabaseScenario } from '../workflows/plans/scenario-plan.ts';
import { InputProblem, mustFind } from './entry.ts';
import type { CarePlatform } from '../workflows/ports/care-platform.ts';
import { platformOf, scenarioInput, scenarioOf } from './scenario-plan.ts';

/** What a scenario on the database of a service is given. */
export const databaseInput = scenarioInput.extend({
  idleFor: duration.default(60_000).describe('sessions that are idle inside a transaction for so long may be ended'),
  freeShare: z.number().min(0.05).max(0.9).default(0.2).describe('share of its connections that must be free again'),
});

/** Finds what a scenario on the database of a service needs. Throws InputProblem at `/service` when it has none that Muster knows. */
export function databaseScenario(
  environment: Environment,
  { idleFor, freeShare, ...input }: z.output<typeof databaseInput>,
  run: RunRequest,
  platforms: readonly CarePlatform[],
): DatabaseScenario {
  const plan = scenarioOf(environment, input, run, platforms);
  const { database, region } = plan;
  if (database === null)
    throw new InputProblem([{ pointer: '/service', detail: `${plan.title} has no database in ${region} that Muster knows` }]);
  const leases = [...plan.leases, `database/${database}`];
  return { ...plan, database, leases, idleForMs: idleFor, freeShare, runsAs: runsAs(environment, database, region) };
}

/** Those on which a database can run that Muster may restart. */
const platformsOfDatabases: readonly CarePlatform[] = ['kubernetes', 'compose', 'systemd'];

function runsAs({ databases, services }: Environment, database: string, region: string): DatabaseScenario['runsAs'] {
  const { runsAs: service } = databases[database]!;
  if (service === undefined) return null;
  const { title, regions } = mustFind(services, service, '/service', 'service');
  const place = regions[region];
  return place ? { service, region, platform: platformOf(place, title, region, platformsOfDatabases) } : null;
}
