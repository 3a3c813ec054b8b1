import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { awsRegions, type Place } from '../../src/range/aws/call.ts';
import { startGateway, type Gateway } from '../../src/range/aws/gateway.ts';
import { fakeEstate, type FakeEstate } from './fake-estate.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export interface Practice {
  gateway: Gateway;
  estate: FakeEstate;
  /** What the gateway logged. */
  lines: string[];
  /** Settings of an AWS client for one of the endpoints; a single attempt, so that every call is one call. */
  at(place: Place): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: 1 };
}

/** A gateway over a fresh estate in memory. */
export async function practice(more: { switchPort?: number } = {}): Promise<Practice> {
  const estate = fakeEstate();
  const lines: string[] = [];
  const gateway = await startGateway({ estate, log: (line) => lines.push(line), ...more });
  return {
    gateway,
    estate,
    lines,
    at: (place) => ({
      endpoint: gateway.endpoints[place],
      region: awsRegions[place],
      credentials: { accessKeyId: 'practice', secretAccessKey: gateway.secret },
      maxAttempts: 1,
    }),
  };
}

/** Asks again and again until the answer fits; fails with the last answer after five seconds. */
export async function until<T>(ask: () => Promise<T> | T, fits: (answer: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 5_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > giveUpAt) assert.fail(`it stayed ${JSON.stringify(answer)}`);
    await delay(25);
  }
}
