import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../../src/api/app.ts';
import { connectTemporal, startEmbeddedTemporal } from '../../../src/config/temporal.ts';
import { nodeArguments } from '../../../src/config/tools.ts';
import { bundleWorkflows } from '../../../src/config/workflow-code.ts';
import { createDeskClient, type DeskClient } from '../../../src/incidents/desk-client.ts';
import { createDeskQueue, type DeskQueue } from '../../../src/incidents/desk-queue.ts';
import { incidentId } from '../../../src/workflows/incident/commands.ts';
import { FakeIncidents } from '../../api/support/fake-incidents.ts';
import { FakeRuns } from '../../api/support/fake-runs.ts';
import { env, testEnvironment } from '../../api/support/api.ts';
import type { Heard } from '../../workflows/desk-workflows.ts';
import { incidentsWith } from './incidents-with.ts';

export interface DeskOnTemporal {
  desk: DeskClient;
  queue: DeskQueue;
  /** Posts a webhook as a sender of alerts does. */
  post(body: object): Promise<Response>;
  heard(number: string): Promise<Heard>;
  /** SIGKILL; the answer comes when it is gone. */
  killWorker(): Promise<void>;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

const token = 'token-of-the-senders-of-alerts';

/** The desk on a real Temporal server, a worker in a process of its own, and the API over HTTP. */
export async function startDeskOnTemporal(rules: object[]): Promise<DeskOnTemporal> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-desk-'));
  const workflowsPath = fileURLToPath(new URL('../../workflows/desk-workflows.ts', import.meta.url));
  const [temporal, { codePath }] = await Promise.all([startEmbeddedTemporal({ folder }), bundleWorkflows(workflowsPath, [])]);
  const connected = await connectTemporal({ ...temporal, connectionOptions: { address: temporal.address } });
  const environment = await testEnvironment({ name: 'desk', incidents: await incidentsWith(rules) });
  const { client } = connected;
  const desk = createDeskClient({ client, environment });
  const queue = createDeskQueue({ take: (request) => desk.take(request, 20_000) });
  const health = async () => ({ temporal: true, worker: true, detail: 'all well' });
  const options = { environment, runs: new FakeRuns(), incidents: new FakeIncidents(), alerts: queue, health, archiveFolder: folder };
  const server = createServer(createApp({ ...options, env: { ...env, ALERTS_TOKEN: token } })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/alerts`;
  let worker: ChildProcess | undefined;

  const killWorker = async () => {
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  };
  const startWorker = async () => {
    const script = nodeArguments('test/incidents/support/desk-worker.ts');
    const args = [...script, temporal.address, environment.orchestrator.taskQueue, codePath];
    worker = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(worker.stdout!, 'data');
  };
  await startWorker();
  return {
    ...{ desk, queue, killWorker, startWorker },
    post: (body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    },
    heard: (number) => client.workflow.getHandle(incidentId(environment.name, number)).query<Heard>('heard'),
    stop: async () => {
      await killWorker();
      server.close();
      server.closeAllConnections();
      await connected.close();
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
