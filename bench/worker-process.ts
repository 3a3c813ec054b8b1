import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cloneFolder, nodeArguments } from '../src/config/tools.ts';
import { workerNodeOptions } from '../src/config/worker-memory.ts';
import { startTethered } from '../src/tethered.ts';
import { environmentFile, type Stage } from './stage.ts';

const readyWithinMs = 60_000;
const megabyte = 1024 * 1024;

/** The product's own worker in a process of its own, with the bench's runbooks. */
export interface WorkerProcess {
  /** Resident memory in MB: the most that was read in the next so many milliseconds. */
  memory(forMs: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the worker and waits until it polls; all that it calls outside goes to that address. */
export async function startWorkerProcess({ address, folder, bundle }: Stage, outside: string): Promise<WorkerProcess> {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'))),
    ...variables(outside),
    ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    ...{
      MUSTER_ENVIRONMENT: environmentFile,
      MUSTER_ARCHIVE: join(folder, 'archive'),
      MUSTER_WORKFLOW_BUNDLE: bundle.codePath,
      MUSTER_READINESS: 'when-asked',
      NODE_OPTIONS: workerNodeOptions,
    },
  };
  let ready = false;
  let readings: number[] = [];
  const lastLines: string[] = [];
  const onLine = (line: string, stream: 'stdout' | 'stderr') => {
    const { rss } = (stream === 'stdout' ? JSON.parse(line) : {}) as { rss?: number };
    if (rss !== undefined) return void readings.push(rss / megabyte);
    if (stream === 'stdout') ready = true;
    else lastLines.push(line);
  };
  const child = startTethered(process.execPath, nodeArguments('bench/worker.ts'), { cwd: cloneFolder, env, onLine });
  let ended = false;
  void child.ended.then(() => (ended = true));
  for (const until = Date.now() + readyWithinMs; !ready; await delay(50)) {
    if (!ended && Date.now() < until) continue;
    await child.stop();
    throw new Error(`the worker did not come up:\n${lastLines.slice(-10).join('\n')}`);
  }
  return {
    memory: async (forMs) => {
      readings = [];
      await delay(forMs);
      return Math.max(...readings);
    },
    stop: () => child.stop(),
  };
}

/** Every variable that the environment file refers to leads to the same place. */
function variables(outside: string): Record<string, string> {
  const names = [...readFileSync(environmentFile, 'utf8').matchAll(/env:([A-Z_]+)/g)].map(([, name]) => name!);
  return Object.fromEntries(names.map((name) => [name, name.includes('VANTAGE') ? `${outside}/${name}/{region}` : outside]));
}
