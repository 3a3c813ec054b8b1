import type { SchemaState } from '../../activities/postgres/index.ts';
import type { Release } from '../../activities/kit/index.ts';
import type { GateOptions } from '../kit/gates.ts';
import type { Fact } from '../messages.ts';
import { sayRelease, type Cause, type RollBack } from '../plans/rollback-plan.ts';
import { gateOf, strongerWhen } from '../procedures/approval.ts';
import { proofFacts } from './proof-facts.ts';
import { migrations, releases } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';
import { badFirst, fact } from './facts.ts';

const [causeFact, schemaFact, targetFact] = ['cause', 'schema', 'target'];

const runBy = { autoscaling: 'Auto Scaling and EC2', kubernetes: 'Kubernetes', compose: 'docker compose' } as const;

/** The usual approval when the facts are good, the stronger one when any of them is not. */
export function approvalOf(plan: RollBack, target: Release, cause: Cause): GateOptions {
  const doubtful = ({ id, verdict }: Fact) => [causeFact, schemaFact, targetFact].includes(id) && verdict !== 'good';
  const stronger = strongerWhen(plan.approval, (facts) => facts.some(doubtful));
  return gateOf(plan.approval, () => factsOf(plan, target, cause), stronger);
}

/** What people must know before a release goes back; what cannot be read is unknown, never good. */
async function factsOf(plan: RollBack, target: Release, { onset, fits, why }: Cause): Promise<Fact[]> {
  const { service, region } = plan;
  const where = { service, region };
  const [running, schema, delivery] = await Promise.all([
    workloadOf(plan.platform).describe(where),
    plan.reads.schema ? migrations.readSchema(where).catch(() => undefined) : undefined,
    plan.delivery ? releases.readDelivery(where).catch(() => undefined) : undefined,
  ]);
  const source = `${plan.platform === undefined ? 'Auto Scaling and EC2' : runBy[plan.platform]} in ${region}`;
  const kept = running.releases.find(({ revision }) => revision === target.revision);
  const pinned = kept !== undefined && kept.digest === target.digest && kept.image === target.image;
  const { value: works, verdict } = compatibility(running.wanted, target, schema);
  const held = delivery ? (delivery.paused ? 'paused' : 'on') : plan.delivery ? null : 'the environment does not say how to hold them';
  return badFirst([
    fact.words('runs', 'release that runs', sayRelease(running.wanted), source),
    fact.words(targetFact, 'release to go back to', pinned ? sayRelease(target) : 'not there any more', source, {
      verdict: !pinned ? 'bad' : target.digest === null ? 'unknown' : 'good',
    }),
    fact.time('onset', 'trouble began', onset, plan.onset === null ? 'customers' : 'whoever started this run'),
    fact.words(causeFact, 'a rollout can be the cause', why, source, { verdict: fits ? 'good' : onset === null ? 'unknown' : 'bad' }),
    fact.words(
      schemaFact,
      'the database works with the release to go back to',
      works,
      schema ? `migrations in ${region}` : 'labels of the releases',
      {
        verdict,
      },
    ),
    ...proofFacts(plan),
    fact.words('deliveries', 'deliveries', held, 'the delivery itself', { verdict: delivery ? 'good' : 'unknown' }),
  ]);
}

interface Compatibility {
  value: string;
  verdict: 'good' | 'bad' | 'unknown';
}

/** Is a migration between the two releases? The database's own word counts most; without it the labels of both must agree. */
export function compatibility(now: Release, target: Release, schema: SchemaState | undefined): Compatibility {
  if (target.schema === null) return { value: 'the release does not say which schema it is made for', verdict: 'unknown' };
  const here = schema?.version ?? now.schema;
  if (here === null) return { value: 'nobody says which version the schema has', verdict: 'unknown' };
  if (here === target.schema) return { value: `no migration between: both are at ${here}`, verdict: 'good' };
  const made = `the schema is at ${here}, the release is made for ${target.schema}`;
  if (schema?.worksFrom == null) return { value: made, verdict: 'bad' };
  const works = Number(target.schema) >= Number(schema.worksFrom) && Number(target.schema) <= Number(here);
  return { value: `${made}, and the schema works with code from ${schema.worksFrom}`, verdict: works ? 'good' : 'bad' };
}
