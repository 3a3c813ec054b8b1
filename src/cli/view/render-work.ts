import { finalStates } from '../../workflows/messages.ts';
import type { IncidentView } from '../../workflows/incident/view.ts';
import type { Canvas } from './canvas.ts';
import { nameOf, row, section } from './incident-words.ts';
import { duration } from '../../words/durations.ts';
import { asks, bad, good, quiet, modeWords, runMarks, verdictMarks } from '../../words/states.ts';
import { timeOfDay } from '../../words/times.ts';
import { headed, oneLine, wrapped } from './words.ts';

/** Who works on it, what runs, what was verified, and what must still be done. */
export function renderWork(view: IncidentView, canvas: Canvas): string[] {
  return [
    ...section('Roles', roles(view, canvas), canvas),
    ...section('Alerts', alerts(view, canvas), canvas),
    ...section('Runs', runs(view, canvas), canvas),
    ...section('Suggested', suggestions(view, canvas), canvas),
    ...section('Verification', verification(view, canvas), canvas),
    ...section('Left behind', leftovers(view, canvas), canvas),
    ...section('Not delivered', undelivered(view, canvas), canvas),
    ...section('Reviews', reviews(view, canvas), canvas),
    ...section('Action items', actions(view, canvas), canvas),
    ...section('To close it', closing(view, canvas), canvas),
    ...section('Similar', similar(view, canvas), canvas),
  ];
}

function roles(view: IncidentView, canvas: Canvas): string[] {
  return view.policy.roles.flatMap(({ name, title, requiredFor }) => {
    const held = view.roles[name];
    if (held) return [row(good(title), [[nameOf(view, held.subject), 26]], `since ${timeOfDay(held.since)}`, canvas)];
    return requiredFor.includes(view.severity) ? [row(asks(title), [['nobody', 26]], `say who: role ${name}`, canvas)] : [];
  });
}

const mostAlerts = 5;
function alerts({ alerts: all }: IncidentView, canvas: Canvas): string[] {
  const firing = all.filter(({ endsAt }) => endsAt === undefined);
  const lines = firing
    .slice(0, mostAlerts)
    .map(({ summary, startsAt }) => row(bad('fires'), [[duration(canvas.now - Date.parse(startsAt)), 12]], summary, canvas));
  const more = firing.length > mostAlerts ? [row(bad('fires'), [[`${firing.length - mostAlerts} more`, 12]], '', canvas)] : [];
  const cleared = all.length - firing.length;
  return [...lines, ...more, ...(cleared > 0 ? [row(good('cleared'), [[String(cleared), 12]], '', canvas)] : [])];
}

function runs({ runs: all }: IncidentView, canvas: Canvas): string[] {
  return all.flatMap(({ runId, title, mode, state, status }) => {
    const { paint, width } = canvas;
    const mark = runMarks[state];
    const dry = mode === 'live' ? '' : ` ${modeWords[mode]}`;
    const said = finalStates.includes(state) ? '' : `: ${oneLine(status)}`;
    return [
      ...headed(`${mark.icon} ${mark.word}`, `${dry}  ${oneLine(title)}`, width, (text) => paint(mark.tone, text), '  '),
      ...wrapped(`${runId}${said}`, width, '    ').map((line) => paint('gray', line)),
    ];
  });
}

/** Until somebody has started it. */
function suggestions({ suggestions: all, runs: started, number, state }: IncidentView, { paint, width }: Canvas): string[] {
  if (['resolved', 'closed', 'dismissed'].includes(state)) return [];
  const open = all.filter(({ runbook }) => !started.some((run) => run.runbook === runbook && run.mode === 'live'));
  return open.flatMap(({ runbook, why }) => [
    ...wrapped(oneLine(`${runbook}: ${why}`), width, '  '),
    ...wrapped(`muster incident start ${number} ${runbook}`, width, '    ').map((line) => paint('gray', line)),
  ]);
}

function verification({ verification: lines, stability }: IncidentView, canvas: Canvas): string[] {
  const read = lines.map(({ name, verdict, detail, attestedBy }) =>
    row(verdictMarks[verdict], [[name, 34]], `${detail}${attestedBy ? ` (attested by ${attestedBy})` : ''}`, canvas),
  );
  if (!stability) return read;
  const { until, readings, asks: question } = stability;
  const left = Date.parse(until) - canvas.now;
  const waits =
    question === undefined
      ? left > 0
        ? `until ${timeOfDay(until)}, ${duration(left)} left`
        : `until ${timeOfDay(until)}`
      : `asks: ${question}`;
  return [...read, row(question === undefined ? good('stable') : asks('asks'), [[`${readings} good readings`, 34]], waits, canvas)];
}

const leftovers = ({ leftovers: all }: IncidentView, canvas: Canvas): string[] =>
  all.map(({ kind, what, runId }) => row(asks(kind.replace('-', ' ')), [], `${what}${runId ? ` (${runId})` : ''}`, canvas));

/** What a sink has refused so far; it is tried again by itself. */
const undelivered = ({ messages }: IncidentView, canvas: Canvas): string[] =>
  messages
    .filter(({ state, problem }) => state === 'givenUp' || (state === 'waiting' && problem !== undefined))
    .slice(0, 5)
    .map(({ post, about, tries, problem, state }) =>
      row(state === 'givenUp' ? bad(post.sink) : asks(post.sink), [[about, 24]], `${tries} tries: ${problem ?? ''}`, canvas),
    );

const reviews = ({ reviews: all }: IncidentView, canvas: Canvas): string[] =>
  all.map(({ name, title, dueAt, doneAt, by }) => {
    const rest = doneAt ? `${doneAt.slice(0, 10)} by ${by ?? ''}` : `due ${dueAt.slice(0, 10)}: ${title}`;
    return row(doneAt ? good('held') : Date.parse(dueAt) < canvas.now ? bad('overdue') : asks('due'), [[name, 20]], rest, canvas);
  });

const actions = ({ actions: all }: IncidentView, canvas: Canvas): string[] =>
  all.map(({ id, text, owner, dueAt, doneAt }) => {
    const mark = doneAt ? good('done') : Date.parse(dueAt) < canvas.now ? bad('overdue') : quiet('·', 'open');
    return row(
      mark,
      [
        ...([
          [id, 4],
          [owner, 12],
          [dueAt.slice(0, 10), 10],
        ] as [string, number][]),
      ],
      text,
      canvas,
    );
  });

function closing({ closing: lines, state }: IncidentView, canvas: Canvas): string[] {
  if (state !== 'resolved' && state !== 'closed') return [];
  return lines.map(({ name, title, done, by }) =>
    row(done ? good('done') : asks('open'), [[name, 20]], `${title}${by ? ` (${by})` : ''}`, canvas),
  );
}

const similar = ({ similar: all }: IncidentView, canvas: Canvas): string[] =>
  all.map(({ number, title, cause }) => row(quiet('·', number), [[title, 30]], cause, canvas));
