import { audiences, type Span } from '../../workflows/incident/policy.ts';
import { afterSpan } from '../../workflows/incident/time.ts';
import type { IncidentView } from '../../workflows/incident/view.ts';
import type { Canvas } from './canvas.ts';
import { row, section } from './incident-words.ts';
import { duration } from '../../words/durations.ts';
import { asks, bad, good, quiet, type Mark, works } from '../../words/states.ts';
import { timeOfDay } from '../../words/times.ts';

const wide = 18;

/** What must have happened by when, and what was promised: counted down, or how long it took. */
export function renderClocks(view: IncidentView, canvas: Canvas): string[] {
  return [
    ...section('Clocks', deadlines(view, canvas), canvas),
    ...section('Updates', promises(view, canvas), canvas),
    ...next(view, canvas),
  ];
}

function deadlines(view: IncidentView, canvas: Canvas): string[] {
  const { milestones, policy, severity, roundSince, round, acknowledgedRound } = view;
  const { declaredAt, acknowledgedAt, mitigatedAt, resolvedAt, startedAt } = milestones;
  const level = policy.severities.find(({ name }) => name === severity);
  if (!level || view.state === 'dismissed') return [];
  const again = acknowledgedRound !== round;
  const acknowledged = again ? undefined : acknowledgedAt;
  // A later round began when somebody raised it, and its acknowledgement has no time of its own.
  const lines = [line('acknowledge', acknowledged, round === 1 ? roundSince : undefined, roundSince, level.respondWithin, canvas)];
  if (declaredAt) {
    const mark = mitigatedAt ? good('mitigate') : works('mitigate');
    const told = mitigatedAt ? `after ${duration(since(startedAt, mitigatedAt))}` : `for ${duration(canvas.now - Date.parse(startedAt))}`;
    lines.push(row(mark, [[mitigatedAt ? 'done' : 'not yet', wide]], told, canvas));
    if (level.resolveWithin) lines.push(line('resolve', resolvedAt, declaredAt, declaredAt, level.resolveWithin, canvas));
  }
  return lines;
}

function line(word: string, doneAt: string | undefined, from: string | undefined, begunAt: string, within: Span, canvas: Canvas): string {
  const dueAt = afterSpan(begunAt, within);
  const by = `by ${moment(dueAt, canvas.now)}`;
  if (doneAt === undefined) return counted(word, dueAt, by, canvas);
  const late = from !== undefined && doneAt > dueAt;
  const took = from === undefined ? '' : `after ${duration(since(from, doneAt))}, `;
  return row(late ? bad(word) : good(word), [[late ? 'done, late' : 'done', wide]], `${took}due ${by}`, canvas);
}

function counted(word: string, dueAt: string, rest: string, canvas: Canvas): string {
  const left = Date.parse(dueAt) - canvas.now;
  const mark: Mark = left < 0 ? bad(word) : left < 300_000 ? asks(word) : works(word);
  return row(mark, [[left < 0 ? 'overdue' : `${duration(left)} left`, wide]], left < 0 ? `${rest}: ${duration(-left)} ago` : rest, canvas);
}

function promises(view: IncidentView, canvas: Canvas): string[] {
  return audiences.flatMap((audience) => {
    const word = audience === 'internal' ? 'team' : 'customers';
    const { due, kept } = view.kept[audience];
    const last = view.promises[audience].at(-1);
    const open = last && last.sentAt === undefined ? last.dueAt : undefined;
    if (due === 0 && open === undefined) return [];
    const count = due === 0 ? 'none due yet' : `${kept} of ${due} kept`;
    const soon =
      open === undefined
        ? ''
        : open < new Date(canvas.now).toISOString()
          ? 'one is late'
          : `next in ${duration(Date.parse(open) - canvas.now)}`;
    const mark = soon === 'one is late' ? bad(word) : kept < due ? asks(word) : good(word);
    return [row(mark, [[count, 16]], `${soon}${open === undefined ? '' : ` (${moment(open, canvas.now)})`}`, canvas)];
  });
}

function next(view: IncidentView, canvas: Canvas): string[] {
  const lines = view.next.slice(0, 5).map(({ at, what }) => {
    const left = Date.parse(at) - canvas.now;
    return row(quiet('·', left > 0 ? `in ${duration(left)}` : 'now'), [[moment(at, canvas.now), wide]], what, canvas);
  });
  return section('Next', lines, canvas);
}

const since = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

/** The time of day, with its day when that is another. */
function moment(at: string, now: number): string {
  return at.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? timeOfDay(at) : `${at.slice(5, 10)} ${at.slice(11, 16)}Z`;
}
