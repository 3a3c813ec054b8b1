import { duration } from '../words/durations.ts';
import type { Tape, TapeCall } from './tape.ts';

/** What a what-if changes; times in ms. */
export interface Changes {
  /** The standby lags so far behind, wherever that was read. */
  lagMs?: number;
  /** Every gate is decided so long after it was opened. */
  decisionMs?: number;
  /** A service refuses its first calls. */
  throttle?: readonly { uses: string; times: number }[];
  /** One field of every answer of an activity. */
  answers?: readonly { activity: string; path: readonly string[]; value: unknown }[];
}

/** The same tape with other answers. Throws a sentence when it has nothing that could be changed so. */
export function changed(tape: Tape, { lagMs, decisionMs, throttle = [], answers = [] }: Changes): Tape {
  let next = tape;
  if (lagMs !== undefined) next = withLag(next, lagMs);
  if (decisionMs !== undefined) next = withDecisions(next, decisionMs);
  for (const fault of throttle) next = withFault(next, fault);
  for (const answer of answers) next = withAnswer(next, answer);
  return next;
}

const edited = (tape: Tape, edit: string): Tape => ({ ...tape, edits: [...tape.edits, edit] });

function withLag(tape: Tape, lagMs: number): Tape {
  const lagging = (call: TapeCall): TapeCall | undefined => {
    const value = call.outcome.is === 'result' ? (call.outcome.value as Record<string, unknown> | null | undefined) : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    if (call.activity === 'replicationState' && value['inRecovery'] === true) return answering(call, { ...value, lagMs });
    if (call.activity === 'missingOrders') return answering(call, { ...value, ...missing(value, lagMs) });
    return undefined;
  };
  return edited(everywhere(tape, lagging, 'the lag of a standby was not read on this tape'), `the standby lags ${duration(lagMs)} behind`);
}

/** As many orders in the time as were missing in the recorded one; one at least, because a lag without a loss is none. */
function missing({ count, lostMs }: Record<string, unknown>, lagMs: number): { count: number; lostMs: number } {
  const rate = typeof count === 'number' && typeof lostMs === 'number' && lostMs > 0 ? count / lostMs : 1 / 1_000;
  return { lostMs: lagMs, count: lagMs === 0 ? 0 : Math.max(1, Math.round(rate * lagMs)) };
}

function withDecisions(tape: Tape, decisionMs: number): Tape {
  const runs = tape.runs.map((run) => {
    const said = run.said.map((one) => {
      const gate = run.outcome.gates.find(({ id }) => id === one.gate);
      if (!gate) return one;
      const last = run.said.findLast((other) => other.gate === one.gate);
      const then = Date.parse(gate.openedAt) + decisionMs;
      const at = one === last ? then : Math.min(then, Date.parse(one.at));
      return { ...one, at: new Date(at).toISOString() };
    });
    return { ...run, said };
  });
  if (!tape.runs.some(({ said }) => said.some(({ gate }) => gate !== undefined))) throw new Error('nobody decided anything on this tape');
  return edited({ ...tape, runs }, `every decision takes ${duration(decisionMs)}`);
}

function withFault(tape: Tape, { uses, times }: { uses: string; times: number }): Tape {
  const known = [...new Set(tape.runs.flatMap(({ calls }) => calls.flatMap((call) => call.uses)))].sort();
  if (!known.includes(uses)) throw new Error(`nothing on this tape speaks to ${uses}; it speaks to ${known.join(', ')}`);
  const faults = [...tape.faults, { uses, times }];
  return edited({ ...tape, faults }, `${uses} refuses its first ${times === 1 ? 'call' : `${times} calls`}`);
}

function withAnswer(tape: Tape, { activity, path, value }: NonNullable<Changes['answers']>[number]): Tape {
  const change = (call: TapeCall) => {
    if (call.activity !== activity || call.outcome.is !== 'result') return undefined;
    return answering(call, put(call.outcome.value, path, value, `${activity}.${path.join('.')}`));
  };
  const names = [...new Set(tape.runs.flatMap(({ calls }) => calls.map((call) => call.activity)))].sort();
  const next = everywhere(tape, change, `${activity} has no answer on this tape; those with one: ${names.join(', ')}`);
  return edited(next, `${[activity, ...path].join('.')} is ${JSON.stringify(value)}`);
}

const answering = (call: TapeCall, value: unknown): TapeCall => ({ ...call, outcome: { is: 'result', value } });

function everywhere(tape: Tape, change: (call: TapeCall) => TapeCall | undefined, none: string): Tape {
  let count = 0;
  const runs = tape.runs.map((run) => ({
    ...run,
    calls: run.calls.map((call) => {
      const other = change(call);
      if (other) count += 1;
      return other ?? call;
    }),
  }));
  if (count === 0) throw new Error(none);
  return { ...tape, runs };
}

/** A copy with one field set; the field must be there, so that a slip of the pen changes nothing unseen. */
function put(into: unknown, [first, ...rest]: readonly string[], value: unknown, path: string): unknown {
  if (first === undefined) return value;
  if (typeof into !== 'object' || into === null || !(first in into)) throw new Error(`there is no ${path} on this tape: no field ${first}`);
  if (Array.isArray(into)) return into.map((item: unknown, index) => (String(index) === first ? put(item, rest, value, path) : item));
  const fields = into as Record<string, unknown>;
  return { ...fields, [first]: put(fields[first], rest, value, path) };
}
