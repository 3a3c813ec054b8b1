import { loadEnvironment } from '../src/config/environment.ts';
import { createRuns, type Runs } from '../src/runs/runs.ts';
import { isQuiet, patiently } from './approval.ts';
import { untilAtGate } from './at-their-gate.ts';
import { median, percentile, ratio, type Figure } from './figures.ts';
import { startOutside, type Outside } from './outside.ts';
import type { Sizes } from './sizes.ts';
import { environmentFile, type Stage } from './stage.ts';
import { startWorkerProcess } from './worker-process.ts';

const startsAtOnce = 20;
const settleMs = 3_000;
const endsWithinMs = 60_000;
const acted = '/MUSTER_RANGE_VANTAGE_CONTROL/west';

/** One worker process with ever more runs that wait at a gate: its memory, how fast an approval acts then, and how fast runs are listed. */
export async function waitingRuns(
  stage: Stage,
  sizes: Sizes,
  say: (line: string) => void,
  keep: (figure: Figure) => void,
): Promise<Figure[]> {
  const outside = await startOutside();
  try {
    const worker = await startWorkerProcess(stage, outside.url);
    try {
      const runs = createRuns({ client: stage.client, environment: await loadEnvironment(environmentFile) });
      const approve = (runId: string) => timeApproval(runs, outside, stage, runId);
      const idle = async (count: number): Promise<number[]> => {
        const times: number[] = [];
        while (times.length < count) times.push((await approve(await startOne(runs))).actMs);
        return times;
      };
      await idle(sizes.warmUp * 2);
      const before = await idle(sizes.approvals / 2);
      const waiting: string[] = [];
      for (const count of sizes.waiting) {
        say(`${count} runs wait`);
        await startMany(runs, waiting, count);
        await untilAtGate(stage.client, waiting, { say });
        keep(memoryFigure(count, await worker.memory(settleMs)));
      }
      say(`approvals and lists while ${waiting.length} wait`);
      const lists = await listTimes(runs, sizes.lists);
      const approvals: Awaited<ReturnType<typeof approve>>[] = [];
      for (const runId of spread(waiting, sizes.approvals)) approvals.push(await approve(runId));
      // The other half of the idle readings comes last, so that a worker that is warm by then is compared with itself.
      await endAll(stage);
      const times = [...before, ...(await idle(sizes.approvals / 2))];
      const busy = approvals.map(({ actMs }) => actMs);
      const views = approvals.map(({ viewMs }) => viewMs);
      return [
        ratio(`approval, ${waiting.length} runs wait`, busy, times, 'idle'),
        plain('first look at one of them', median(views), { views }, `median of ${views.length}, before its approval`),
        plain('list of runs, p95', percentile(lists, 95), { lists }, `median ${median(lists).toFixed(1)} ms of ${lists.length}, newest 50`),
      ];
    } finally {
      await worker.stop();
    }
  } finally {
    await outside.stop();
  }
}

function plain(name: string, measured: number, samples: Figure['samples'], detail: string): Figure {
  return { name, measured, unit: 'ms', samples, detail };
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

/** Starts runs, some at once, until so many wait. */
async function startMany(runs: Runs, waiting: string[], count: number): Promise<void> {
  let left = count - waiting.length;
  const startNext = async (): Promise<void> => {
    while (left-- > 0) waiting.push(await startOne(runs));
  };
  await Promise.all(Array.from({ length: startsAtOnce }, startNext));
}

/** So many of the runs, old and new alike: the worker may have put the old ones away. */
function spread(runIds: readonly string[], count: number): string[] {
  const every = runIds.length / Math.min(count, runIds.length);
  return Array.from({ length: Math.min(count, runIds.length) }, (_, index) => runIds[Math.floor(index * every)]!);
}

async function endAll({ client }: Stage): Promise<void> {
  const query = "WorkflowType = 'failOverRegion' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of client.workflow.list({ query })) await client.workflow.getHandle(workflowId).terminate('measured');
}

/** How long people wait for the first look at the run, and then from the approval, as the API sends it, to the next step's call. */
async function timeApproval(runs: Runs, outside: Outside, { client }: Stage, runId: string): Promise<{ viewMs: number; actMs: number }> {
  const asked = performance.now();
  await runs.view(runId);
  const viewMs = performance.now() - asked;
  const { gates } = await patiently(client, runId, () => runs.view(runId), isQuiet);
  const { id, digest } = gates[0]!;
  const from = performance.now();
  const [act] = await Promise.all([outside.call(acted), runs.command(runId, 'approve', { gate: id, digest, by: 'ana', channel: 'api' })]);
  await client.withDeadline(Date.now() + endsWithinMs, () => client.workflow.getHandle(runId).result());
  return { viewMs, actMs: act - from };
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
