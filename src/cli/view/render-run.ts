import { finalStates, verbPaths, type Mode, type RunView } from '../../workflows/messages.ts';
import { timeOf, type Canvas, type RenderOptions } from './canvas.ts';
import { renderSteps } from './render-steps.ts';
import { duration } from '../../words/durations.ts';
import { modeWords, runMarks } from '../../words/states.ts';
import { timeOfDay } from '../../words/times.ts';
import { headed, oneLine, painter, wrapped } from './words.ts';
import { answersTo } from '../needs.ts';

/** The run as people read it: where it stands, its steps by phase, its gates with their facts, and what can be done now. */
export function renderRun(view: RunView, options: RenderOptions): string {
  const canvas: Canvas = { ...options, paint: painter(options.color) };
  return [...header(view, canvas), ...renderSteps(view, canvas), ...unsent(view, canvas), ...footer(view, canvas)].join('\n');
}

const unreal: Partial<Record<Mode, string>> = { simulate: 'nothing is changed', tape: 'nothing happens' };

function header(view: RunView, { paint, now, width }: Canvas): string[] {
  const mark = runMarks[view.state];
  const lasted = duration(timeOf(view.endedAt, now) - Date.parse(view.startedAt));
  const mode = unreal[view.mode] === undefined ? [] : [paint('yellow', `${modeWords[view.mode]}: ${unreal[view.mode]}`)];
  const asked = `${view.runId} · ${view.environment} · started ${timeOfDay(view.startedAt)} · ${lasted}`;
  const state = `${mark.icon} ${mark.word}`;
  const why = oneLine(`asked for by ${view.requestedBy}: ${view.reason}${view.incident ? ` (${view.incident})` : ''}`);
  return [
    ...wrapped(oneLine(view.title), width).map((line) => paint('bold', line)),
    ...mode,
    ...headed(state, `: ${oneLine(view.status)}`, width, (text) => paint(mark.tone, text)),
    ...wrapped(asked, width).map((line) => paint('gray', line)),
    ...wrapped(why, width).map((line) => paint('gray', line)),
  ];
}

/** Messages never hold up a run, so they are only told about. */
function unsent(view: RunView, { paint, width }: Canvas): string[] {
  const failed = view.messages.filter(({ state }) => state === 'notSent');
  if (failed.length === 0) return [];
  return [
    '',
    paint('yellow', 'Messages not sent'),
    ...failed.flatMap(({ to, text, problem }) => wrapped(oneLine(`✖ ${to}: "${text}"${problem ? ` (${problem})` : ''}`), width, '  ')),
  ];
}

function footer(view: RunView, { paint, now, width }: Canvas): string[] {
  if (finalStates.includes(view.state)) return [];
  const lines = [''];
  const labelled = (label: string, text: string, style: 'yellow' | 'gray' | 'bold') =>
    headed(label, ` ${oneLine(text)}`, width, (head) => paint(style, head));
  if (view.waitingFor) {
    const { what, who, since, until } = view.waitingFor;
    const times = `for ${duration(now - Date.parse(since))}${until ? `, closes in ${duration(Date.parse(until) - now)}` : ''}`;
    lines.push(...labelled('Waits for', `${who}: ${what} (${times})`, 'yellow'));
    const [first, ...others] = answersTo(view);
    if (first) lines.push(...labelled('Answer', [first, ...others].join(', '), 'bold'));
  }
  if (view.pastPointOfNoReturn) lines.push(paint('gray', 'Past the point of no return: the way back is a runbook of its own.'));
  if (view.undoable.length > 0) lines.push(...labelled('Can be undone:', view.undoable.join(', '), 'gray'));
  const spoken = Object.entries(verbPaths).flatMap(([path, verb]) => (view.verbs.includes(verb) ? [path] : []));
  if (spoken.length > 0) lines.push(...labelled('You can', spoken.join(', '), 'bold'));
  return lines.length > 1 ? lines : [];
}
