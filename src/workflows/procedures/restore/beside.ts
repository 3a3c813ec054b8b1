import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import type { Endpoint } from '../../plans/restore-plan.ts';
import { rds } from '../../tools.ts';

export interface Copy {
  /** Name of the new instance. */
  instance: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Opens the sentences, e.g. `Probe 1`. */
  why?: string;
}

/** Restores into a new instance beside the old one, and answers where it listens; undefined in a dry run, where it is not there. */
export async function restoreBeside(
  kit: Kit,
  { database, region }: DatabasePlan,
  { instance, at, why }: Copy,
): Promise<Endpoint | undefined> {
  const opening = why === undefined ? 'Restore' : `${why}: restore`;
  await kit.step(`${opening} ${database} as of ${at} into ${instance}`, () => rds.restoreToTime({ database, region, instance, at }), {
    undo: () => rds.removeInstance({ region, instance }),
  });
  return lookWhere(kit, { region, instance });
}

type Place = Pick<DatabasePlan, 'region' | 'instance'>;

/** Looks where an instance listens, as a step; `otherwise` is said in a dry run, where it is not there. */
export async function lookWhere(
  { measure }: Kit,
  place: Place,
  otherwise = 'it would be told by the restore',
): Promise<Endpoint | undefined> {
  return measure(
    `Look where ${place.instance} listens`,
    () => endpointOf(place),
    (endpoint) => (endpoint ? `${endpoint.host}:${endpoint.port}` : otherwise),
  );
}

/** Where an instance listens; undefined when it is not there in a dry run, which did not make it. Throws Permanent when it is missing otherwise. */
export async function endpointOf({ region, instance }: Place): Promise<Endpoint | undefined> {
  const { role, host, port } = await rds.describeInstance({ region, instance });
  if (host !== null && port !== null) return { host, port };
  return proving(async () => {
    throw ApplicationFailure.nonRetryable(`${instance} in ${region}: needed an endpoint, have none, it is ${role}`, Failure.Permanent);
  });
}
