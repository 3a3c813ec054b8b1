import { visible } from './words.ts';

const entities: Record<string, string> = { '<': '&lt;', '|': '&#124;', '`': '&#96;' };

/** Text on one line that shows as it is in any Markdown renderer, in tables too, and can neither format nor link nor hold markup. */
export function text(value: unknown): string {
  return visible(String(value))
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\\(?=[\p{P}\p{S}])/gu, '\\\\')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/[<|`]/g, (sign) => entities[sign]!)
    .replace(/[*[\]~$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/#(?=#*$)/g, '\\#');
}

/** A table; every cell is shown as it is, what is undefined or null stays empty. */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.map((cell) => text(cell ?? '')).join(' | ')} |`;
  const rule = `|${' --- |'.repeat(columns.length)}`;
  return [line(columns), rule, ...rows.map((cells) => line(columns.map((_name, index) => cells[index])))].join('\n') + '\n';
}

/** A list of names and values; what is undefined is left out. */
export function facts(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `- **${name}**: ${text(value)}\n`)
    .join('');
}
