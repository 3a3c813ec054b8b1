import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

/** Waits a moment for a signal, and then a minute; answers what ended the first wait. */
export async function waiting(): Promise<string> {
  let ended = '';
  setHandler(defineSignal<[string]>('end'), (by) => void (ended = by));
  if (!(await condition(() => ended !== '', '2 seconds'))) ended = 'the timer';
  await sleep('1 minute');
  return ended;
}
