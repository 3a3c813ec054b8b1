import type { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import { unaskedOf, unprovenOf } from '../config/unproven.ts';
import { namesKnown } from '../words/nearest.ts';
import type { About, AboutScenario } from '../workflows/about.ts';
import type { Role, RunRequest } from '../workflows/messages.ts';
import type { ApprovalPolicy, DatabasePlan, PrimaryMove, Protection, Unproven } from '../workflows/plans/plan.ts';

/** One runbook as people find it: what it is for, what it asks, who may start it. */
export interface RunbookEntry extends About, Partial<Pick<AboutScenario, 'symptoms' | 'platforms'>> {
  /** The workflow's type. */
  workflow: string;
  startRole: Role;
  input: z.ZodType;
  /** Makes the plan that the run will follow; throws InputProblem naming each field that does not fit the environment. */
  resolve(environment: Environment, input: unknown, run: RunRequest): { run: RunRequest };
}

/** The entry of a runbook: what it says of itself, what it is given, and how that becomes the plan. */
export function entryOf<Input extends z.ZodType>(
  about: About,
  input: Input,
  plan: (environment: Environment, input: z.output<Input>, run: RunRequest) => { run: RunRequest },
): RunbookEntry {
  return {
    ...about,
    workflow: about.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    startRole: 'responder',
    input,
    resolve: (environment, given, run) => plan(environment, input.parse(given), run),
  };
}

export interface FieldProblem {
  /** JSON pointer below the input. */
  pointer: string;
  detail: string;
}

/** What was asked does not fit the environment. */
export class InputProblem extends Error {
  override name = 'InputProblem';
  readonly fields: FieldProblem[];

  constructor(fields: FieldProblem[]) {
    super(fields.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '));
    this.fields = fields;
  }
}

/** The problem of a name that the environment does not have. */
export function unknown(pointer: string, what: string, name: string, known: object): FieldProblem {
  return { pointer, detail: `"${name}" is no ${what}; ${namesKnown(name, Object.keys(known))}` };
}

/** The environment's entry of that name. Throws InputProblem at the pointer when there is none. */
export function mustFind<T>(table: Readonly<Record<string, T>>, name: string, pointer: string, what: string): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  throw new InputProblem([unknown(pointer, what, name, table)]);
}

/** Whom a gate of a recovery asks; times in ms. */
export function approvalPolicy({ failover: { approval } }: Environment): ApprovalPolicy {
  return {
    ...{ duty: approval.duty, quorum: approval.quorum, stronger: approval.stronger, escalateTo: approval.escalateTo },
    ...{ withinMs: approval.within, expiresAfterMs: approval.expiresAfter },
  };
}

/** Said in a plan when nothing proves a write of its service, or tells whether it is well. */
export function unprovenIn(environment: Environment, service: string): Unproven {
  const [unproven, unasked] = [unprovenOf(environment, service), unaskedOf(environment, service)];
  return { ...(unproven === undefined ? {} : { unproven }), ...(unasked === undefined ? {} : { unasked }) };
}

/** Said in a plan when the environment names no record that leads a service to its database. */
export const pointerOf = ({ databases }: Environment, database: string): Pick<PrimaryMove, 'pointer'> =>
  databases[database]?.endpointRecord === undefined ? { pointer: 'none' } : {};

/** What a recovery is held against; times in ms. */
export const targetsOf = ({ failover: { targets } }: Environment): DatabasePlan['targets'] => ({
  rtoMs: targets.rto,
  rpoMs: targets.rpo,
});

/** How customers are watched after a recovery; times in ms. */
export const watchOf = ({ failover: { watchFor, abortAbove } }: Environment): DatabasePlan['watch'] => ({
  forMs: watchFor,
  errorRate: abortAbove.errorRate,
});

/** What a new primary of a database gets. */
export const protectionOf = ({ databases }: Environment, database: string, multiAz: boolean): Protection => ({
  multiAz,
  alarms: databases[database]!.alarms.map(({ name }) => name),
});
