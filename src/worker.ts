import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { activityInterceptors } from './activities/kit/index.ts';
import { loadEnvironment } from './config/environment.ts';
import { signingKey } from './config/keys.ts';
import { resolveTemporal } from './config/temporal.ts';
import { workerLogger } from './config/worker-logger.ts';
import { workflowSource } from './config/workflow-code.ts';
import { createReadiness } from './readiness/readiness.ts';

const announceTries = 5;
const announceAgainMs = 10_000;

async function main(): Promise<void> {
  const file = process.env['MUSTER_ENVIRONMENT'];
  if (!file) throw new Error('MUSTER_ENVIRONMENT must name the environment file, e.g. environments/range.yaml');
  const environment = await loadEnvironment(file);
  const target = resolveTemporal();
  if (target === 'embedded') throw new Error('the worker needs a running Temporal: set TEMPORAL_ADDRESS, or use ./muster up');
  Runtime.install({ logger: workerLogger() });
  makeKey();
  const connection = await NativeConnection.connect(target.connectionOptions);
  const activities = createActivities(environment);
  const worker = await Worker.create({
    ...(await workflowSource()),
    ...{ connection, namespace: target.namespace, taskQueue: environment.orchestrator.taskQueue },
    activities,
    interceptors: { activity: [activityInterceptors(activities, environment.name)] },
    // A step in the middle of its act may finish; the next worker finds everything else in the history.
    shutdownGraceTime: '30s',
    shutdownForceTime: '60s',
    // A run that waits at a gate for hours need not stay in memory: it comes back from its history when somebody answers.
    maxCachedWorkflows: 300,
    // After a worker has died its runs go to another one this soon; the usual ten seconds are long when people wait for an answer.
    stickyQueueScheduleToStartTimeout: '2s',
    // What an act leaves in its heartbeat must be with the server soon, in case this process dies.
    maxHeartbeatThrottleInterval: '1s',
  });
  const running = worker.run();
  process.stdout.write(`${JSON.stringify({ ready: true, taskQueue: environment.orchestrator.taskQueue })}\n`);
  // What is thrown away after practice is looked at only when somebody asks.
  if (process.env['MUSTER_READINESS'] !== 'when-asked')
    void announce(createReadiness({ client: new Client({ connection, namespace: target.namespace }), environment }));
  await running;
  await connection.close();
}

/** Evidence is signed; without a key it is kept all the same, because no recovery waits for one. */
function makeKey(): void {
  try {
    signingKey();
  } catch (error) {
    process.stderr.write(`reports will not be signed, and do not verify: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** Recovery plans are looked at again when this process brings another environment file or build; no run waits for that. */
async function announce(readiness: ReturnType<typeof createReadiness>): Promise<void> {
  for (let left = announceTries; left > 0; left--) {
    try {
      return await readiness.announce();
    } catch (error) {
      process.stderr.write(`readiness was not announced: ${error instanceof Error ? error.message : String(error)}\n`);
      await delay(announceAgainMs, undefined, { ref: false });
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
