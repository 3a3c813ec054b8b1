import type { IncidentView } from '../../workflows/incident/view.ts';
import type { Canvas } from './canvas.ts';
import type { Mark } from '../../words/states.ts';
import { cut, oneLine, wrapped } from './words.ts';

/** A heading with its lines; nothing at all when there are none. */
export function section(title: string, lines: readonly string[], { paint }: Canvas): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

const headWidth = 20;

/** A row of a section: a sign with its word, then columns, then the rest, which goes on below when it does not fit beside them. */
export function row(mark: Mark, columns: readonly [text: string, width: number][], rest: string, { paint, width }: Canvas): string {
  const head = cut(`${mark.icon} ${oneLine(mark.word)}`, headWidth).padEnd(headWidth);
  const cells = columns.map(([text, wide]) => `${oneLine(text).padEnd(wide)}  `).join('');
  const said = oneLine(rest);
  const line = `  ${paint(mark.tone, head)}  ${cells}`;
  if (said.length <= width - headWidth - cells.length - 4) return `${line}${paint('gray', said)}`.trimEnd();
  const below = wrapped(said, width, ' '.repeat(headWidth + 4)).map((text) => paint('gray', text));
  return [line.trimEnd(), ...below].join('\n');
}

/** The name that people know somebody by. */
export const nameOf = ({ people }: IncidentView, subject: string): string => people.find((one) => one.subject === subject)?.name ?? subject;
