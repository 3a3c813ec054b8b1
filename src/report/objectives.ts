import type { GateView, RunView } from '../workflows/messages.ts';
import type { DrillScore } from '../workflows/plans/drill-plan.ts';
import type { LostOrders, Objective, Objectives } from './content.ts';
import type { KnownMeasures } from './measures.ts';
import { count, list } from '../words/amounts.ts';
import { duration } from '../words/durations.ts';
import { runMarks } from '../words/states.ts';

/** What was promised against what was measured; what was not measured stays unknown and is never counted as kept. */
export function objectivesOf(view: RunView, { outage, targets, lost }: KnownMeasures): Objectives {
  const rto = objective(targets?.rtoMs, outage?.totalMs);
  return {
    // An outage that still goes on can be judged as missed, but not as kept.
    rto: outage && !outage.over && rto.met !== false ? { ...rto, met: null } : rto,
    rpo: objective(targets?.rpoMs, lost?.count === 0 ? 0 : lost?.lostMs),
    ...(outage && { outage }),
    lostOrders: lost?.count ?? null,
    decisionMs: view.gates.reduce((sum, gate) => sum + decisionMs(gate), 0),
  };
}

export function decisionMs({ state, openedAt, decidedAt }: GateView): number {
  return state === 'simulated' || decidedAt === undefined ? 0 : Date.parse(decidedAt) - Date.parse(openedAt);
}

/** Every acknowledged order that is gone, oldest first. */
export function lostOrdersOf({ lost }: KnownMeasures): LostOrders | undefined {
  if (!lost) return undefined;
  const orders = lost.orders.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return {
    count: lost.count,
    acknowledged: lost.acknowledged ?? null,
    lostMs: lost.lostMs ?? null,
    orders,
    unlisted: Math.max(0, lost.count - orders.length),
  };
}

/** How it ended, in sentences that need no knowledge of the system. */
export function resultSentences(view: RunView, known: KnownMeasures): string[] {
  if (view.mode === 'simulate') {
    const changes = view.steps.reduce((sum, { predicted }) => sum + predicted.length, 0);
    return [
      `This was a simulation, and nothing was changed. The run: ${runMarks[view.state].word}; live it would make ${count(changes, 'change')}, listed below.`,
    ];
  }
  const skipped = view.steps.filter(({ state }) => state === 'skipped').map(({ title }) => `“${title}”`);
  const failed = view.steps.filter(({ state }) => state === 'failed' || state === 'compensationFailed').map(({ title }) => `“${title}”`);
  const unread = view.steps
    .filter(({ state }) => state === 'notMeasured')
    .map(({ title, failure }) => `“${title}” (${failure?.message ?? 'no reason given'})`);
  const unsent = view.messages.filter(({ state }) => state === 'notSent').length;
  return [
    ...(view.mode === 'tape' ? ['This run played a tape: a past run answered, nothing was touched, and only the decisions are new.'] : []),
    `The run: ${runMarks[view.state].word}.`,
    ...drillSentence(view),
    ...outageSentence(known),
    ...lossSentence(known),
    ...(known.fence?.fenced === false ? [`The old primary was not fenced${known.fence.why ? `: ${known.fence.why}` : ''}.`] : []),
    ...(skipped.length > 0 ? [`Left out by a person: ${list(skipped)}.`] : []),
    ...(unread.length > 0 ? [`Not measured: ${list(unread)}.`] : []),
    ...(failed.length > 0 ? [`Failed: ${list(failed)}.`] : []),
    ...(unsent > 0 ? [`${count(unsent, 'message')} could not be sent.`] : []),
  ];
}

function objective(targetMs: number | undefined, actualMs: number | null | undefined): Objective {
  const known = targetMs !== undefined && actualMs !== null && actualMs !== undefined;
  return { targetMs: targetMs ?? null, actualMs: actualMs ?? null, met: known ? actualMs <= targetMs : null };
}

function outageSentence({ outage }: KnownMeasures): string[] {
  if (!outage) return [];
  if (!outage.over) return [`Customers were still waiting when the run ended, for ${duration(outage.totalMs)} by then.`];
  if (outage.totalMs === 0) return ['Customers did not notice: none of their orders failed.'];
  return [`Customers waited ${duration(outage.totalMs)}; ${count(outage.failed, 'of their orders', 'of their orders')} failed meanwhile.`];
}

function lossSentence({ lost }: KnownMeasures): string[] {
  if (!lost) return [];
  return [
    lost.count === 0 ? 'No acknowledged order was lost.' : `${count(lost.count, 'acknowledged order is', 'acknowledged orders are')} gone.`,
  ];
}

function drillSentence({ measures }: RunView): string[] {
  const score = measures['drill'] as DrillScore | undefined;
  if (!score) return [];
  const met = score.criteria.filter((one) => one.met === true).length;
  return [
    `The exercise was ${score.passed ? '' : 'not '}passed: ${met} of ${score.criteria.length} criteria were met, ${score.score} of 100.`,
    ...score.criteria.filter((one) => one.met !== true).map(({ name, needed, have }) => `Missed: ${name}; needed ${needed}, have ${have}.`),
  ];
}
