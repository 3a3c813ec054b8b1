import { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { ClusterPlan } from '../workflows/plans/cluster-plan.ts';
import { approvalPolicy, InputProblem, mustFind, targetsOf, watchOf, entryOf, type RunbookEntry } from './entry.ts';

const input = z.strictObject({
  cluster: z.string().describe('a cluster of the environment'),
  to: z.string().describe('a member inside the writer’s region, or another region of the global cluster'),
  planned: z.boolean().default(false).describe('everything is well and nothing may be lost'),
  acceptDataLoss: z
    .boolean()
    .default(false)
    .describe('the writer’s region is lost, and what only it has may be lost; the stronger approval consents again, with the facts'),
});

/** Runbooks on clusters of databases. */
export const clusterRunbooks: readonly RunbookEntry[] = [entryOf(abouts.failOverDatabaseCluster, input, clusterPlan)];

/** Finds everything that a cluster's failover needs. Throws InputProblem naming the field that does not fit. */
function clusterPlan(
  environment: Environment,
  { cluster, to, planned, acceptDataLoss }: z.output<typeof input>,
  run: RunRequest,
): ClusterPlan {
  if (!Object.hasOwn(environment.clusters, cluster) && Object.hasOwn(environment.databases, cluster)) {
    const detail = `"${cluster}" is made of single instances, not a cluster: use promote-read-replica or fail-over-region`;
    throw new InputProblem([{ pointer: '/cluster', detail }]);
  }
  const { title, regions, service = null } = mustFind(environment.clusters, cluster, '/cluster', 'cluster');
  if (planned && acceptDataLoss) {
    throw new InputProblem([{ pointer: '/acceptDataLoss', detail: 'does not go with planned: a planned move loses nothing' }]);
  }
  return {
    ...{ run, cluster, title, planned, acceptDataLoss, service },
    to: placeOf(environment, cluster, to),
    targets: targetsOf(environment),
    approval: approvalPolicy(environment),
    watch: watchOf(environment),
  };

  function placeOf({ databases }: Environment, name: string, place: string): ClusterPlan['to'] {
    if (Object.hasOwn(regions, place)) return { region: place };
    const members = Object.values(regions).flatMap((part) => part.members);
    if (members.includes(place)) return { member: place };
    const single = Object.values(databases).some((database) => Object.values(database.regions).some(({ instance }) => instance === place));
    const known = `known: ${[...members, ...Object.keys(regions)].join(', ')}`;
    const hint = single
      ? `is a single instance, no member of ${name}: use promote-read-replica`
      : `is no member or region of ${name}; ${known}`;
    throw new InputProblem([{ pointer: '/to', detail: `"${place}" ${hint}` }]);
  }
}
