import { setTimeout as delay } from 'node:timers/promises';
import { loadEnvironment } from '../src/config/environment.ts';
import { createRuns, type Runs } from '../src/runs/runs.ts';
import { isQuiet, patiently } from './approval.ts';
import { median, percentile, ratio, type Figure } from './figures.ts';
import { startOutside, type Outside } from './outside.ts';
import type { Sizes } from './sizes.ts';
import { environmentFile, type Stage } from './stage.ts';
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
      const timeApprovals = (count: number) => approvals(runs, outside, stage, count);
      await timeApprovals(sizes.warmUp);
      const idle = await timeApprovals(sizes.approvals / 2);
      const figures: Figure[] = [];
      for (const [index, count] of sizes.waiting.entries()) {
        say(`${count} runs wait`);
        await startMany(runs, count - (sizes.waiting[index - 1] ?? 0));
        await untilOpen(stage, count, say);
        figures.push(memoryFigure(count, await worker.memory(settleMs)));
      }
      const most = sizes.waiting.at(-1)!;
      say(`approvals and lists while ${most} wait`);
      const busy = await timeApprovals(sizes.approvals);
      const lists = await listTimes(runs, sizes.lists);
      // The other half of the idle readings comes last, so that a worker that is warm by then is compared with itself.
      await endAll(stage);
      idle.push(...(await timeApprovals(sizes.approvals / 2)));
      return [
        ...figures,
        ratio(`approval, ${most} runs wait`, busy, idle, 'idle'),
        {
          ...{ name: 'list of runs, p95', measured: percentile(lists, 95), unit: 'ms', samples: { lists } },
          detail: `median ${median(lists).toFixed(1)} ms of ${lists.length}, the newest 50 of ${most} runs`,
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

async function endAll({ client }: Stage): Promise<void> {
  const query = "WorkflowType = 'failOverRegion' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of client.workflow.list({ query })) await client.workflow.getHandle(workflowId).terminate('measured');
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
    const quiet = await patiently(() => runs.view(runId), isQuiet);
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
