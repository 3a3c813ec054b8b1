import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import { Failure } from '../../src/workflows/failures.ts';
import type { Delivery } from '../../src/workflows/incident/messages.ts';
import { sinks } from '../../src/workflows/tools.ts';

/** Sends messages one after the other, each until it is taken, as an incident does; answers how many tries each took. */
export async function sendAll(deliveries: Delivery[]): Promise<number[]> {
  const tries = [];
  for (const delivery of deliveries) tries.push(await sendOne(delivery));
  return tries;
}

async function sendOne(delivery: Delivery): Promise<number> {
  let unsure = false;
  for (let tries = 1; ; tries++) {
    try {
      const asked = { ...delivery, unsure } as never;
      await (delivery.post.sink === 'slack' ? sinks.deliverSlack(asked) : sinks.deliverEmail(asked));
      return tries;
    } catch (error) {
      unsure ||= !isSure(error);
      await sleep('30s');
    }
  }
}

function isSure(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type !== Failure.UnknownOutcome;
}
