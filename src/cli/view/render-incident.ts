import type { IncidentView, TimelineEntry } from '../../workflows/incident/view.ts';
import { timeOf, type Canvas, type RenderOptions } from './canvas.ts';
import { incidentMarks } from '../../words/states.ts';
import { nameOf, section } from './incident-words.ts';
import { renderEntry } from './live.ts';
import { renderClocks } from './render-clocks.ts';
import { renderWork } from './render-work.ts';
import { duration } from '../../words/durations.ts';
import { timeOfDay } from '../../words/times.ts';
import { cut, headed, oneLine, painter, wrapped } from './words.ts';

const tail = 8;

/** The incident as people read it: where it stands, its clocks, who works on it, what comes next, and what can be said to it. */
export function renderIncident(view: IncidentView, options: RenderOptions): string {
  const canvas: Canvas = { ...options, paint: painter(options.color) };
  return [
    ...header(view, canvas),
    ...renderClocks(view, canvas),
    ...renderWork(view, canvas),
    ...timeline(view, canvas),
    ...footer(view, canvas),
  ].join('\n');
}

function header(view: IncidentView, { paint, now, width }: Canvas): string[] {
  const { number, severity, title, service, state, status, drill, environment, impact, links, milestones, policy } = view;
  const mark = incidentMarks[state];
  const { startedAt, resolvedAt, closedAt } = milestones;
  const lasted = duration(timeOf(resolvedAt ?? closedAt, now) - Date.parse(startedAt));
  const facts = [
    number,
    policy.services[service]?.title ?? service,
    environment,
    `began ${startedAt.slice(0, 10)} ${timeOfDay(startedAt)}`,
    lasted,
  ];
  const places = [
    ...(links.channel ? [`#${links.channel.name}`] : []),
    ...(links.ticket ? [links.ticket.url] : []),
    ...(policy.channels.bridge ? [policy.channels.bridge] : []),
  ];
  return [
    ...wrapped(oneLine(`${drill ? 'DRILL ' : ''}${severity} ${title}`), width).map((line) => paint('bold', line)),
    ...headed(`${mark.icon} ${mark.word}`, `: ${oneLine(status)}`, width, (text) => paint(mark.tone, text)),
    ...wrapped(oneLine(facts.join(' · ')), width).map((line) => paint('gray', line)),
    ...(impact === '' ? [] : wrapped(oneLine(`Impact: ${impact}`), width)),
    ...(places.length === 0 ? [] : wrapped(oneLine(places.join(' · ')), width).map((line) => paint('gray', line))),
  ];
}

/** The timeline, in which nobody is named twice. */
export const entriesOf = (view: IncidentView): TimelineEntry[] =>
  view.timeline.map(({ by, ...entry }) => (by === undefined || entry.text.startsWith(nameOf(view, by)) ? entry : { ...entry, by }));

function timeline(view: IncidentView, canvas: Canvas): string[] {
  const shown = entriesOf(view).slice(-tail);
  const before = view.timeline.length - shown.length;
  const lines = shown.flatMap((entry) => {
    const [first = '', ...others] = wrapped(renderEntry(entry, false), canvas.width, '       ');
    return [`  ${entry.id.padEnd(4)} ${first.trimStart()}`, ...others];
  });
  return section('Timeline', [...(before > 0 ? [canvas.paint('gray', `  … ${before} earlier`)] : []), ...lines], canvas);
}

const spoken: Record<string, string> = { acknowledge: 'ack' };

function footer({ signals, archive }: IncidentView, { paint, width }: Canvas): string[] {
  const names = signals.map((name) => spoken[name] ?? name).join(', ');
  return [
    '',
    ...(archive?.report === undefined ? [] : [paint('gray', cut(oneLine(`Report: ${archive.report}`), width))]),
    ...(names === '' ? [] : [cut(`${paint('bold', 'You can')} ${names}`, width + 8)]),
  ].slice(archive?.report === undefined && names === '' ? 1 : 0);
}
