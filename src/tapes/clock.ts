/** When something was, in three times, ms: on the tape, in the run that plays it, and as if that run had not been sped up. */
interface Anchor {
  recorded: number;
  now: number;
  full: number;
}

/** Carries times of a tape over to the run that plays it. It learns with every call; a wait of people that takes longer moves all that comes after. */
export class TapeClock {
  /** By recorded time; in none of the three does it ever go back. */
  readonly #anchors: Anchor[];
  readonly #speed: number;
  /** Stretches of the new run in which calls were under way, at the tape's speed; apart from each other and in order. */
  #busy: [number, number][] = [];

  constructor(start: { recorded: number; now: number }, speed = 1) {
    this.#anchors = [{ ...start, full: start.now }];
    this.#speed = speed;
  }

  /** A call of the tape begins now. Answers how its times, and those that it tells of, are to be carried over; one that comes again teaches nothing. */
  call(
    call: { at: number; tookMs: number },
    now: number,
    teaches = true,
  ): { now: (recorded: number) => number; full: (recorded: number) => number } {
    const lasts = call.tookMs / this.#speed;
    const begins = { recorded: call.at, now, full: this.#full(now) };
    this.#busy = joined([...this.#busy, [now, now + lasts]]);
    const ends = { recorded: call.at + call.tookMs, now: now + lasts, full: this.#full(now + lasts) };
    if (teaches) this.#learn(begins);
    if (teaches) this.#learn(ends);
    const carried = (of: 'now' | 'full') => (recorded: number) => {
      if (recorded >= ends.recorded) return ends[of] + recorded - ends.recorded;
      if (recorded >= begins.recorded) return between(begins, ends, recorded, of);
      return Math.min(begins[of], this.#carried(recorded, of));
    };
    return { now: carried('now'), full: carried('full') };
  }

  /** Time that a run lets pass, ms; it counts in full however fast the tape is played. */
  rest(ms: number, now: number): void {
    this.#busy = joined([...this.#busy, [now, now + ms / this.#speed]]);
  }

  /** The other way, for times from before the run: those can be told exactly. */
  recorded(now: number): number {
    const [first] = this.#anchors;
    return now <= first!.now ? first!.recorded - (first!.now - now) : now;
  }

  #full(now: number): number {
    const busy = this.#busy.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(now, to) - from), 0);
    return now + busy * (this.#speed - 1);
  }

  /** Side by side work is not in one order on the tape and now: what was later on the tape is never carried before what was earlier. */
  #learn(anchor: Anchor): void {
    const index = this.#anchors.findLastIndex(({ recorded }) => recorded <= anchor.recorded);
    const before = this.#anchors[Math.max(0, index)]!;
    const moved = { recorded: anchor.recorded, now: Math.max(before.now, anchor.now), full: Math.max(before.full, anchor.full) };
    this.#anchors.splice(index + 1, 0, moved);
    for (const later of this.#anchors.slice(index + 2)) {
      later.now = Math.max(later.now, moved.now);
      later.full = Math.max(later.full, moved.full);
    }
  }

  #carried(recorded: number, of: 'now' | 'full'): number {
    const index = this.#anchors.findLastIndex((anchor) => anchor.recorded <= recorded);
    const [before, after] = [this.#anchors[index], this.#anchors[index + 1]];
    if (!before) return after![of] - (after!.recorded - recorded);
    return after ? between(before, after, recorded, of) : before[of] + recorded - before.recorded;
  }
}

function between(one: Anchor, other: Anchor, recorded: number, of: 'now' | 'full'): number {
  const length = other.recorded - one.recorded;
  return length <= 0 ? other[of] : one[of] + ((other[of] - one[of]) * (recorded - one.recorded)) / length;
}

function joined(stretches: [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}
