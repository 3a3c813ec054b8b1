import { condition, continueAsNew, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';

export interface Count {
  /** Runs of the workflow so far. */
  runs: number;
  state: 'open' | 'closed';
}

/** Goes on as a new run at each signal, three times in all. */
export async function goesOn(count: Count = { runs: 1, state: 'open' }): Promise<void> {
  let asked = false;
  setHandler(defineQuery<Count>('count'), () => count);
  setHandler(defineSignal('next'), () => void (asked = true));
  await condition(() => asked);
  if (count.runs === 3) count.state = 'closed';
  else await continueAsNew<typeof goesOn>({ ...count, runs: count.runs + 1 });
}
