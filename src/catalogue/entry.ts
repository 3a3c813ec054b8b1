import type { z } from 'zod';
import type { Environment } from '../config/schema.ts';
import type { Role, RunRequest } from '../workflows/messages.ts';
import type { ApprovalPolicy, DatabasePlan, Protection } from '../workflows/plans/plan.ts';

/** One runbook as people find it: what it is for, what it asks, who may start it. */
export interface RunbookEntry {
  /** Kebab-case name, used in URLs and on the command line. */
  name: string;
  /** The workflow's type. */
  workflow: string;
  title: string;
  when: string;
  /** Runbook of the seed systems and heading that it encodes. */
  source: string;
  /** How one notices it: of a runbook that is named by what is seen. */
  symptoms?: readonly string[];
  /** What it works on; left out when it does not depend on that. */
  platforms?: readonly string[];
  startRole: Role;
  input: z.ZodType;
  example: Record<string, unknown>;
  /** Makes the plan that the run will follow; throws InputProblem naming each field that does not fit the environment. */
  resolve(environment: Environment, input: unknown, run: RunRequest): { run: RunRequest };
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
  return { pointer, detail: `"${name}" is no ${what}; known: ${Object.keys(known).join(', ')}` };
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
