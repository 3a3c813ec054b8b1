import { z } from 'zod';
import { duration } from '../config/schema.ts';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { PrimaryMove, ReplicaPromotion } from '../workflows/procedures/plan.ts';
import { approvalPolicy, InputProblem, mustFind, type RunbookEntry } from './entry.ts';

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
  {
    name: 'promote-read-replica',
    workflow: 'promoteReadReplica',
    title: 'Promote a read replica',
    when: "A database's primary is dead or bad, and the service in its region is well.",
    source: 'ml-platform, "Mitigation Strategies", step 3',
    startRole: 'responder',
    input,
    example: { service: 'shop', from: 'east', to: 'west', planned: false, maxLag: '5s' },
    resolve: (environment, asked, run): ReplicaPromotion => {
      const given = input.parse(asked);
      const move = primaryMove(environment, given, run);
      const { watchFor, abortAbove } = environment.failover;
      const alarms = environment.databases[move.database]!.alarms.map(({ name }) => name);
      return { ...move, watch: { forMs: watchFor, errorRate: abortAbove.errorRate }, protection: { multiAz: given.multiAz, alarms } };
    },
  },
];

type Asked = Pick<z.output<typeof input>, 'service' | 'from' | 'to' | 'planned'> & { maxLag?: number | undefined };

/** The plan of a move of a database's primary. Throws InputProblem naming the field that does not fit. */
export function primaryMove(environment: Environment, asked: Asked, run: RunRequest): PrimaryMove {
  const { from, to, planned } = asked;
  const service = mustFind(environment.services, asked.service, '/service', 'service');
  const { regions } = mustFind(environment.databases, service.database, '/service', 'database');
  mustFind(regions, from, '/from', `region of the database ${service.database}`);
  mustFind(regions, to, '/to', `region of the database ${service.database}`);
  if (from === to) throw new InputProblem([{ pointer: '/to', detail: `must differ from the region of the primary, both are ${from}` }]);
  const { targets } = environment.failover;
  return {
    run,
    ...{ service: asked.service, title: service.title, database: service.database, from, to, planned },
    targets: { rtoMs: targets.rto, rpoMs: targets.rpo },
    maxLagMs: asked.maxLag ?? targets.rpo,
    approval: approvalPolicy(environment),
  };
}
