import { styleText } from 'node:util';
import { safeLine } from '../../words/safe.ts';
import type { Tone } from '../../words/states.ts';

type Style = 'yellow' | 'red' | 'gray' | 'bold' | 'dim' | 'green' | 'cyan';
/** Paints in a style, or in the colour of a tone. */
export type Paint = (style: Style | Tone, text: string) => string;

const colours: Record<Tone, Style> = { good: 'green', bad: 'red', asks: 'yellow', works: 'cyan', quiet: 'gray' };

/** Paints, or leaves the text as it is. */
export function painter(color: boolean): Paint {
  return (style, text) =>
    color && text !== '' ? styleText(style in colours ? colours[style as Tone] : (style as Style), text, { validateStream: false }) : text;
}

/** Whether a stream wants colours: a terminal, unless NO_COLOR is set. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** A text of somebody else in one line. */
export const oneLine = (text: string): string => safeLine(text);

/** Shortens to a width, with a sign that something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A text on as many lines as it needs, none wider than what is left beside `indent`; words that are too long are broken, nothing is left out. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(12, width - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= room) line = joined;
    else {
      if (line !== '') lines.push(line);
      for (line = word; line.length > room; line = line.slice(room)) lines.push(line.slice(0, room));
    }
  }
  return [...lines, line].map((one) => indent + one);
}

/** The same, beginning with a head in its own style. */
export function headed(head: string, rest: string, width: number, style: (head: string) => string, indent = ''): string[] {
  const [first = '', ...others] = wrapped(`${head}${rest}`, width, indent);
  return [first.startsWith(indent + head) ? `${indent}${style(head)}${first.slice(indent.length + head.length)}` : first, ...others];
}

/** How wide a stream is; what is no terminal is as wide as its lines. */
export const widthOf = (stream: NodeJS.WriteStream): number => (stream.isTTY ? (stream.columns ?? 80) : Infinity);

/** A text of somebody else on lines of its own, each without control characters, two columns in. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${oneLine(line)}`.trimEnd())
    .join('\n');
}
