import type { Fact, GateView, RunView } from '../../workflows/messages.ts';
import type { Canvas, RenderOptions } from './canvas.ts';
import { duration } from '../../words/durations.ts';
import { factValue } from '../../words/facts.ts';
import { gateMarks, verdictMarks } from '../../words/states.ts';
import { timeOfDay } from '../../words/times.ts';
import { oneLine, painter, wrapped } from './words.ts';

const indent = ' '.repeat(6);
const verdictWidth = 12;
/** How much of a digest is shown; as much is enough for `--digest`. */
export const digestShown = 12;

/** What a person is asked, with everything to decide on. */
export function renderQuestion(view: RunView, gate: GateView, options: RenderOptions): string {
  const canvas: Canvas = { ...options, paint: painter(options.color) };
  const { paint, width } = canvas;
  const asked = wrapped(oneLine(`${view.runId}, asked for by ${view.requestedBy}: ${view.reason}`), width);
  return [
    ...wrapped(oneLine(gate.question), width).map((line) => paint('bold', line)),
    ...asked.map((line) => paint('gray', line)),
    ...renderGate(gate, canvas),
  ].join('\n');
}

/** Everything that a gate shows to those who decide; a decided gate keeps only who decided. */
export function renderGate(gate: GateView, canvas: Canvas): string[] {
  const lines = gate.state === 'open' || gate.state === 'simulated' ? [...renderFacts(gate.facts, canvas), ...demands(gate, canvas)] : [];
  const decided = gate.decisions.flatMap(({ decision, by, at, comment, channel }) => {
    const { word } = gateMarks[decision === 'approve' ? 'approved' : 'declined'];
    return wrapped(oneLine(`${by} ${word} at ${timeOfDay(at)} (${channel})${comment ? `: ${comment}` : ''}`), canvas.width, indent);
  });
  return [...lines, ...decided];
}

/** A table of facts, the bad ones first, each with its age. What does not fit beside its name stands below it, whole. */
export function renderFacts(facts: readonly Fact[], { paint, now, width }: Canvas): string[] {
  const order = ['bad', 'unknown', 'notTried', 'good', undefined];
  const sorted = [...facts].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  const rows = sorted.map((fact) => ({
    mark: verdictMarks[fact.verdict ?? 'none'],
    name: oneLine(fact.name),
    value: oneLine(factValue(fact)),
    origin: oneLine(`${duration(now - Date.parse(fact.at))} old, ${fact.source}`),
  }));
  const room = width - indent.length - verdictWidth;
  const nameWidth = Math.min(longest(rows.map(({ name }) => name)), Math.max(16, Math.floor(room * 0.5)), 52);
  const valueWidth = Math.min(longest(rows.map(({ value }) => value)), Math.max(12, room - nameWidth - 2), 40);
  return rows.flatMap(({ mark, name, value, origin }) => {
    const head = `${indent}${paint(mark.tone, `${mark.icon} ${mark.word.padEnd(9)}`)} `;
    const below = ' '.repeat(indent.length + verdictWidth);
    if (name.length > nameWidth || value.length > valueWidth) {
      const [first = '', ...others] = wrapped(`${name}: ${value}`, room);
      return [
        `${head}${first}`,
        ...others.map((line) => below + line),
        ...wrapped(origin, width, below).map((line) => paint('gray', line)),
      ];
    }
    const left = `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}`;
    if (left.length + 2 + origin.length <= room) return [`${head}${left}  ${paint('gray', origin)}`];
    return [`${head}${left}`.trimEnd(), ...wrapped(origin, width, below).map((line) => paint('gray', line))];
  });
}

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));

function demands(gate: GateView, { paint, now, width }: Canvas): string[] {
  const approvals = gate.decisions.filter(({ decision }) => decision === 'approve').length;
  const asked = [gate.of, ...gate.escalations.map(({ to }) => to)].join(' or ');
  const closes = gate.closesAt ? `, closes in ${duration(Date.parse(gate.closesAt) - now)}` : '';
  const say = (tone: 'yellow' | 'red' | 'gray', text: string) => wrapped(oneLine(text), width, indent).map((line) => paint(tone, line));
  return [
    ...(gate.round > 1 ? say('yellow', `the facts have changed ${gate.round - 1} time(s); these are the newest`) : []),
    ...(gate.cannotBeUndone ? say('red', `cannot be undone: ${gate.cannotBeUndone}`) : []),
    ...say('yellow', `waits for ${gate.quorum} of ${asked} (${approvals} of ${gate.quorum})${closes}`),
    ...(gate.state === 'open' ? say('gray', `gate ${gate.id}, facts --digest ${gate.digest.slice(0, digestShown)}`) : []),
  ];
}
