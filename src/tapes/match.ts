import { canonicalJson } from '../workflows/canonical-json.ts';
import { likeness } from './carry.ts';
import type { TapeCall } from './tape.ts';

/** What the run that plays asks for; its arguments are already as they were on the tape. */
export interface Wanted {
  activity: string;
  step: string;
  args: readonly unknown[];
}

/** The answers of one run of a tape, given out in their order. */
export class Answers {
  readonly #calls: readonly TapeCall[];
  readonly #used = new Set<TapeCall>();

  constructor(calls: readonly TapeCall[]) {
    this.#calls = calls;
  }

  /**
   * The same activity in the same step, the same arguments first, in order; the last one again when they run out. Else the same activity in
   * another step. An answer about another region, database or service is never taken. Undefined when there is none;
   * `again` when it was given before.
   */
  take(wanted: Wanted): { call: TapeCall; again: boolean } | undefined {
    const able = this.#calls.filter(({ activity, args }) => activity === wanted.activity && !aboutOther(args, wanted.args));
    const here = able.filter(({ step }) => likeness(step) === likeness(wanted.step));
    const found = this.#best(here, wanted) ?? this.#best(able, wanted);
    if (!found) return undefined;
    const again = this.#used.has(found);
    this.#used.add(found);
    return { call: found, again };
  }

  #best(calls: readonly TapeCall[], { args }: Wanted): TapeCall | undefined {
    const asked = textOf(args);
    const exact = calls.filter((call) => textOf(call.args) === asked);
    const alike = calls.filter((call) => likeness(textOf(call.args)) === likeness(asked));
    const fresh = (some: readonly TapeCall[]) => some.find((call) => !this.#used.has(call));
    return fresh(exact) ?? exact.at(-1) ?? fresh(alike) ?? alike.at(-1) ?? fresh(calls) ?? calls.at(-1);
  }
}

const textOf = (args: readonly unknown[]): string => canonicalJson(args);

/** What an answer is about; an answer about another one would be a lie. */
const subjects = ['service', 'region', 'database', 'dns', 'endpoint', 'cluster', 'name'];

function aboutOther([one]: readonly unknown[], [other]: readonly unknown[]): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return subjects.some((key) => typeof a[key] === 'string' && typeof b[key] === 'string' && likeness(a[key]) !== likeness(b[key]));
}
