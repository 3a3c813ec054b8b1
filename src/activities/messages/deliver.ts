import { HttpAnswer, type HttpRequest, type HttpResult, pauseFor, requestGood, verdictOf } from '../kit/index.ts';
import { duration } from '../../words/durations.ts';

export interface Delivery extends Omit<HttpRequest, 'kind' | 'timeoutMs' | 'maxBytes'> {
  /** Throws when a good status does not mean a good answer. */
  check?: (answer: HttpResult) => void;
  /** The body for a second try when nobody knows whether the first one arrived; without it a repeat is harmless. */
  repeated?: unknown;
}

const tries = 3;
const tryMs = 2_500;
const allMs = 8_000;

/** Sends a message, with a few tries within eight seconds; a 429 is obeyed as far as that allows. Throws what the last try said. */
export async function deliver({ check, repeated, ...asked }: Delivery): Promise<HttpResult> {
  const deadline = Date.now() + allMs;
  let body = asked.body;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await requestGood({
        ...asked,
        body,
        kind: 'notify',
        timeoutMs: Math.min(tryMs, deadline - Date.now()),
        maxBytes: 256 * 1024,
      });
      check?.(answer);
      return answer;
    } catch (error) {
      const pause = error instanceof HttpAnswer && error.retryAfterMs !== undefined ? error.retryAfterMs : 400 * attempt;
      const verdict = verdictOf(error);
      if (verdict === 'permanent' || attempt === tries) throw error;
      if (Date.now() + pause + tryMs > deadline) {
        throw new Error(`given up, since the next try could only be in ${duration(pause)}`, { cause: error });
      }
      if (verdict === 'unknown' && repeated !== undefined) body = repeated;
      await pauseFor(pause);
    }
  }
}
