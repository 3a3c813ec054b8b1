import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { DatabaseScenario } from '../workflows/plans/scenario-plan.ts';
import { InputProblem, mustFind, type RunbookEntry } from './entry.ts';
import { everyPlatform, platformOf, platformsWithCopies, scenarioInput, scenarioOf, type ToldScenario } from './scenario-plan.ts';

const databaseInput = scenarioInput.extend({
  idleFor: duration.default(60_000).describe('sessions that are idle inside a transaction for so long may be ended'),
  freeShare: z.number().min(0.05).max(0.9).default(0.2).describe('share of its connections that must be free again'),
});

function onDatabase(told: ToldScenario): RunbookEntry {
  return {
    ...told,
    platforms: everyPlatform,
    startRole: 'responder',
    input: databaseInput,
    example: { service: 'shop', region: 'east', idleFor: '1m' },
    resolve: (environment, input, run) => databaseScenario(environment, databaseInput.parse(input), run),
  };
}

function databaseScenario(
  environment: Environment,
  { idleFor, freeShare, ...input }: z.output<typeof databaseInput>,
  run: RunRequest,
): DatabaseScenario {
  const plan = scenarioOf(environment, input, run, everyPlatform);
  const { database, region } = plan;
  if (database === null)
    throw new InputProblem([{ pointer: '/service', detail: `${plan.title} has no database in ${region} that Muster knows` }]);
  const leases = [...plan.leases, `database/${database}`];
  return { ...plan, database, leases, idleForMs: idleFor, freeShare, runsAs: runsAs(environment, database, region) };
}

function runsAs({ databases, services }: Environment, database: string, region: string): DatabaseScenario['runsAs'] {
  const { runsAs: service } = databases[database]!;
  if (service === undefined) return null;
  const { title, regions } = mustFind(services, service, '/service', 'service');
  const place = regions[region];
  return place ? { service, region, platform: platformOf(place, title, region, platformsWithCopies) } : null;
}

/** Runbooks on the database of a service that is not as it should be. */
export const databaseScenarios: readonly RunbookEntry[] = [
  onDatabase({
    name: 'database-unreachable',
    workflow: 'databaseUnreachable',
    title: 'A database cannot be reached',
    when: 'The service answers, and says that its database does not.',
    symptoms: ['connection refused or timed out', 'queries hang', 'transactions wait for locks'],
    source:
      'iot-anomaly, "4. Database Connectivity Issues"; pynomaly-kubernetes, "Scenario 2"; pynomaly-aws, "Database Issues"; observer-coordinator, "For Database Issues"',
  }),
  onDatabase({
    name: 'connection-pool-exhausted',
    workflow: 'connectionPoolExhausted',
    title: 'A database has no connections left',
    when: 'Clients are refused with "too many connections", or wait for one of the pool.',
    symptoms: ['too many clients already', 'timeouts while waiting for a connection'],
    source: 'observer-coordinator, "Database Connection Pool Exhausted"; pynomaly-kubernetes, "Scenario 2"',
  }),
];
