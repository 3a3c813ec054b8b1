import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { Environment } from '../../config/environment.ts';
import type { EnterDrill, PastDrill } from '../../workflows/lifecycle/drill-book.ts';
import type { RunView } from '../../workflows/messages.ts';
import type { DeskView } from '../../workflows/incident/commands.ts';
import { read, record } from '../kit/index.ts';
import { viewOfRun } from '../records/index.ts';

/** How the people and the steps of a run did. */
export interface HowItWent {
  /** Of its slowest decision, in ms; null when nothing was asked. */
  slowestDecisionMs: number | null;
  failedOrLeftOut: string[];
}

type Entity = (...args: unknown[]) => Promise<void>;

/** The book of exercises, and what exercises ask of the runs that they start. */
export function drillBookActivities(environment: Environment) {
  const update = <Result, Arg>(name: string, arg: Arg): Promise<Result> =>
    Context.current().client.workflow.executeUpdateWithStart<Entity, Result, [Arg]>(name, {
      args: [arg],
      startWorkflowOperation: new WithStartWorkflowOperation<Entity>('drillBook', {
        workflowId: `drill-book/${environment.name}`,
        taskQueue: environment.orchestrator.taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [],
      }),
    });

  return {
    /** Enters an exercise, unless something stands against it; answers what. */
    enterDrill: record(async (entry: Omit<EnterDrill, 'serious'>): Promise<{ against: string[] }> =>
      update('enter', { ...entry, serious: await seriousIncidents(environment) }),
    ),

    /** Closes an exercise, once. */
    closeDrill: record((ended: Omit<PastDrill, 'endedAt'>): Promise<void> => update('close', ended)),

    /** What a run that has ended says of itself. */
    howItWent: read(async ({ runId }: { runId: string }): Promise<HowItWent> => {
      const views = await withChildren(runId);
      const decisions = views.flatMap(({ gates }) =>
        gates.flatMap(({ openedAt, decidedAt, state }) =>
          decidedAt === undefined || state === 'simulated' ? [] : [Date.parse(decidedAt) - Date.parse(openedAt)],
        ),
      );
      return {
        slowestDecisionMs: decisions.length === 0 ? null : Math.max(...decisions),
        failedOrLeftOut: views.flatMap(({ steps }) =>
          steps.filter(({ state }) => state === 'failed' || state === 'skipped').map(({ title }) => title),
        ),
      };
    }),
  };
}

/** A run, and every run that it waited for. */
async function withChildren(runId: string): Promise<RunView[]> {
  const view = await viewOfRun(runId);
  const children = view.steps.flatMap(({ child }) => (child === undefined ? [] : [withChildren(child)]));
  return [view, ...(await Promise.all(children)).flat()];
}

/** Real incidents that the desk has open and that exercises must not disturb. */
async function seriousIncidents({ name, incidents }: Environment): Promise<string[]> {
  const serious = incidents?.policy.drillsStoppedBy ?? [];
  if (serious.length === 0) return [];
  try {
    const { open } = await Context.current().client.workflow.getHandle(`incident-desk/${name}`).query<DeskView>('desk');
    return open
      .filter(({ drill, severity, state }) => !drill && serious.includes(severity) && state !== 'resolved' && state !== 'proposed')
      .map(({ number, severity, title }) => `${number} ${severity} ${title}`);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
