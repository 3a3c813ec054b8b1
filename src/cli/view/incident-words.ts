import type { IncidentView } from '../../workflows/incident/view.ts';
import type { Canvas } from './canvas.ts';
import type { Mark } from '../../words/states.ts';
import { cut, oneLine } from './words.ts';

/** A heading with its lines; nothing at all when there are none. */
export function section(title: string, lines: readonly string[], { paint }: Canvas): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

const headWidth = 20;

/** A row of a section: a sign with its word, then columns, then what is cut to the width that is left. */
export function row(mark: Mark, columns: readonly [text: string, width: number][], rest: string, { paint, width }: Canvas): string {
  const head = cut(`${mark.icon} ${oneLine(mark.word)}`, headWidth).padEnd(headWidth);
  const cells = columns.map(([text, wide]) => `${cut(oneLine(text), wide).padEnd(wide)}  `).join('');
  const room = Math.max(0, width - headWidth - cells.length - 4);
  return `  ${paint(mark.tone, head)}  ${cells}${paint('gray', cut(oneLine(rest), room))}`.trimEnd();
}

/** The name that people know somebody by. */
export const nameOf = ({ people }: IncidentView, subject: string): string => people.find((one) => one.subject === subject)?.name ?? subject;
