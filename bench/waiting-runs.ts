import { setTimeout as delay } from 'node:timers/promises';
import { createRuns, type Runs } from '../src/runs/runs.ts';
import { patiently } from './approval.ts';
import { median, percentile, ratio, type Figure } from './figures.ts';
import { startOutside, type Outside } from './outside.ts';
import type { Sizes } from './sizes.ts';
import { environmentFile, type Stage } from './stage.ts';
import { loadEnvironment } from '../src/config/environment.ts';
import { startWorkerProcess } from './worker-process.ts';

const startsAtOnce = 20;
const settleMs = 3_000;
const patienceMs = 300_000;
const acted = '/MUSTER_RANGE_VANTAGE_CONTROL/west';

/** One worker process with ever more runs that wait at a gate: its memory, how fast an approval acts then, and how fast runs are listed. */
export async function waitingRuns(stage: Stage, sizes: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const outside = await startOutside();
  try {
    const worker = await startWorkerProcess(stage, outside.url);
    try {
      const runs = createRuns({ client: stage.client, environment: await loadEnvironment(environmentFile) });
      await approvals(runs, outside, stage, sizes.warmUp);
      const figures: Figure[] = [];
      const times = new Map<number, number[]>();
      let open = 0;
      for (const count of sizes.waiting) {
        say(`${count} runs wait`);
        await startMany(runs, count - open);
        open = count;
        await untilOpen(stage, count, say);
        const memory = await worker.memory(settleMs);
        times.set(count, await approvals(runs, outside, stage, sizes.approvals));
        figures.push(memoryFigure(count, Math.max(memory, await worker.memory(1_000))));
      }
      const [idle, most] = [sizes.waiting[0]!, sizes.waiting.at(-1)!];
      const lists = await listTimes(runs, sizes.lists);
      return [
        ...figures,
        ratio(`approval, ${most} runs wait`, times.get(most)!, times.get(idle)!, 'idle'),
        {
          name: 'list of runs, p95',
          measured: percentile(lists, 95),
          unit: 'ms',
          samples: { lists },
          detail: `median ${median(lists).toFixed(1)} ms of ${lists.length}, 50 of ${most} runs a list`,
        },
      ];
    } finally {
      await worker.stop();
    }
  } finally {
    await outside.stop();
  }
}

function memoryFigure(count: number, measured: number): Figure {
  const name = count === 1 ? 'memory, 1 run waits' : `memory, ${count} runs wait`;
  return { name, measured, unit: 'MB', detail: 'resident, one worker process', samples: { rss: [measured] } };
}

async function startOne(runs: Runs): Promise<string> {
  const { runId, applied } = await runs.start({
    ...{ runbook: 'fail-over-region', input: { service: 'shop', from: 'east', to: 'west' }, mode: 'live' },
    ...{ reason: 'the bench', requestedBy: 'sam' },
  });
  if (!applied) throw new Error(`the worker did not take up ${runId}`);
  return runId;
}

async function startMany(runs: Runs, count: number): Promise<void> {
  let left = count;
  const startNext = async (): Promise<void> => {
    while (left-- > 0) await startOne(runs);
  };
  await Promise.all(Array.from({ length: startsAtOnce }, startNext));
}

/** Counts by the run's own state, as people would. */
async function untilOpen({ client }: Stage, count: number, say: (line: string) => void): Promise<void> {
  const query = "WorkflowType = 'failOverRegion' AND ExecutionStatus = 'Running' AND MusterState = 'pendingApproval'";
  for (let [told, until] = [Date.now(), Date.now() + patienceMs]; ; await delay(250)) {
    const open = (await client.workflow.count(query)).count;
    if (open >= count) return;
    if (Date.now() > until) throw new Error(`only ${open} of ${count} runs came to their gate`);
    if (Date.now() - told > 5_000) {
      told = Date.now();
      say(`${open} of ${count} are at their gate`);
    }
  }
}

/** From the approval, as the API sends it, to the call that the next step makes; one run after the other. */
async function approvals(runs: Runs, outside: Outside, { client }: Stage, count: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    const runId = await startOne(runs);
    const quiet = await patiently(
      () => runs.view(runId),
      ({ gates, messages }) => gates[0]?.state === 'open' && messages.every(({ state }) => state !== 'sending'),
    );
    const { id, digest } = quiet.gates[0]!;
    const act = outside.call(acted);
    const from = performance.now();
    await runs.command(runId, 'approve', { gate: id, digest, by: 'ana', channel: 'api' });
    times.push((await act) - from);
    await client.workflow.getHandle(runId).result();
  }
  return times;
}

async function listTimes(runs: Runs, count: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    const from = performance.now();
    await runs.list();
    times.push(performance.now() - from);
  }
  return times;
}
