import { type Comparison, figuresOf, type GatePair, type StepPair } from '../../tapes/compare.ts';
import type { Score } from '../../tapes/score.ts';
import type { Tape } from '../../tapes/tape.ts';
import type { WhatIf } from '../../tapes/what-if.ts';
import type { Objective } from '../../report/content.ts';
import { table } from '../output.ts';
import { duration } from '../../words/durations.ts';
import { gateMarks, runMarks, stepMarks, wordOf } from '../../words/states.ts';
import { cut, oneLine } from '../view/words.ts';

const titleWidth = 56;

/** What a tape holds, for people. */
export function renderTape(tape: Tape): string {
  const { outcome } = tape.runs[0]!;
  const { rto, rpo, ordersLost } = figuresOf(outcome);
  const calls = tape.runs.flatMap((run) => run.calls);
  const uses = [...new Set(calls.flatMap((call) => call.uses))].sort();
  const lasted = outcome.endedAt === undefined ? '' : `, ${duration(Date.parse(outcome.endedAt) - Date.parse(outcome.startedAt))}`;
  return [
    `${oneLine(outcome.title)}: ${wordOf(runMarks, outcome.state)}${lasted}`,
    `recorded ${outcome.startedAt} in ${outcome.environment} (${outcome.runId})`,
    `asked for by ${outcome.requestedBy}: ${oneLine(outcome.reason)}`,
    '',
    `Answers   ${calls.length} of ${uses.join(', ') || 'nothing'}`,
    `Runs      ${tape.runs.map(({ workflow }) => workflow).join(', ')}${tape.missing.length > 0 ? `; without ${tape.missing.join(', ')}` : ''}`,
    ...outcome.gates.map(
      ({ question, of, quorum, state, openedAt, decidedAt, decisions }) =>
        `Gate      ${oneLine(question)} ${wordOf(gateMarks, state)} by ${decisions.map(({ by }) => by).join(' and ') || 'nobody'} (${quorum} of ${of})${decidedAt === undefined ? '' : ` after ${duration(Date.parse(decidedAt) - Date.parse(openedAt))}`}`,
    ),
    `RTO       ${objective(rto)}`,
    `RPO       ${objective(rpo)}`,
    `Orders    ${ordersLost ?? 'not measured'} lost`,
    ...tape.edits.map((edit) => `Changed   ${edit}`),
  ].join('\n');
}

/** A what-if beside the recorded run. */
export function renderWhatIf(tape: Tape, { stopped }: WhatIf, comparison: Comparison, tookMs: number): string {
  return [
    `WHAT IF ${tape.edits.join(', and ') || 'nothing is changed'}? Played in ${duration(tookMs)}; nothing was touched.`,
    '',
    ...sideBySide(comparison, 'WHAT IF'),
    '',
    ...(stopped === undefined ? [] : [`Ends here: ${oneLine(stopped)}`]),
    `Differs first: ${comparison.first === null ? 'nothing' : oneLine(comparison.first)}`,
  ].join('\n');
}

/** How a drill with a tape went. */
export function renderScore({ total, lost, comparison }: Score, report: string | undefined): string {
  return [
    'TAPE: nothing happened.',
    '',
    ...sideBySide(comparison, 'NOW', false),
    '',
    `Score ${total} of 100`,
    ...lost.map(({ points, why }) => `  −${points}  ${oneLine(why)}`),
    ...(report === undefined ? [] : [`Report ${report}`]),
  ].join('\n');
}

function sideBySide({ steps, gates, recorded, now }: Comparison, heading: string, times = true): string[] {
  const figures = [
    ['Ended as', wordOf(runMarks, recorded.state), wordOf(runMarks, now.state)],
    ['RTO', objective(recorded.rto), objective(now.rto)],
    ['RPO', objective(recorded.rpo), objective(now.rpo)],
    ['Orders lost', String(recorded.ordersLost ?? 'not measured'), String(now.ordersLost ?? 'not measured')],
  ];
  return [
    table(
      ['STEP', 'RECORDED', heading],
      steps.map((step) => [cut(step.title, titleWidth), stepSide(step.recorded, times), stepSide(step.now, times)]),
    ),
    '',
    table(
      ['GATE', 'RECORDED', heading],
      gates.map((gate) => [cut(gate.question, titleWidth), gateSide(gate.recorded), gateSide(gate.now)]),
    ),
    '',
    table(['', 'RECORDED', heading], figures),
  ];
}

function stepSide(side: StepPair['now'], times: boolean): string {
  if (side === null) return '–';
  const mark = wordOf(stepMarks, side.state);
  return times && side.ms !== null ? `${mark}, ${duration(side.ms)}` : mark;
}

function gateSide(side: GatePair['now']): string {
  if (side === null) return '–';
  return `${wordOf(gateMarks, side.state)}${side.decisionMs === null ? '' : ` after ${duration(side.decisionMs)}`} (${side.asks})`;
}

function objective({ actualMs, targetMs, met }: Objective): string {
  if (actualMs === null) return 'not measured';
  if (targetMs === null) return duration(actualMs);
  return `${duration(actualMs)} of ${duration(targetMs)}${met === null ? '' : met ? ' ✔' : ' ✖'}`;
}
