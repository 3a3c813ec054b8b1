import { z } from 'zod';
import { duration, type Environment } from './config/schema.ts';
import type { Role, RunRequest } from './workflows/messages.ts';
import type { RegionMove } from './workflows/procedures/plan.ts';

/** One runbook as people find it: what it is for, what it asks, who may start it. */
export interface RunbookEntry {
  /** Kebab-case name, used in URLs and on the command line. */
  name: string;
  /** The workflow's type. */
  workflow: string;
  title: string;
  when: string;
  startRole: Role;
  input: z.ZodType;
  example: Record<string, unknown>;
  /** Makes the plan that the run will follow; throws InputProblem naming each field that does not fit the environment. */
  resolve(environment: Environment, input: unknown, run: RunRequest): { run: RunRequest };
}

/** What was asked does not fit the environment; `fields` are JSON pointers below the input. */
export class InputProblem extends Error {
  override name = 'InputProblem';
  readonly fields: { pointer: string; detail: string }[];

  constructor(fields: { pointer: string; detail: string }[]) {
    super(fields.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '));
    this.fields = fields;
  }
}

const moveInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  from: z.string().describe('the region that is left'),
  to: z.string().describe('the region that takes over'),
  maxLag: duration.optional().describe('replication lag that the usual approval covers, e.g. 5s; the RPO target unless said'),
});

const failOverInput = moveInput.extend({
  planned: z.boolean().default(false).describe('both regions are well and no acknowledged write may be lost'),
});

export const catalogue: readonly RunbookEntry[] = [
  {
    name: 'fail-over-region',
    workflow: 'failOverRegion',
    title: 'Fail over to another region',
    when: 'A region is lost, or is left on purpose (planned).',
    startRole: 'responder',
    input: failOverInput,
    example: { service: 'shop', from: 'east', to: 'west', planned: false, maxLag: '5s' },
    resolve: (environment, input, run) => regionMove(environment, failOverInput.parse(input), run),
  },
  {
    name: 'fail-back-region',
    workflow: 'failBackRegion',
    title: 'Bring a service back to its region',
    when: 'The lost region is well again and everything is ready to return. Never automatic.',
    startRole: 'responder',
    input: moveInput,
    example: { service: 'shop', from: 'west', to: 'east' },
    resolve: (environment, input, run) => regionMove(environment, { ...moveInput.parse(input), planned: true }, run),
  },
  {
    name: 'fence-on-return',
    workflow: 'fenceOnReturn',
    title: 'Fence an old primary when it comes back',
    when: 'A primary was promoted beside one that could not be fenced; the failover starts this itself.',
    startRole: 'responder',
    input: moveInput,
    example: { service: 'shop', from: 'east', to: 'west' },
    resolve: (environment, input, run) => regionMove(environment, { ...moveInput.parse(input), planned: false }, run),
  },
];

function regionMove(environment: Environment, input: z.output<typeof failOverInput>, run: RunRequest): RegionMove {
  const { from, to, planned } = input;
  const service = environment.services[input.service];
  if (!service) throw new InputProblem([unknown('/service', 'service', input.service, environment.services)]);
  const fields = [from, to].flatMap((region, index) =>
    service.regions[region] ? [] : [unknown(index === 0 ? '/from' : '/to', `region of ${input.service}`, region, service.regions)],
  );
  if (from === to) fields.push({ pointer: '/to', detail: `must differ from the region that is left, both are ${from}` });
  if (fields.length > 0) throw new InputProblem(fields);
  const { targets, approval, stages, stageFor, watchFor, abortAbove, coolDown } = environment.failover;
  return {
    run,
    ...{ service: input.service, title: service.title, database: service.database, dns: service.dns, from, to, planned },
    orchestratorRegion: environment.orchestrator.region,
    capacity: service.regions[to]!.fullCapacity,
    targets: { rtoMs: targets.rto, rpoMs: targets.rpo },
    maxLagMs: input.maxLag ?? targets.rpo,
    approval: {
      ...{ duty: approval.duty, quorum: approval.quorum, stronger: approval.stronger, escalateTo: approval.escalateTo },
      ...{ withinMs: approval.within, expiresAfterMs: approval.expiresAfter },
    },
    traffic: { stages, stageForMs: stageFor, watchForMs: watchFor, errorRate: abortAbove.errorRate },
    coolDownMs: coolDown,
  };
}

function unknown(pointer: string, what: string, name: string, known: object): { pointer: string; detail: string } {
  return { pointer, detail: `"${name}" is no ${what}; known: ${Object.keys(known).join(', ')}` };
}
