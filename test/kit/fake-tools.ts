import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { classify } from '../../src/activities/kit/kinds.ts';
import type { LeaseAnswer } from '../../src/workflows/lifecycle/leases.ts';

/** Tools without an outside world: they note what was asked of them, and fail when told to. */
export function fakeTools() {
  const done: string[] = [];
  const failing = new Map<string, string>();
  const held = new Set<string>();
  const state = {
    lag: 1_000 as number,
    /** Readings that come before the lag is as it is. */
    flicker: [] as number[],
    observation: { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 },
    messagesFail: false,
  };
  const sent: string[] = [];
  const perform = (name: string) => {
    const failure = failing.get(name);
    if (failure) throw ApplicationFailure.nonRetryable(`${name} does not work`, failure);
    done.push(name);
  };
  const message = classify('notify', async ({ text, summary, body }: { text?: string; summary?: string; body?: string }) => {
    sent.push(text ?? summary ?? body ?? '');
    return state.messagesFail ? { sent: false, problem: 'connection refused' } : { sent: true };
  });
  return {
    ...{ done, failing, held, state, sent },
    activities: {
      /** Takes as long as its name is held. */
      act: classify('change', async (name: string) => {
        while (held.has(name)) {
          Context.current().heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        perform(name);
      }),
      /** Is in the middle of its change when it is asked to stop, and finishes what it began. */
      slowAct: classify('change', async (name: string) => {
        done.push(`${name} begins`);
        const { cancelled } = Context.current();
        const beat = setInterval(() => Context.current().heartbeat(), 100);
        await cancelled.catch(() => undefined);
        clearInterval(beat);
        await new Promise((resolve) => setTimeout(resolve, 300));
        perform(name);
      }),
      undo: classify('change', async (name: string) => perform(`undo ${name}`)),
      lag: classify('read', async (_: void) => {
        perform('lag');
        return state.flicker.shift() ?? state.lag;
      }),
      /** Waits for what a change does. */
      observe: classify('proof', async (_: void) => state.observation),
      acquireLeases: async (): Promise<LeaseAnswer> => ({ granted: true }),
      releaseLeases: async ({ holder }: { holder: string }) => void done.push(`release ${holder}`),
      transferLeases: async ({ from, to }: { from: string; to: string }) => void done.push(`transfer ${from} ${to}`),
      archiveRun: async () => ({ folder: '', files: [], hash: '' }),
      ...{ notifySlack: message, notifyPagerDuty: message, notifyStatuspage: message },
    },
  };
}

export type FakeTools = ReturnType<typeof fakeTools>['activities'];
