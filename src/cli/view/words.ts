import { styleText } from 'node:util';
import type { Fact, GateView, RunState, StepState } from '../../workflows/messages.ts';

type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'gray' | 'bold' | 'dim';
export type Paint = (style: Style, text: string) => string;

/** Never colour alone: every state has a sign and a word too. */
export interface Mark {
  icon: string;
  word: string;
  style: Style;
}

export const good = (word: string): Mark => ({ icon: '✔', word, style: 'green' });
export const bad = (word: string): Mark => ({ icon: '✖', word, style: 'red' });
export const asks = (word: string): Mark => ({ icon: '?', word, style: 'yellow' });
export const works = (word: string): Mark => ({ icon: '▸', word, style: 'cyan' });
export const quiet = (icon: string, word: string): Mark => ({ icon, word, style: 'gray' });

export const stepMarks: Record<StepState, Mark> = {
  running: works('running'),
  pendingApproval: asks('waits'),
  completed: good('done'),
  failed: bad('failed'),
  skipped: quiet('↷', 'skipped'),
  canceled: quiet('■', 'canceled'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('undo failed'),
  simulated: quiet('~', 'predicted'),
  notTried: quiet('–', 'not tried'),
};

export const runMarks: Record<RunState, Mark> = {
  pending: works('waits for its leases'),
  inProgress: works('in progress'),
  pendingApproval: asks('waits for approval'),
  pausedByFailedStep: bad('paused by a failed step'),
  pausedByOperator: asks('paused by a person'),
  completed: good('completed'),
  completedWithExceptions: asks('completed, with steps skipped'),
  timedOut: bad('timed out'),
  failed: bad('failed'),
  canceled: quiet('■', 'canceled'),
  compensating: works('is being undone'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('could not be undone'),
  handedOver: quiet('→', 'handed over to another run'),
  blockedByLease: bad('refused: another run holds the resource'),
};

export const gateMarks: Record<GateView['state'], Mark> = {
  open: asks('waits'),
  approved: good('approved'),
  declined: bad('declined'),
  expired: bad('expired'),
  canceled: quiet('■', 'canceled'),
  simulated: quiet('~', 'predicted'),
};

export const verdictMarks: Record<NonNullable<Fact['verdict']> | 'none', Mark> = {
  good: good('good'),
  bad: bad('bad'),
  unknown: asks('unknown'),
  notTried: quiet('–', 'untried'),
  none: quiet('·', ''),
};

/** Paints, or leaves the text as it is. */
export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}

/** Whether a stream wants colours: a terminal, unless NO_COLOR is set. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** 840 ms, 12.3 s, 4 min 05 s, 2 h 03 min. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 60_000) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** Time of day of an ISO time, in UTC. */
export function clock(iso: string): string {
  return `${iso.slice(11, 19)}Z`;
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
