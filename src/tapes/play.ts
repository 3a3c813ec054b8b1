import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { archiveActivities } from '../activities/records/index.ts';
import type { TemporalTarget } from '../config/temporal.ts';
import { follow } from '../runs/follow.ts';
import { knowsSearchAttributes } from '../runs/searchable.ts';
import { finalStates, type Person, type RunView } from '../workflows/messages.ts';
import { Player } from './player.ts';
import { runIdOf, startTape } from './start.ts';
import type { Tape } from './tape.ts';
import { taskQueueOf, withPlayer } from './worker.ts';

export interface Play {
  client: Client;
  target: Pick<TemporalTarget, 'namespace' | 'connectionOptions'>;
  /** How many times as fast as it was. */
  speed: number;
  /** Who may decide; those of the tape when left out. */
  people?: readonly Person[];
  /** Folder of the archive; the run leaves its report there, marked as a tape. */
  archive: string;
  signal: AbortSignal;
  /** Told every view; whoever decides here does it in this. */
  seen: (view: RunView, handle: WorkflowHandle) => Promise<void>;
  started?: (runId: string) => void;
}

/** Plays a tape with people who decide now. Answers the last view; when it is ended before, the run is terminated. */
export async function play(tape: Tape, options: Play): Promise<RunView | undefined> {
  const { client, target, speed, signal } = options;
  // Every poll of a long run listens to it.
  setMaxListeners(0, signal);
  const runId = runIdOf(tape, new Date(), randomBytes(2).toString('hex'));
  const { archiveRun } = archiveActivities({ archive: { folder: options.archive } });
  const wait = (ms: number) => delay(ms);
  const player = new Player(tape, { runId, speed, wait, archive: (view) => archiveRun({ view }) });
  return withPlayer(target, { taskQueue: taskQueueOf(runId), player }, async () => {
    const searchable = await knowsSearchAttributes(client);
    const people = options.people === undefined ? {} : { people: options.people };
    const startedAt = Date.now();
    player.begin(startedAt);
    const handle = await startTape(client, tape, { runId, startedAt, speed, searchable, ...people });
    options.started?.(runId);
    try {
      const last = await lastView(client, handle, options);
      if (last && finalStates.includes(last.state)) await handle.result().catch(() => undefined);
      return last;
    } finally {
      // Without this process nobody would ever answer it again.
      if (signal.aborted || (await isOpen(handle))) await handle.terminate('the tape is taken out').catch(() => undefined);
    }
  });
}

async function lastView(client: Client, handle: WorkflowHandle, { signal, seen }: Play): Promise<RunView | undefined> {
  const view = () => handle.query<RunView>('view');
  const isLast = ({ state }: RunView) => finalStates.includes(state);
  let last: RunView | undefined;
  for await (const now of follow<RunView>(client, { workflowId: handle.workflowId, kind: 'run', view, isLast }, signal)) {
    last = now;
    await seen(now, handle);
  }
  return last;
}

const isOpen = async (handle: WorkflowHandle): Promise<boolean> =>
  handle.describe().then(
    ({ status }) => status.name === 'RUNNING',
    () => false,
  );
