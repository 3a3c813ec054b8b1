import type { GateView, RunView, StepView } from '../../workflows/messages.ts';
import { timeOf, type Canvas } from './canvas.ts';
import { renderGate } from './render-gate.ts';
import { duration } from '../../words/durations.ts';
import { gateMarks, stepMarks } from '../../words/states.ts';
import { cut, oneLine, wrapped } from './words.ts';

const indent = ' '.repeat(6);
const wordWidth = 11;
const timeWidth = 12;

/** The steps under their phases; those that ran side by side share a bracket. */
export function renderSteps(view: RunView, canvas: Canvas): string[] {
  const lines: string[] = [];
  const longest = Math.max(0, ...view.steps.map((step) => titleOf(step).length));
  const titleWidth = Math.min(longest, Math.floor(canvas.width / 2), Math.max(12, canvas.width - 40));
  let phase: string | undefined;
  for (const { step, bracket } of bracketed(view.steps, canvas.now)) {
    if (step.phase !== phase) {
      phase = step.phase;
      lines.push('', canvas.paint('bold', oneLine(phase)));
    }
    const gate = view.gates.find(({ id }) => id === step.id);
    lines.push(...stepLine(step, gate, bracket, titleWidth, canvas), ...details(step, canvas));
    if (gate) lines.push(...renderGate(gate, canvas));
  }
  return lines;
}

function stepLine(step: StepView, gate: GateView | undefined, bracket: string, titleWidth: number, canvas: Canvas): string[] {
  const { paint, now, width } = canvas;
  const mark = gate ? gateMarks[gate.state] : stepMarks[step.state];
  const title = titleOf(step);
  const lasted = duration(timeOf(step.endedAt, now) - Date.parse(step.startedAt));
  const tries = step.tries > 1 ? `try ${step.tries}  ` : '';
  const left = `${cut(title, titleWidth).padEnd(titleWidth)}  ${lasted.padStart(timeWidth)}  `;
  const outcome = oneLine(`${tries}${step.outcome ?? ''}`);
  const head = `${bracket} ${paint(mark.tone, `${mark.icon} ${mark.word.padEnd(wordWidth)}`)} ${left}`;
  const fits = outcome.length <= width - left.length - wordWidth - 6;
  return fits
    ? [`${head}${paint('gray', outcome)}`.trimEnd()]
    : [head.trimEnd(), ...wrapped(outcome, width, indent).map((line) => paint('gray', line))];
}

function titleOf({ kind, title, pointOfNoReturn }: StepView): string {
  return `${kind === 'undo' && !title.startsWith('Undo: ') ? 'Undo: ' : ''}${oneLine(title)}${pointOfNoReturn ? ' !' : ''}`;
}

/** Why a step failed, and, when nothing is changed, what it would have called. */
function details(step: StepView, { paint, width }: Canvas): string[] {
  const say = (tone: 'red' | 'gray', text: string) => wrapped(oneLine(text), width, indent).map((line) => paint(tone, line));
  return [
    ...(step.failure ? say('red', `${step.failure.name}: ${step.failure.message}`) : []),
    ...(step.state === 'simulated' ? step.predicted.flatMap(({ call }) => say('gray', `would call ${call}`)) : []),
  ];
}

/** Steps in order of their start, with a bracket around neighbours that overlap in time. */
function bracketed(steps: readonly StepView[], now: number): { step: StepView; bracket: string }[] {
  const groups: StepView[][] = [];
  let groupEnds = -Infinity;
  for (const step of steps) {
    const startsAt = Date.parse(step.startedAt);
    const group = groups.at(-1);
    if (group && startsAt < groupEnds && group[0]!.phase === step.phase) group.push(step);
    else groups.push([step]);
    groupEnds = Math.max(groups.at(-1)!.length === 1 ? -Infinity : groupEnds, timeOf(step.endedAt, now));
  }
  return groups.flatMap((group) =>
    group.map((step, index) => {
      if (group.length === 1) return { step, bracket: ' ' };
      return { step, bracket: index === 0 ? '┌' : index === group.length - 1 ? '└' : '│' };
    }),
  );
}
