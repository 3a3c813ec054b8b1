import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { activityInterceptors } from './activities/support/interceptor.ts';
import { loadEnvironment } from './config/environment.ts';
import { resolveTemporal } from './config/temporal.ts';
import { workerLogger } from './config/worker-logger.ts';
import { workflowInterceptors, workflowSource } from './config/workflow-code.ts';

async function main(): Promise<void> {
  const file = process.env['MUSTER_ENVIRONMENT'];
  if (!file) throw new Error('MUSTER_ENVIRONMENT must name the environment file, e.g. environments/range.yaml');
  const environment = await loadEnvironment(file);
  const target = resolveTemporal();
  if (target === 'embedded') throw new Error('the worker needs a running Temporal: set TEMPORAL_ADDRESS, or use ./muster up');
  Runtime.install({ logger: workerLogger() });
  const connection = await NativeConnection.connect(target.connectionOptions);
  const activities = createActivities(environment);
  const worker = await Worker.create({
    ...workflowSource(),
    ...{ connection, namespace: target.namespace, taskQueue: environment.orchestrator.taskQueue },
    activities,
    interceptors: { workflowModules: workflowInterceptors, activity: [activityInterceptors(activities, environment.name)] },
    // A step in the middle of its act may finish; the next worker finds everything else in the history.
    shutdownGraceTime: '30s',
    shutdownForceTime: '60s',
    maxCachedWorkflows: 1_500,
  });
  const running = worker.run();
  process.stdout.write(`${JSON.stringify({ ready: true, taskQueue: environment.orchestrator.taskQueue })}\n`);
  await running;
  await connection.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
