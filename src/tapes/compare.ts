import { knownMeasures } from '../report/measures.ts';
import { objectivesOf } from '../report/objectives.ts';
import type { Objective } from '../report/content.ts';
import type { RunView } from '../workflows/messages.ts';
import { likeness } from './carry.ts';
import { differences } from './facts.ts';
import type { TapeOutcome } from './tape.ts';
import { duration } from '../words/durations.ts';
import { stepMarks, wordOf } from '../words/states.ts';

/** One step beside itself; null where it was not done. */
export interface StepPair {
  title: string;
  recorded: { state: string; ms: number | null } | null;
  now: { state: string; ms: number | null } | null;
}

/** One gate beside itself. */
export interface GatePair {
  question: string;
  recorded: GateSide | null;
  now: GateSide | null;
  /** Facts that count and that were others, one sentence each. */
  facts: string[];
}
interface GateSide {
  asks: string;
  state: string;
  /** From the opening to the decision, ms; null when there was none. */
  decisionMs: number | null;
  by: string[];
}

interface Figures {
  state: string;
  rto: Objective;
  rpo: Objective;
  ordersLost: number | null;
}

/** Two runs of one tape, side by side. */
export interface Comparison {
  steps: StepPair[];
  gates: GatePair[];
  recorded: Figures;
  now: Figures;
  /** What differs first, as a sentence; null when nothing does but times. */
  first: string | null;
}

/** Sets what came of a run beside what came of the one on the tape. */
export function compareOutcomes(recorded: TapeOutcome, now: TapeOutcome): Comparison {
  const steps = pairs(recorded.steps, now.steps, ({ title }) => likeness(title)).map(([then, today]) => ({
    title: (then ?? today)!.title,
    ...{ recorded: sideOf(then), now: sideOf(today) },
  }));
  const gates = pairs(recorded.gates, now.gates, ({ question }) => likeness(question)).map(([then, today]) => ({
    question: (then ?? today)!.question,
    ...{ recorded: gateSide(then), now: gateSide(today) },
    facts: then && today ? differences(then.facts, today.facts) : [],
  }));
  return { steps, gates, recorded: figuresOf(recorded), now: figuresOf(now), first: firstOf(steps, gates) };
}

/** RTO, RPO and lost orders as the report counts them. */
export function figuresOf(outcome: TapeOutcome): Figures {
  const known = knownMeasures(outcome.measures);
  const { rto, rpo, lostOrders } = objectivesOf(outcome as unknown as RunView, known);
  return { state: outcome.state, rto, rpo, ordersLost: lostOrders };
}

/** In the order of the new run; what it has not done comes where it was. */
function pairs<T>(recorded: readonly T[], now: readonly T[], key: (item: T) => string): [T | undefined, T | undefined][] {
  const left = [...recorded];
  const found: [T | undefined, T | undefined][] = [];
  for (const item of now) {
    const index = left.findIndex((then) => key(then) === key(item));
    found.push([index < 0 ? undefined : left.splice(index, 1)[0], item]);
  }
  for (const then of left) {
    const before = recorded[recorded.indexOf(then) - 1];
    const at = before === undefined ? 0 : found.findIndex(([one]) => one === before) + 1;
    found.splice(at, 0, [then, undefined]);
  }
  return found;
}

const between = (from: string, to: string | undefined): number | null => (to === undefined ? null : Date.parse(to) - Date.parse(from));

const sideOf = (step: TapeOutcome['steps'][number] | undefined): StepPair['now'] =>
  step ? { state: step.state, ms: between(step.startedAt, step.endedAt) } : null;

function gateSide(gate: TapeOutcome['gates'][number] | undefined): GateSide | null {
  if (!gate) return null;
  const { of, quorum, state, openedAt, decidedAt, decisions } = gate;
  return { asks: `${quorum} of ${of}`, state, decisionMs: between(openedAt, decidedAt), by: decisions.map(({ by }) => by) };
}

function firstOf(steps: readonly StepPair[], gates: readonly GatePair[]): string | null {
  for (const { title, recorded, now } of steps) {
    const gate = gates.find(({ question }) => likeness(question) === likeness(title));
    if (gate && gate.facts.length > 0) return `“${title}” was asked with other facts: ${gate.facts.join('; ')}`;
    if (gate?.recorded && gate.now && gate.recorded.asks !== gate.now.asks)
      return `“${title}” asks ${gate.now.asks}, on the tape it asked ${gate.recorded.asks}`;
    if (!recorded) return `“${title}” was not done on the tape`;
    if (!now) return `“${title}” is not reached`;
    if (recorded.state !== now.state)
      return `“${title}” is ${wordOf(stepMarks, now.state)}, on the tape it was ${wordOf(stepMarks, recorded.state)}`;
  }
  const slower = steps.filter(({ recorded, now }) => Math.abs((now?.ms ?? 0) - (recorded?.ms ?? 0)) >= 1_000);
  const [first] = slower;
  if (!first) return null;
  const by = (first.now?.ms ?? 0) - (first.recorded?.ms ?? 0);
  return `“${first.title}” takes ${duration(Math.abs(by))} ${by > 0 ? 'longer' : 'less'}`;
}
