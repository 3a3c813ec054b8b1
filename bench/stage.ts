import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { activityInterceptors } from '../src/activities/kit/index.ts';
import { loadEnvironment, type Environment } from '../src/config/environment.ts';
import { startEmbeddedTemporal } from '../src/config/embedded-temporal.ts';
import { cloneFolder } from '../src/config/tools.ts';
import { bundleWorkflows, type WorkflowCode } from '../src/config/workflow-code.ts';
import type { RunRequest } from '../src/workflows/messages.ts';
import { benchActivities } from './activities.ts';

/** What every comparison plays on: one Temporal server, one worker with the kit, one without. */
export interface Stage {
  address: string;
  client: Client;
  environment: Environment;
  /** The runbooks' code, for a worker of its own. */
  bundle: WorkflowCode;
  folder: string;
  actsOf(workflowId: string): readonly number[];
  /** Starts a run of the kit's or of the bare workflow with that name. */
  start(side: Side, workflow: string, plan?: object): Promise<WorkflowHandle>;
}

export type Side = 'kit' | 'bare';

export const environmentFile = join(cloneFolder, 'environments/range.yaml');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Sets the stage, lets the work play on it, and leaves nothing behind. */
export async function onStage<T>(say: (line: string) => void, work: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    say('bundle the workflows and start Temporal');
    const [kit, bare, environment, server] = await Promise.all([
      bundleWorkflows(here('./workflows.ts')),
      bundleWorkflows(here('./bare-workflows.ts'), []),
      environmentOfTheKit(),
      startEmbeddedTemporal({ folder: join(folder, 'temporal') }),
    ]);
    ends.push(() => server.stop());
    const { address, namespace } = server;
    const connection = await Connection.connect({ address });
    ends.push(() => connection.close());
    const native = await NativeConnection.connect({ address });
    ends.push(() => native.close());

    const { actsOf, trivial, forTheKit } = benchActivities(environment);
    const common = { connection: native, namespace };
    const interceptors = { activity: [activityInterceptors(forTheKit, environment.name)] };
    const workers = await Promise.all([
      Worker.create({ ...common, taskQueue: 'bench-kit', workflowBundle: kit, activities: forTheKit, interceptors }),
      Worker.create({ ...common, taskQueue: 'bench-bare', workflowBundle: bare, activities: { ...trivial } }),
    ]);
    for (const worker of workers) ends.push(serve(worker));
    const client = new Client({ connection, namespace });
    return await work({ ...{ address, client, environment, bundle: kit, folder, actsOf }, start: starter(client, environment) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function environmentOfTheKit(): Promise<Environment> {
  const environment = await loadEnvironment(environmentFile);
  return { ...environment, orchestrator: { ...environment.orchestrator, taskQueue: 'bench-kit' } };
}

function serve(worker: Worker): () => Promise<void> {
  const running = worker.run();
  running.catch(() => undefined);
  return async () => {
    worker.shutdown();
    await running;
  };
}

function starter(client: Client, environment: Environment): Stage['start'] {
  const people = environment.people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties }));
  const run: RunRequest = {
    ...{ environment: environment.name, mode: 'live', requestedBy: 'sam', reason: 'the bench', people, searchAttributes: true },
  };
  let started = 0;
  return (side, workflow, plan = {}) =>
    client.workflow.start(workflow, {
      ...{ workflowId: `${side}-${workflow}-${++started}`, taskQueue: `bench-${side}`, workflowExecutionTimeout: '5m' },
      args: [side === 'kit' ? { run, ...plan } : plan],
    });
}
