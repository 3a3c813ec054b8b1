import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunView } from '../workflows/messages.ts';
import { outcomeOf } from './outcome.ts';
import { Player } from './player.ts';
import { runIdOf, startTape } from './start.ts';
import type { Tape, TapeOutcome } from './tape.ts';
import { startTimeServer, type TimeServer } from './time-server.ts';
import { taskQueueOf, withPlayer } from './worker.ts';
import { duration } from '../words/durations.ts';

/** Where a what-if has come to. */
export interface WhatIf {
  outcome: TapeOutcome;
  /** Why nobody on the tape could answer; undefined when the run went on to its end. */
  stopped?: string;
}

export interface WhatIfOptions {
  /** Whoever may approves where the tape has no decision, so long after being asked, ms. */
  approveAfterMs?: number;
  /** Gives up after this much time of people, ms. */
  patienceMs?: number;
}

const patienceMs = 120_000;
/** What goes on beside an open question may go on for so long, ms: less than any gate gives people. */
const besideMs = 240_000;

/** Runs a tape with its recorded people where time is skipped: to its end, or to a question that nobody on the tape has an answer to. */
export async function whatIf(tape: Tape, options: WhatIfOptions = {}): Promise<WhatIf> {
  const server = await startTimeServer();
  try {
    return await runOn(server, tape, options);
  } finally {
    await server.stop();
  }
}

/** Why it is over: it has left its record, or nobody could answer. */
type Stop = { view?: RunView; stopped?: string };

async function runOn(server: TimeServer, tape: Tape, options: WhatIfOptions): Promise<WhatIf> {
  const runId = runIdOf(tape, new Date(), randomBytes(2).toString('hex'));
  let end!: (how: Stop) => void;
  const ended = new Promise<Stop>((resolve) => (end = resolve));
  const player = new Player(tape, {
    ...{ runId, speed: 1 },
    ...(options.approveAfterMs === undefined ? {} : { approveAfterMs: options.approveAfterMs }),
    archive: async (view) => {
      if (view.runId === runId) end({ view });
    },
    nobody: async ({ title }, because) => {
      // Else the question would expire at once.
      await server.hold();
      end({ stopped: `“${title}” waits for people: ${because}` });
    },
  });
  const target = { namespace: 'default', connectionOptions: { address: server.address } };
  return withPlayer(target, { taskQueue: taskQueueOf(runId), player }, async () => {
    const startedAt = await server.now();
    player.begin(startedAt);
    const handle = await startTape(server.client, tape, { runId, startedAt, speed: 1, recorded: true });
    const failed = handle.result().then(
      (): Stop => ({}),
      (error: Error): Stop => ({ stopped: `the run failed: ${error.message}` }),
    );
    const { view, stopped } = await Promise.race([ended, failed, tooLate(options.patienceMs ?? patienceMs)]);
    const last = view ?? (await standstill(server, handle));
    // Nothing of it may be left waiting for a worker that is gone.
    await handle.terminate('the what-if is over').catch(() => undefined);
    return { outcome: outcomeOf(last), ...(stopped === undefined ? {} : { stopped }) };
  });
}

/** Lets come to its end what goes on beside the open question. */
async function standstill(server: TimeServer, handle: WorkflowHandle): Promise<RunView> {
  for (let skipped = 0, step = 500; ; skipped += step, step = Math.min(step * 2, 30_000)) {
    const view = await handle.query<RunView>('view');
    const works = view.steps.some(({ state }) => state === 'running');
    if (!works || skipped >= besideMs) return view;
    await server.skip(step);
  }
}

async function tooLate(ms: number): Promise<Stop> {
  await delay(ms, undefined, { ref: false });
  return { stopped: `it did not come to an end within ${duration(ms)}` };
}
