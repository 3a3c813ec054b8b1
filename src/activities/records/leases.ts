import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Environment } from '../../config/environment.ts';
import type { AskForLeases, Direction, LeaseAnswer, TransferLeases } from '../../workflows/lifecycle/leases.ts';
import { record } from '../kit/index.ts';

/** Id of the one workflow that keeps an environment's leases. */
export const leasesWorkflowId = (environment: string): string => `leases/${environment}`;

/** Takes and gives back the right to change resources. Both may be repeated without harm. */
export function leaseActivities(environment: Environment) {
  return {
    /** All of the resources, or none and by whom one is held. A holder that has ended does not count. */
    acquireLeases: record(async (asked: AskForLeases & { environment: string }): Promise<LeaseAnswer> => {
      const { client } = Context.current();
      const answer = await ask(client, environment, asked);
      if (answer.granted || answer.holder === undefined || (await isRunning(client, answer.holder))) return answer;
      await release(client, environment, { holder: answer.holder });
      return ask(client, environment, asked);
    }),
    releaseLeases: record(async ({ holder, direction }: { environment: string; holder: string; direction?: Direction }): Promise<void> => {
      await release(Context.current().client, environment, { holder, ...(direction === undefined ? {} : { direction }) });
    }),
    /** Everything that one run holds becomes another's, without a moment in which it is nobody's. */
    transferLeases: record(async ({ from, to, title }: TransferLeases & { environment: string }): Promise<void> => {
      await Context.current().client.workflow.executeUpdateWithStart('transfer', {
        args: [{ from, to, title }],
        startWorkflowOperation: entity(environment),
      });
    }),
  };
}

function entity(environment: Environment): WithStartWorkflowOperation<(...args: unknown[]) => Promise<void>> {
  return new WithStartWorkflowOperation<(...args: unknown[]) => Promise<void>>('leases', {
    workflowId: leasesWorkflowId(environment.name),
    taskQueue: environment.orchestrator.taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
}

async function ask(client: Client, environment: Environment, { holder, title, resources, direction }: AskForLeases): Promise<LeaseAnswer> {
  return client.workflow.executeUpdateWithStart<(...args: unknown[]) => Promise<void>, LeaseAnswer, [AskForLeases]>('acquire', {
    args: [{ holder, title, resources, ...(direction === undefined ? {} : { direction }) }],
    startWorkflowOperation: entity(environment),
  });
}

async function release(client: Client, environment: Environment, released: { holder: string; direction?: Direction }): Promise<void> {
  await client.workflow.executeUpdateWithStart('release', { args: [released], startWorkflowOperation: entity(environment) });
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
