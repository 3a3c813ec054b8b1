import { inUnit, type Figure } from './figures.ts';

const [begins, ends] = ['<!-- figures: written by the bench -->', '<!-- end of figures -->'];
const head = ['what', 'bar', 'measured', 'how'];

/** The text of a README with these figures in place of those of the same name between its two marks; others stay. Throws when a mark is missing. */
export function withFigures(readme: string, figures: readonly Figure[], measured: string): string {
  const [from, to] = [readme.indexOf(begins), readme.indexOf(ends)];
  if (from < 0 || to < from) throw new Error(`README: "${begins}" and "${ends}" must be there, in this order`);
  const before = rowsOf(readme.slice(from, to));
  const now = figures.filter(({ bar }) => bar !== undefined).map((figure) => rowOf(figure, measured));
  const rows = new Map([...before, ...now].map((row) => [row[0]!, row]));
  return `${readme.slice(0, from)}${begins}\n\n${tableOf([...rows.values()])}\n\n${readme.slice(to)}`;
}

const rowOf = ({ name, measured, unit, bar, detail }: Figure, when: string): string[] => [
  ...[name, inUnit(bar!, unit), inUnit(measured, unit), `${detail}; ${when}`],
];

function rowsOf(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** In columns, as prettier leaves it. */
function tableOf(rows: readonly string[][]): string {
  const widths = head.map((title, column) => Math.max(3, ...[head, ...rows].map((row) => [...(row[column] ?? title)].length)));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, column) => padded(cells[column] ?? '', width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const padded = (text: string, width: number): string => text + ' '.repeat(width - [...text].length);
