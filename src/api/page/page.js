import { h, put, tick } from './dom.js';
import { runGates } from './gates.js';
import { runHead, runList, runMore, runSteps } from './view.js';

const sections = { head: runHead, gates: runGates, steps: runSteps, more: runMore };
const byId = (id) => document.getElementById(id);
const labels = {
  approve: 'Approve',
  decline: 'Decline',
  pause: 'Pause',
  resume: 'Resume',
  retryStep: 'Retry the step',
  skipStep: 'Skip the step',
  undo: 'Undo',
  abort: 'Abort',
  note: 'Write the note',
};
const paths = { retryStep: 'retry-step', skipStep: 'skip-step' };

let me;
let away = false;
let leave = () => undefined;

/** Says something to people who look and to people who listen. */
function say(text, bad = false) {
  byId('said').textContent = text;
  byId('said').className = bad ? 'bad' : '';
}

function banner(text) {
  byId('banner').hidden = !text;
  byId('banner').textContent = text ?? '';
}

async function call(path, options = {}) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? body.title ?? `The API answered ${response.status}.`);
  return { body, status: response.status };
}

/** What a verb needs from the person before it is sent; undefined when they think better of it. */
function ask(verb, view, gate) {
  if (verb === 'note') return { text: byId('note').value };
  if (gate) {
    const comment = byId(`comment-${gate.id}`).value.trim();
    const warning = verb === 'approve' && gate.cannotBeUndone ? `\n\nThis cannot be undone: ${gate.cannotBeUndone}` : '';
    if (!confirm(`${labels[verb]}: ${gate.question}${warning}`)) return undefined;
    return { gate: gate.id, digest: gate.digest, ...(comment ? { comment } : {}) };
  }
  if (verb === 'skipStep') {
    const reason = prompt('Why may the run go on without this step?');
    return reason?.trim() ? { reason } : undefined;
  }
  if (verb === 'abort') {
    const how =
      view.undoable.length > 0 && confirm(`Undo first (newest first)?\n\n${view.undoable.join('\n')}\n\nCancel leaves everything as it is.`)
        ? 'undo'
        : 'leave';
    return confirm(`End the run now (${how === 'undo' ? 'undoing' : 'leaving everything as it is'})?`) ? { how } : undefined;
  }
  if (verb === 'undo' && !confirm(`Undo, newest first:\n\n${view.undoable.join('\n')}`)) return undefined;
  return {};
}

async function send(verb, view, gate) {
  const body = ask(verb, view, gate);
  if (!body) return;
  say(`${labels[verb]}: sending …`);
  try {
    const answer = await call(`/api/runs/${encodeURIComponent(view.runId)}/signals/${paths[verb] ?? verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-muster': '1', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify(body),
    });
    if (verb === 'note') byId('note').value = '';
    say(answer.body.status);
  } catch (error) {
    say(error.message, true);
  }
}

function showRun(runId) {
  const events = new EventSource(`/api/runs/${encodeURIComponent(runId)}/events`);
  const shown = {};
  let latest;
  events.onmessage = ({ data }) => {
    const view = JSON.parse(data);
    latest = view;
    banner();
    document.title = `${view.title} · Muster`;
    if (byId('live').textContent !== view.status) byId('live').textContent = view.status;
    // Only what changed is drawn anew, so that focus and half-written words stay.
    for (const [id, draw] of Object.entries(sections))
      put(byId(id), draw({ view, me, labels, send: (verb, gate) => send(verb, latest, gate) }), shown);
    tick();
  };
  events.addEventListener('end', () => events.close());
  events.addEventListener('problem', ({ data }) => banner(JSON.parse(data).detail));
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED)
      void call(`/api/runs/${encodeURIComponent(runId)}`).catch((error) => banner(error.message));
    else banner(`The live view is interrupted and will come back by itself. The command line does the same: ./muster watch ${runId}`);
  };
  return () => events.close();
}

function showRuns() {
  document.title = 'Runs · Muster';
  const shown = {};
  const refresh = async () => {
    if (document.hidden) return;
    try {
      // Runs are shown whether or not the incidents can be read.
      const incidents = call('/api/incidents?state=open').then(
        ({ body }) => body.open,
        () => [],
      );
      const { body } = await call('/api/runs?limit=50');
      put(byId('head'), runList(body.runs, await incidents), shown);
      banner();
    } catch (error) {
      banner(error.message);
    }
  };
  void refresh();
  const timer = setInterval(refresh, 3_000);
  return () => clearInterval(timer);
}

/** An address that is none of this page's: an old or mistyped link must not look like the list. */
function showNothing() {
  document.title = 'Not found · Muster';
  const where = h('p', {}, `${location.hash} is no address of this page. `, h('a', { href: '#/' }, 'All runs'));
  byId('head').replaceChildren(h('h1', {}, 'There is nothing here'), where);
  return () => undefined;
}

/** Says when Temporal or the worker is away: then nothing new comes, and people must know why. */
async function watchReadiness() {
  const { ready, detail } = await fetch('/readyz').then(
    (response) => response.json(),
    () => ({ ready: false, detail: 'The API does not answer.' }),
  );
  if (!ready) banner(detail);
  else if (away) banner();
  away = !ready;
  setTimeout(watchReadiness, 5_000);
}

function route() {
  leave();
  say('');
  for (const id of Object.keys(sections)) byId(id).replaceChildren();
  const runId = /^#\/runs\/(.+)$/.exec(location.hash)?.[1];
  if (runId) leave = showRun(decodeURIComponent(runId));
  else leave = ['', '#', '#/'].includes(location.hash) ? showRuns() : showNothing();
}

async function start() {
  try {
    me = (await call('/api/me')).body;
  } catch (error) {
    banner(error.message);
    return;
  }
  byId('environment').textContent = me.environment.title;
  byId('me').textContent = me.name;
  addEventListener('hashchange', route);
  route();
  void watchReadiness();
  setInterval(tick, 1_000);
}

void start();
