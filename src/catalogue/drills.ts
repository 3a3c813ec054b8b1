import { z } from 'zod';
import { runbookCode } from '../config/runbook-code.ts';
import type { Environment } from '../config/schema.ts';
import type { DrillEntry } from '../config/schema/incidents.ts';
import * as abouts from '../workflows/abouts.ts';
import type { ChildRun } from '../workflows/plans/child-run.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { Drill, DrillPractice } from '../workflows/plans/drill-plan.ts';
import { approvalPolicy, InputProblem, mustFind, entryOf, type RunbookEntry } from './entry.ts';
import { recoveryRunbooks } from './runbooks.ts';
import { databaseOf } from './service-parts.ts';

const input = z.strictObject({
  name: z.string().describe('an exercise of the environment (incidents.drills)'),
});

type Practice = NonNullable<DrillEntry['practice']>;

/** Exercises, which are started like any runbook. */
export const drillRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.drill, input, (environment, { name }, run) => drillPlan(environment, name, run)),
];

/** The plan of one exercise; what it must meet is fixed with it. Throws InputProblem. */
export function drillPlan(environment: Environment, name: string, asked: RunRequest): Drill {
  const drills = Object.fromEntries((environment.incidents?.drills ?? []).map((entry) => [entry.name, entry]));
  const { title, runbook, practice } = mustFind(drills, name, '/name', 'exercise');
  const run = { ...asked, drill: name };
  if (asked.mode === 'live' && practice?.mode === 'simulate')
    throw new InputProblem([
      { pointer: '/name', detail: `"${name}" is practised in a dry run only: the environment does not say \`mode: live\`` },
    ]);
  return {
    ...{ run, name, title, approval: approvalPolicy(environment) },
    practice: practice && runbook !== undefined ? practiceOf(environment, runbook, practice, run) : null,
  };
}

function practiceOf(environment: Environment, runbook: string, practice: Practice, run: RunRequest): DrillPractice {
  const { faults, input: given, reverse, criteria, checklist } = practice;
  return {
    faults: faults.map(({ title }) => title),
    noticedAfterMs: practice.noticedAfter,
    recovery: childOf(environment, runbook, given, run),
    reverse: reverse.map((back) => childOf(environment, back.runbook, back.input, run)),
    restBeforeReverseMs: practice.restBeforeReverse,
    checklist: checklist ? checklistOf(environment, checklist) : null,
    criteria: { rtoMs: criteria.rto ?? null, rpoMs: criteria.rpo ?? null, decideWithinMs: criteria.decideWithin ?? null },
    onKubernetes: Object.entries(environment.services).flatMap(([service, { regions }]) =>
      Object.entries(regions).flatMap(([region, { kubernetes }]) => (kubernetes ? [`${service}/${region}`] : [])),
    ),
    patienceMs: practice.patience,
    withinMs: practice.within,
  };
}

/** A runbook as it would be started by hand; a problem of its input is one of the environment's file. */
function childOf(environment: Environment, name: string, given: object, run: RunRequest): ChildRun {
  const runbooks = Object.fromEntries(recoveryRunbooks.map((entry) => [entry.name, entry]));
  const { workflow, title, resolve } = mustFind(runbooks, name, '/name', 'runbook that can be practised');
  try {
    const { run: _, ...plan } = resolve(environment, given, run);
    const code = runbookCode(name);
    return { workflow, title, plan, ...(code === null ? {} : { code }) };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new InputProblem([{ pointer: '/name', detail: `asks for ${name} in a way that does not fit: ${why}` }]);
  }
}

function checklistOf(environment: Environment, { service: name, region }: NonNullable<Practice['checklist']>): DrillPractice['checklist'] {
  const service = mustFind(environment.services, name, '/name', 'service');
  const { fullCapacity, kubernetes } = mustFind(service.regions, region, '/name', `region of ${name}`);
  const { database } = databaseOf(environment, service);
  return { service: name, database, region, capacity: fullCapacity, platform: kubernetes ? 'kubernetes' : undefined };
}
