import { createHash } from 'node:crypto';
import { ApiProblem, problemOf } from './errors.ts';

const lifeMs = 24 * 3_600_000;
const mostEntries = 10_000;

/** Remembers what each Idempotency-Key was used for; repeats themselves are made harmless by ids in Temporal, also across restarts. */
export interface Ledger {
  /** Acts, unless `key` came with another body within this scope before: then it throws a 422 problem. */
  once<T>(scope: string, key: string | undefined, body: unknown, act: () => Promise<T>): Promise<T>;
}

/** Keeps a ledger in memory: 24 hours, the newest 10,000 keys. */
export function createLedger(now: () => number = Date.now): Ledger {
  const entries = new Map<string, { print: string; until: number }>();
  return {
    once: async (scope, key, body, act) => {
      if (key === undefined) return act();
      const name = `${scope} ${key}`;
      const print = fingerprint(body);
      const known = entries.get(name);
      const used = known !== undefined && known.until > now();
      if (used && known.print !== print) {
        const field = { pointer: '/idempotency-key', detail: 'was used with another body', in: 'header' as const };
        throw new ApiProblem(422, 'InvalidInput', 'This Idempotency-Key was used with another body; take a new key.', { fields: [field] });
      }
      if (used) return act();
      entries.delete(name);
      entries.set(name, { print, until: now() + lifeMs });
      if (entries.size > mostEntries) entries.delete(entries.keys().next().value!);
      try {
        return await act();
      } catch (error) {
        // A refusal recorded nothing, so the same key may come again with a corrected body.
        if (problemOf(error, scope).status < 500) entries.delete(name);
        throw error;
      }
    },
  };
}

/** An id that is the same for the same request: a repeat finds its own answer, and never somebody else's. */
export function commandId(scope: string, key: string, body: unknown): string {
  return createHash('sha256')
    .update(`${scope}\n${key}\n${fingerprint(body)}`)
    .digest('hex')
    .slice(0, 32);
}

/** Hash of a value that does not depend on the order of keys. */
function fingerprint(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash('sha256').update(sorted).digest('hex');
}
