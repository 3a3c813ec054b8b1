import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { PrimaryMove, ReplicaPromotion } from '../workflows/plans/plan.ts';
import { databaseOf, instanceIn } from './service-parts.ts';
import {
  approvalPolicy,
  InputProblem,
  mustFind,
  pointerOf,
  protectionOf,
  targetsOf,
  watchOf,
  entryOf,
  type RunbookEntry,
  unprovenIn,
} from './entry.ts';

const input = z.strictObject({
  service: z.string().describe('a service of the environment; its database is worked on'),
  from: z.string().describe('the region whose database is the primary now'),
  to: z.string().describe('the region whose replica becomes the primary'),
  planned: z.boolean().default(false).describe('the primary is well and no acknowledged write may be lost'),
  maxLag: duration.optional().describe('replication lag that the usual approval covers, e.g. 5s; the RPO target unless said'),
  multiAz: z.boolean().default(false).describe('turn Multi-AZ of the new primary on afterwards'),
});

/** Runbooks that make a replica the primary. */
export const replicaRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.promoteReadReplica, input, (environment, given, run): ReplicaPromotion => {
    const move = primaryMove(environment, given, run);
    return { ...move, watch: watchOf(environment), protection: protectionOf(environment, move.database, given.multiAz) };
  }),
];

type Asked = Pick<z.output<typeof input>, 'service' | 'from' | 'to' | 'planned'> & { maxLag?: number | undefined };

/** The plan of a move of a database's primary. Throws InputProblem naming the field that does not fit. */
export function primaryMove(environment: Environment, asked: Asked, run: RunRequest): PrimaryMove {
  const { from, to, planned } = asked;
  const service = mustFind(environment.services, asked.service, '/service', 'service');
  const found = databaseOf(environment, service);
  instanceIn(found, from, '/from');
  instanceIn(found, to, '/to');
  if (from === to) throw new InputProblem([{ pointer: '/to', detail: `must differ from the region of the primary, both are ${from}` }]);
  return {
    run,
    ...{ service: asked.service, title: service.title, database: found.database, from, to, planned },
    ...unprovenIn(environment, asked.service),
    targets: targetsOf(environment),
    maxLagMs: asked.maxLag ?? environment.failover.targets.rpo,
    approval: approvalPolicy(environment),
    ...pointerOf(environment, found.database),
  };
}
