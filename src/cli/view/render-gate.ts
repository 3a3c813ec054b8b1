import type { Fact, GateView, RunView } from '../../workflows/messages.ts';
import type { Canvas, RenderOptions } from './canvas.ts';
import { clock, cut, oneLine, painter, span, verdictMarks } from './words.ts';

const indent = ' '.repeat(6);

/** What a person is asked, with everything to decide on. */
export function renderQuestion(view: RunView, gate: GateView, options: RenderOptions): string {
  const canvas: Canvas = { ...options, paint: painter(options.color) };
  const asked = oneLine(`asked for by ${view.requestedBy}: ${view.reason}`);
  return [canvas.paint('bold', oneLine(gate.question)), canvas.paint('gray', cut(asked, options.width)), ...renderGate(gate, canvas)].join(
    '\n',
  );
}

/** Everything that a gate shows to those who decide; a decided gate keeps only who decided. */
export function renderGate(gate: GateView, canvas: Canvas): string[] {
  const lines = gate.state === 'open' || gate.state === 'simulated' ? [...renderFacts(gate.facts, canvas), ...demands(gate, canvas)] : [];
  const decided = gate.decisions.map(({ decision, by, at, comment, channel }) => {
    const words = decision === 'approve' ? 'approved' : 'declined';
    return `${indent}${cut(oneLine(`${by} ${words} at ${clock(at)} (${channel})${comment ? `: ${comment}` : ''}`), canvas.width - indent.length)}`;
  });
  return [...lines, ...decided];
}

/** A table of facts, the bad ones first, each with its age. */
export function renderFacts(facts: readonly Fact[], { paint, now, width }: Canvas): string[] {
  const order = ['bad', 'unknown', 'notTried', 'good', undefined];
  const sorted = [...facts].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  const rows = sorted.map((fact) => ({
    mark: verdictMarks[fact.verdict ?? 'none'],
    name: oneLine(fact.name),
    value: oneLine(
      `${fact.value ?? (fact.verdict === 'notTried' ? 'not tried in a dry run' : 'not known')}${fact.unit ? ` ${fact.unit}` : ''}`,
    ),
    origin: oneLine(`${span(now - Date.parse(fact.at))} old, ${fact.source}`),
  }));
  const nameWidth = Math.min(Math.max(0, ...rows.map(({ name }) => name.length)), 52);
  const valueWidth = Math.min(Math.max(0, ...rows.map(({ value }) => value.length)), 40);
  return rows.map(({ mark, name, value, origin }) => {
    const left = `${cut(name, nameWidth).padEnd(nameWidth)}  ${cut(value, valueWidth).padEnd(valueWidth)}  `;
    const rest = cut(origin, Math.max(0, width - indent.length - 10 - left.length));
    return `${indent}${paint(mark.style, `${mark.icon} ${mark.word.padEnd(7)}`)} ${left}${paint('gray', rest)}`.trimEnd();
  });
}

function demands(gate: GateView, { paint, now, width }: Canvas): string[] {
  const approvals = gate.decisions.filter(({ decision }) => decision === 'approve').length;
  const asked = [gate.of, ...gate.escalations.map(({ to }) => to)].join(' or ');
  const closes = gate.closesAt ? `, closes in ${span(Date.parse(gate.closesAt) - now)}` : '';
  const lines = [`${indent}${paint('yellow', `waits for ${gate.quorum} of ${asked} (${approvals} of ${gate.quorum})`)}${closes}`];
  if (gate.cannotBeUndone)
    lines.unshift(`${indent}${paint('red', cut(`cannot be undone: ${oneLine(gate.cannotBeUndone)}`, width - indent.length))}`);
  if (gate.round > 1)
    lines.unshift(`${indent}${paint('yellow', `the facts have changed ${gate.round - 1} time(s); these are the newest`)}`);
  return lines;
}
