// The same acts on the bare SDK: what there is without Muster.
import { condition, defineQuery, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';
import type { TrivialActivities } from './activities.ts';

const tools = proxyActivities<TrivialActivities>({ startToCloseTimeout: '10s' });

/** Act after act. */
export async function steps({ count }: { count: number }): Promise<void> {
  for (let number = 1; number <= count; number++) await tools.act(number);
}

/** A look and an act. */
export async function look(): Promise<void> {
  await tools.act(1);
  await tools.act(2);
}

/** Waits for an update that reads a fact again, then acts. */
export async function approval(): Promise<void> {
  let [waiting, approved] = [false, false];
  setHandler(defineQuery<boolean>('waiting'), () => waiting);
  setHandler(defineUpdate('approve'), async () => {
    await tools.lag();
    approved = true;
  });
  await tools.lag();
  waiting = true;
  await condition(() => approved);
  await tools.act(1);
}
