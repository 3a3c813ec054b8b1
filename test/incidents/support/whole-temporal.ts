import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import type { Environment } from '../../../src/config/environment.ts';
import { connectTemporal, startEmbeddedTemporal } from '../../../src/config/temporal.ts';
import { bundleWorkflows } from '../../../src/config/workflow-code.ts';
import { createDeskClient } from '../../../src/incidents/desk-client.ts';
import { createDeskQueue } from '../../../src/incidents/desk-queue.ts';
import { createIncidents, type Incidents } from '../../../src/incidents/incidents.ts';
import type { RunView } from '../../../src/workflows/messages.ts';
import { testEnvironment } from '../../api/support/api.ts';
import { makeWorld, policyOf } from '../../incident/bench.ts';
import '../../quiet-runtime.ts';

export interface WholeTemporal {
  address: string;
  folder: string;
  environment: Environment;
  client: Client;
  incidents: Incidents;
  /** What runs there are beside the incidents. */
  runs: RunView[];
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Incidents as they are on a real Temporal server; only their activities answer what a test says. */
export async function startWholeTemporal(): Promise<WholeTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-incidents-'));
  const temporal = await startEmbeddedTemporal({ folder });
  const connected = await connectTemporal({ ...temporal, connectionOptions: { address: temporal.address } });
  const connection = await NativeConnection.connect({ address: temporal.address });
  const workflowBundle = await bundleWorkflows(fileURLToPath(new URL('./whole-workflows.ts', import.meta.url)));
  const environment = await testEnvironment();
  const { client } = connected;
  const desk = createDeskClient({ client, environment });
  // Impatient, so that a test without a worker is short.
  const queue = createDeskQueue({ take: (request) => desk.take(request, 2_000) });
  const { activities } = makeWorld(policyOf('range'));
  const runs: RunView[] = [];
  let ended: Promise<void> | undefined;
  let worker: Worker | undefined;
  const stopWorker = async () => {
    worker?.shutdown();
    await ended;
    worker = undefined;
  };
  return {
    ...{ address: temporal.address, folder, environment, client, stopWorker },
    incidents: createIncidents({
      client,
      environment,
      desk,
      queue,
      runs: { list: async () => runs, view: async (id) => runs.find(({ runId }) => runId === id)! },
    }),
    runs,
    startWorker: async () => {
      worker = await Worker.create({ connection, taskQueue: environment.orchestrator.taskQueue, workflowBundle, activities });
      ended = worker.run();
    },
    stop: async () => {
      await stopWorker();
      await connection.close();
      await connected.close();
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
