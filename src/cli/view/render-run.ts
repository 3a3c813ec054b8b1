import { finalStates, verbPaths, type Mode, type RunView } from '../../workflows/messages.ts';
import { timeOf, type Canvas, type RenderOptions } from './canvas.ts';
import { renderSteps } from './render-steps.ts';
import { duration } from '../../words/durations.ts';
import { runMarks } from '../../words/states.ts';
import { timeOfDay } from '../../words/times.ts';
import { cut, oneLine, painter } from './words.ts';

/** The run as people read it: where it stands, its steps by phase, its gates with their facts, and what can be done now. */
export function renderRun(view: RunView, options: RenderOptions): string {
  const canvas: Canvas = { ...options, paint: painter(options.color) };
  return [...header(view, canvas), ...renderSteps(view, canvas), ...unsent(view, canvas), ...footer(view, canvas)].join('\n');
}

const modes: Partial<Record<Mode, string>> = { simulate: 'SIMULATE: nothing is changed', tape: 'TAPE: nothing happens' };

function header(view: RunView, { paint, now, width }: Canvas): string[] {
  const mark = runMarks[view.state];
  const lasted = duration(timeOf(view.endedAt, now) - Date.parse(view.startedAt));
  const mode = modes[view.mode] === undefined ? '' : `  ${paint('yellow', modes[view.mode]!)}`;
  const asked = `${view.runId} · ${view.environment} · started ${timeOfDay(view.startedAt)} · ${lasted}`;
  return [
    paint('bold', cut(oneLine(view.title), width)) + mode,
    `${paint(mark.tone, `${mark.icon} ${mark.word}`)}: ${cut(oneLine(view.status), width - mark.word.length - 4)}`,
    paint('gray', cut(asked, width)),
    paint('gray', cut(oneLine(`asked for by ${view.requestedBy}: ${view.reason}${view.incident ? ` (${view.incident})` : ''}`), width)),
  ];
}

/** Messages never hold up a run, so they are only told about. */
function unsent(view: RunView, { paint, width }: Canvas): string[] {
  const failed = view.messages.filter(({ state }) => state === 'notSent');
  if (failed.length === 0) return [];
  return [
    '',
    paint('yellow', 'Messages not sent'),
    ...failed.map(({ to, text, problem }) => cut(oneLine(`  ✖ ${to}: "${text}"${problem ? ` (${problem})` : ''}`), width)),
  ];
}

function footer(view: RunView, { paint, now, width }: Canvas): string[] {
  if (finalStates.includes(view.state)) return [];
  const lines = [''];
  if (view.waitingFor) {
    const { what, who, since, until } = view.waitingFor;
    const times = `for ${duration(now - Date.parse(since))}${until ? `, closes in ${duration(Date.parse(until) - now)}` : ''}`;
    lines.push(`${paint('yellow', 'Waits for')} ${cut(oneLine(`${who}: ${what} (${times})`), width - 10)}`);
  }
  if (view.pastPointOfNoReturn) lines.push(paint('gray', 'Past the point of no return: the way back is a runbook of its own.'));
  if (view.undoable.length > 0) lines.push(paint('gray', cut(oneLine(`Can be undone: ${view.undoable.join(', ')}`), width)));
  const spoken = Object.entries(verbPaths).flatMap(([path, verb]) => (view.verbs.includes(verb) ? [path] : []));
  if (spoken.length > 0) lines.push(`${paint('bold', 'You can')} ${spoken.join(', ')}`);
  return lines.length > 1 ? lines : [];
}
