import { styleText } from 'node:util';
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

/** A text of somebody else in one line: escape sequences and control characters must not reach the terminal. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Shortens to a width, with a sign that something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A text of somebody else on lines of its own, each without control characters, two columns in. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${oneLine(line)}`.trimEnd())
    .join('\n');
}
