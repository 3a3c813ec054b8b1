import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import type { ChildRun } from '../workflows/plans/child-run.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RecoverEverything } from '../workflows/plans/everything-plan.ts';
import { databaseOf } from './service-parts.ts';
import { deploymentRunbooks } from './deployments.ts';
import { approvalPolicy, InputProblem, mustFind, targetsOf, watchOf, entryOf, type RunbookEntry, unprovenIn } from './entry.ts';
import { regionRunbooks } from './regions.ts';
import { restoreRunbooks } from './restore-to-time.ts';
import { utcTime } from './times.ts';

const everythingInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  to: z.string().describe('the region in which everything runs afterwards'),
  from: z.string().optional().describe('the region that is left; without it the service stays where it is'),
  planned: z.boolean().default(false).describe('the region is left on purpose, and no acknowledged write may be lost'),
  restore: z
    .boolean()
    .default(false)
    .describe('restore the database too, to the newest time that can be restored unless restoreTo says another'),
  restoreTo: utcTime.optional().describe('restore the database to this time, in UTC'),
  rollBack: z.boolean().default(false).describe('roll the release back too'),
  release: z.string().optional().describe('release to go back to; the one that ran before unless said'),
});

type Input = z.output<typeof everythingInput>;

/** The whole recovery in one run. */
export const everythingRunbooks: readonly RunbookEntry[] = [entryOf(abouts.recoverEverything, everythingInput, everything)];

function everything(environment: Environment, input: Input, run: RunRequest): RecoverEverything {
  const { service: name, from, to, planned, restore, restoreTo, rollBack, release } = input;
  const service = mustFind(environment.services, name, '/service', 'service');
  const { fullCapacity, kubernetes } = mustFind(service.regions, to, '/to', `region of ${name}`);
  const { database: databaseName } = databaseOf(environment, service);
  const withDatabase = restore || restoreTo !== undefined;
  const withRelease = rollBack || release !== undefined;
  if (from === undefined && !withDatabase && !withRelease)
    throw new InputProblem([{ pointer: '/from', detail: 'is needed, or restore, or rollBack: else there is nothing to recover' }]);
  const part = (runbooks: readonly RunbookEntry[], title: string, asked: object, renamed: Record<string, string> = {}) =>
    partOf(runbooks[0]!, title, () => runbooks[0]!.resolve(environment, asked, run), renamed);
  // The time is found when its turn has come; until then any good one will do to check the rest.
  const at = restoreTo ?? new Date().toISOString();
  // A dry run moves nothing: the database that would be restored is still where it is today.
  const region = run.mode === 'simulate' && from !== undefined ? from : to;
  const restored = () => part(restoreRunbooks, `Restore ${databaseName}`, { service: name, region, at }, { at: 'restoreTo' });
  // Nothing can be built in a region that is lost: its replica comes with the failback.
  const database = () => (planned || from === undefined ? restored() : without(from, restored()));
  return {
    run,
    ...{ service: name, title: service.title, database: databaseName, to, capacity: fullCapacity },
    ...(kubernetes ? { platform: 'kubernetes' as const } : {}),
    ...unprovenIn(environment, name),
    approval: approvalPolicy(environment),
    targets: targetsOf(environment),
    parts: {
      ...(from === undefined ? {} : { region: part(regionRunbooks, `Fail ${name} over`, { service: name, from, to, planned }) }),
      ...(withDatabase ? { database: restoreTo === undefined ? withoutTime(database()) : database() } : {}),
      ...(withRelease ? { application: part(deploymentRunbooks, `Roll ${name} back`, rollBackOf(input), { to: 'release' }) } : {}),
    },
    leases: [`database/${databaseName}`, `traffic/${name}`, `capacity/${name}`, `delivery/${name}/${to}`],
    watch: watchOf(environment),
  };
}

/** Somebody who recovers everything has decided that the release goes back; the gate asks the stronger approval when no rollout fits. */
const rollBackOf = ({ service, to, release }: Input) => ({
  ...{ service, region: to, withoutCause: true },
  ...(release === undefined ? {} : { to: release }),
});

/** A part as a child run; problems of its input are told with the names of ours. */
function partOf({ workflow }: RunbookEntry, title: string, resolve: () => object, renamed: Record<string, string>): ChildRun {
  try {
    const { run: _, ...plan } = resolve() as { run: RunRequest };
    return { workflow, title, plan };
  } catch (error) {
    if (!(error instanceof InputProblem)) throw error;
    const ours = (pointer: string) => `/${renamed[pointer.slice(1)] ?? pointer.slice(1)}`;
    throw new InputProblem(error.fields.map(({ pointer, detail }) => ({ pointer: ours(pointer), detail })));
  }
}

function without(lost: string, { plan, ...child }: ChildRun): ChildRun {
  const { otherRegions } = plan as { otherRegions: string[] };
  return { ...child, plan: { ...plan, otherRegions: otherRegions.filter((region) => region !== lost) } };
}

function withoutTime({ plan, ...child }: ChildRun): ChildRun {
  const { at: _, ...rest } = plan as { at?: string };
  return { ...child, plan: rest };
}
