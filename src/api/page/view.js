import { chip, dryRun, fold, h, time, took } from './dom.js';
import { duration, durationOr, grouped, incidentMarks, messageMarks, runMarks, stepMarks } from './words.js';

/** Open incidents, above the runs; nothing at all when there are none. */
function incidentList(open) {
  if (open.length === 0) return undefined;
  const rows = open.map(({ number, severity, title, state, drill, startedAt }) =>
    h(
      'li',
      {},
      h('strong', {}, `${drill ? 'DRILL: ' : ''}${severity} ${title}`),
      chip(incidentMarks, state),
      h('span', { class: 'quiet' }, `${new Date(startedAt).toLocaleString()} · ./muster incident show ${number}`),
    ),
  );
  return [h('h1', {}, 'Open incidents'), h('ul', { class: 'runs card' }, rows)];
}

export function runList(runs, openIncidents) {
  const rows = runs.map((run) =>
    h(
      'li',
      {},
      h('a', { href: `#/runs/${encodeURIComponent(run.runId)}` }, run.title ?? run.runbook),
      chip(runMarks, run.state),
      run.unconfirmed && h('span', { class: 'quiet' }, 'perhaps: it did not answer'),
      dryRun(run.mode),
      h('span', { class: 'quiet' }, `${new Date(run.startedAt).toLocaleString()} · ${run.runId}`),
    ),
  );
  const none = h('p', { class: 'quiet' }, 'No run yet. Start one: ./muster start fail-over-region');
  return h('div', {}, incidentList(openIncidents), h('h1', {}, 'Runs'), rows.length > 0 ? h('ul', { class: 'runs card' }, rows) : none);
}

/** What a run has cost, as its report begins; what nobody measured is no number. */
function figures({ measures, gates }) {
  const { outage, lost, targets } = measures;
  if (!outage && !lost) return undefined;
  const decided = gates.reduce((sum, { openedAt, decidedAt }) => sum + (decidedAt ? Date.parse(decidedAt) - Date.parse(openedAt) : 0), 0);
  const target = (ms) => (ms === undefined ? '' : `target ${duration(ms)}`);
  const tiles = [
    ['Customers waited', `${durationOr(outage?.totalMs)}${outage && !outage.over ? ', and still do' : ''}`, target(targets?.rtoMs)],
    ['Work lost', durationOr(lost?.count === 0 ? 0 : lost?.lostMs), target(targets?.rpoMs)],
    ['Orders lost', typeof lost?.count === 'number' ? grouped(lost.count) : 'not counted', ''],
    ['People took to decide', duration(decided), ''],
  ];
  return h(
    'dl',
    { class: 'figures' },
    tiles.map(([name, value, note]) =>
      h('div', { class: 'card' }, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'quiet' }, note)),
    ),
  );
}

export function runHead({ view, labels, send }) {
  const waiting = view.waitingFor && h('p', {}, `Waits for ${view.waitingFor.who}: ${view.waitingFor.what}`);
  const buttons = ['pause', 'resume', 'retryStep', 'skipStep', 'undo', 'abort']
    .filter((verb) => view.verbs.includes(verb))
    .map((verb) => h('button', { id: `verb-${verb}`, class: verb, onclick: () => send(verb) }, labels[verb]));
  const report =
    view.endedAt && h('a', { class: 'button', href: `/api/runs/${encodeURIComponent(view.runId)}/report`, target: '_blank' }, 'Report');
  return h(
    'div',
    { class: 'head' },
    h('h1', {}, view.title, ' ', dryRun(view.mode)),
    h('p', { class: 'state' }, chip(runMarks, view.state), ` ${view.status}`),
    waiting,
    view.endedAt && view.mode !== 'simulate' && figures(view),
    h('p', { class: 'quiet' }, `Asked for by ${view.requestedBy}: ${view.reason} · ${view.environment} · ${view.runId}`),
    h('div', { class: 'verbs' }, buttons, report),
  );
}

function stepRow(step) {
  const ended = step.endedAt ? took(step.startedAt, step.endedAt) : '';
  const calls = [
    ...step.evidence.map((entry) => `${entry.call} → ${entry.outcome}`),
    ...step.predicted.map(({ call }) => `would call ${call}`),
  ];
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'step' },
      chip(stepMarks, step.state),
      h('span', { class: 'title' }, step.title),
      h('span', { class: 'quiet' }, ended),
    ),
    step.outcome && h('p', {}, step.outcome),
    step.failure && h('p', { class: 'never' }, `${step.failure.name}: ${step.failure.message}`),
    (step.tries > 1 || step.pointOfNoReturn) &&
      h('p', { class: 'quiet' }, step.tries > 1 ? `Try ${step.tries}. ` : '', step.pointOfNoReturn ? 'Point of no return.' : ''),
    calls.length > 0 &&
      fold(
        `calls-${step.id}`,
        `${calls.length} ${calls.length === 1 ? 'call' : 'calls'}`,
        h(
          'ul',
          { class: 'calls' },
          calls.map((call) => h('li', {}, call)),
        ),
      ),
  );
}

export function runSteps({ view }) {
  const phases = new Map();
  for (const step of view.steps) phases.set(step.phase, [...(phases.get(step.phase) ?? []), step]);
  const parts = [...phases].map(([phase, steps]) => h('li', {}, h('h2', {}, phase), h('ul', {}, steps.map(stepRow))));
  return h('ol', { class: 'tree card', 'aria-label': 'Steps' }, parts);
}

export function runMore({ view, labels, send }) {
  const lines = view.timeline.map((entry) => h('li', {}, time(entry.at), ` ${entry.text}`, entry.by && ` (${entry.by})`));
  const messages = view.messages.map((one) =>
    h('li', {}, chip(messageMarks, one.state), ` ${one.to}: ${one.text}`, one.problem && ` (${one.problem})`),
  );
  const box = h('textarea', {
    id: 'note',
    rows: '2',
    maxlength: '4000',
    'aria-label': 'Note',
    placeholder: 'Write a note into the timeline',
  });
  return h(
    'div',
    {},
    view.verbs.includes('note') &&
      h('div', { class: 'card' }, box, h('button', { id: 'send-note', onclick: () => send('note') }, labels.note)),
    Object.keys(view.measures).length > 0 && fold('measures', 'Measures', h('pre', {}, JSON.stringify(view.measures, null, 2))),
    fold('timeline', `Timeline (${lines.length})`, h('ol', { class: 'plain' }, lines)),
    messages.length > 0 && fold('messages', `Messages (${messages.length})`, h('ul', { class: 'plain' }, messages)),
  );
}
