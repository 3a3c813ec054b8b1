import type { EvidenceEntry } from '../record/evidence.ts';
import type { StepView, TimelineEntry } from '../workflows/messages.ts';
import type { Span, Stretch } from './stretches.ts';

type Since = (time: string) => number;

/** Whom a step waited for, as layers to paint over Muster's own time: its tools, tries that had to be repeated, people asked for help. */
export function stepLayers(step: StepView, span: Span, timeline: readonly TimelineEntry[], since: Since): Stretch[] {
  const calls = step.evidence
    .map((entry) => ({ ...entry, from: since(entry.at), to: since(entry.at) + entry.ms }))
    .sort((a, b) => a.from - b.from);
  const waits = helpWaits(step, span, timeline, since);
  const lastTry = waits.at(-1)?.to;
  return [
    ...calls.flatMap((call, index) => toolTime(call, index, calls, span)),
    ...calls.flatMap((call, index) => retryTime(call, calls[index - 1], span, calls)),
    ...(lastTry === undefined ? [] : [{ from: span.from, to: lastTry, who: 'retries' as const }]),
    ...waits,
  ];
}

type Call = EvidenceEntry & Span;

/** The call itself, and the pause after it where an act waits for its effect: it polls, or looks after a change of its own. */
function toolTime(call: Call, index: number, all: readonly Call[], span: Span): Stretch[] {
  const own: Stretch = { from: call.from, to: call.to, who: 'tools' };
  const next = all[index + 1];
  // Equal readings in a row are one entry that stands at the first of them.
  const repeats = (call.times ?? 1) > 1;
  if (repeats && !next) return [own, { from: call.to, to: span.to, who: 'tools' }];
  if (!next || next.from <= call.to || next.attempt !== call.attempt || otherActs(call, next)) return [own];
  const changed = all.slice(0, index + 1).some(({ kind, attempt }) => kind === 'change' && attempt === call.attempt);
  const waits = repeats || changed || next.call === call.call;
  return waits ? [own, { from: call.to, to: next.from, who: 'tools' }] : [own];
}

const otherActs = (a: Call, b: Call) => a.operation !== undefined && b.operation !== undefined && a.operation !== b.operation;

/** A failed call that was sent again, and the pause before a later attempt. */
function retryTime(call: Call, before: Call | undefined, span: Span, all: readonly Call[]): Stretch[] {
  const repeated = !call.ok && all.some((other) => other.call === call.call && other.attempt > call.attempt && other.from >= call.to);
  const layers: Stretch[] = repeated ? [{ from: call.from, to: call.to, who: 'retries' }] : [];
  if (call.attempt > (before?.attempt ?? 1)) layers.push({ from: before?.to ?? span.from, to: call.from, who: 'retries' });
  return layers;
}

/** From each failure of a step to the person who said what to do about it, or to the step's end. */
function helpWaits(step: StepView, span: Span, timeline: readonly TimelineEntry[], since: Since): Stretch[] {
  const ofStep = timeline.filter((entry) => entry.step === step.id);
  return ofStep.flatMap((entry, index): Stretch[] => {
    if (entry.kind !== 'step' || !entry.text.startsWith(`${step.title}: failed (`)) return [];
    const answer = ofStep.slice(index + 1).find(({ kind }) => kind === 'operator');
    return [{ from: since(entry.at), to: answer ? since(answer.at) : span.to, who: 'people' }];
  });
}

/** Stretches that a person's command ended, for the time in which no step runs: from what happened last to the command. */
export function waitsForOperators(timeline: readonly TimelineEntry[], run: Span, since: Since): Stretch[] {
  return timeline.flatMap((entry, index): Stretch[] => {
    if (entry.kind !== 'operator' || entry.step !== undefined) return [];
    const last = timeline.slice(0, index).findLast(({ kind }) => kind === 'step' || kind === 'gate');
    return [{ from: last ? since(last.at) : run.from, to: since(entry.at), who: 'people' }];
  });
}
