import type { Client, WorkflowHandle } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandAnswer, CommandOf, RunView } from '../src/workflows/messages.ts';
import { ratio, type Figure } from './figures.ts';
import { inTurn } from './pairs.ts';
import type { Sizes } from './sizes.ts';
import type { Stage } from './stage.ts';
import { whereItStands } from './where-it-stands.ts';

const patienceMs = 20_000;

/** From the client's approval to the next act, with one fact that is read again on both sides. */
export async function approval(stage: Stage, sizes: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const toNextAct = async (handle: WorkflowHandle, approve: () => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await approve();
    await handle.result();
    return stage.actsOf(handle.workflowId)[0]! - from;
  };
  const kit = async (): Promise<number> => {
    const handle = await stage.start('kit', 'approval');
    const view = await patiently(stage.client, handle.workflowId, () => handle.query<RunView>('view'), isQuiet);
    const { id, digest } = view.gates[0]!;
    const command: CommandOf['approve'] = { gate: id, digest, by: 'ana' };
    return toNextAct(handle, () => handle.executeUpdate<CommandAnswer, [CommandOf['approve']]>('approve', { args: [command] }));
  };
  const bare = async (): Promise<number> => {
    const handle = await stage.start('bare', 'approval');
    const isWaiting = () => handle.query<boolean>('waiting');
    await patiently(stage.client, handle.workflowId, isWaiting, (waiting) => waiting);
    return toNextAct(handle, () => handle.executeUpdate('approve'));
  };
  const readings = await inTurn({ kit, bare }, { rounds: sizes.approvalPairs, warmUp: sizes.warmUp, say });
  return [ratio('approval to next act', readings.kit, readings.bare, 'bare')];
}

/** People take longer to read than messages take to leave, so those are not measured with the approval. */
export function isQuiet({ gates, messages }: RunView): boolean {
  return gates[0]?.state === 'open' && messages.every(({ state }) => state !== 'sending');
}

/** Asks a run until it is so. Throws after 20 s, and says where the run stands then. */
export async function patiently<T>(client: Client, runId: string, read: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await read();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs / 1000} s in vain for ${await whereItStands(client, runId)}`);
    await delay(20);
  }
}
