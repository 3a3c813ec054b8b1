import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { createMetrics } from '../../src/api/metrics.ts';
import { RunProblem } from '../../src/runs/runs.ts';
import { eventually } from '../eventually.ts';
import { problemIn, startApi, type Subject, tokens, type Api } from './support/api.ts';
import { runView } from './support/fake-runs.ts';

/** Reads a stream until its text holds something, or to its end. */
async function readUntil(response: Response, holds: (text: string) => boolean = () => false): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const { done, value } = await reader.read();
    text += value ?? '';
    if (done || holds(text)) {
      if (!done) await reader.cancel();
      return text;
    }
  }
}

describe('The live view of a run', () => {
  const stopping = new AbortController();
  const metrics = createMetrics();
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ heartbeatMs: 20, stopping: stopping.signal, metrics: createMetrics() });
  });
  afterEach(() => api.close());

  const open = (headers: Record<string, string> = {}, as: Subject = 'vic') => api.call('GET', '/api/runs/run-1/events', { as, headers });

  it('sends each view as an event with a counter, and says when it ends', async () => {
    api.runs.followAnswer = async function* (runId) {
      yield runView({ runId });
      yield runView({ runId, state: 'completed', status: 'line one\nline two' });
    };
    const response = await open();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(response.headers.get('x-accel-buffering'), 'no');
    const events = (await readUntil(response)).split('\n\n').filter((event) => event.startsWith('id:'));
    const views = events.map((event) => event.split('\n'));
    assert.deepEqual(
      views.map(([id]) => id),
      ['id: 1', 'id: 2'],
    );
    assert.deepEqual(JSON.parse(views[1]![1]!.slice('data: '.length)), runView({ state: 'completed', status: 'line one\nline two' }));
  });

  it('goes on counting for a reader that comes back', async () => {
    assert.match(await readUntil(await open({ 'last-event-id': '41' })), /\nid: 42\n/);
    assert.match(await readUntil(await open({ 'last-event-id': 'not a number' })), /\nid: 1\n/);
  });

  it('beats while nothing happens, also before the first view', async () => {
    api.runs.followAnswer = waiting();
    const text = await readUntil(await open(), (seen) => seen.includes(': still here'));
    assert.ok(!text.includes('data:'));
  });

  it('stops following when the reader goes', async () => {
    let ended = false;
    api.runs.followAnswer = waiting(runView(), () => (ended = true));
    await readUntil(await open(), (text) => text.includes('id: 1'));
    await eventually('the end of following', () => ended, Boolean, 5_000);
  });

  it('is an ordinary problem when there is no such run', async () => {
    api.runs.followAnswer = async function* () {
      yield* [];
      throw new RunProblem(404, 'NotFound', 'there is no run run-1');
    };
    assert.equal((await problemIn(await open())).status, 404);
  });

  it('tells of a fault that comes later as an event', async () => {
    api.runs.followAnswer = async function* () {
      yield runView();
      throw new RunProblem(503, 'TemporalUnavailable', 'Temporal does not answer');
    };
    const text = await readUntil(await open());
    assert.match(text, /event: problem\ndata: .*"code":"TemporalUnavailable"/);
    assert.ok(!text.includes('event: end'));
  });

  it('opens at most 10 for one person, so that 50 are enough for others, and counts them', async () => {
    await api.close();
    api = await startApi({ metrics });
    api.runs.followAnswer = waiting(runView());
    const everybody = Object.keys(tokens) as Subject[];
    const streams = await Promise.all(Array.from({ length: 50 }, (_, index) => open({}, everybody[index % 5])));
    assert.deepEqual([...new Set(streams.map(({ status }) => status))], [200]);
    const refused = await problemIn(await open());
    assert.deepEqual([refused.status, /^10 live views of vic are open/.test(refused.detail)], [429, true]);
    assert.match(
      await (await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${tokens.vic}` } })).text(),
      /muster_live_views_open 50/,
    );
    await Promise.all(streams.map(({ body }) => body!.cancel()));
    await eventually(
      'free places',
      async () => (await open()).status,
      (status) => status === 200,
      5_000,
    );
  });

  it('lets others in while one person has all that one may have', async () => {
    api.runs.followAnswer = waiting(runView());
    const mine = await Promise.all(Array.from({ length: 12 }, () => open()));
    assert.deepEqual(mine.map(({ status }) => status).sort(), [...Array.from({ length: 10 }, () => 200), 429, 429]);
    const theirs = await open({}, 'sam');
    assert.equal(theirs.status, 200);
    await Promise.all([...mine, theirs].map(({ body }) => body!.cancel()));
  });

  it('answers a HEAD request, without a stream', async () => {
    api.runs.followAnswer = waiting(runView());
    const response = await api.call('HEAD', '/api/runs/run-1/events', { as: 'vic' });
    assert.deepEqual([response.status, response.headers.get('content-type'), await response.text()], [200, 'text/event-stream', '']);
    api.runs.followAnswer = waiting();
    assert.equal((await api.call('HEAD', '/api/runs/run-1/events', { as: 'vic' })).status, 200);
  });

  it('ends when its session ends', async () => {
    const signing = await startApi({ heartbeatMs: 20, signIn: 'ana:works-once' });
    try {
      signing.runs.followAnswer = waiting(runView());
      const cookie = (await signing.call('GET', '/sign-in?token=works-once')).headers.get('set-cookie')!.split(';')[0]!;
      const stream = await signing.call('GET', '/api/runs/run-1/events', { headers: { cookie } });
      const reading = readUntil(stream);
      const out = await signing.call('POST', '/api/sign-out', { headers: { cookie, 'x-muster': '1', origin: signing.url } });
      assert.equal(out.status, 204);
      assert.match(out.headers.get('set-cookie')!, /^muster-session=; Max-Age=0; /);
      assert.match(await reading, /event: problem\ndata: .*"code":"NotSignedIn"/);
      assert.equal((await signing.call('GET', '/api/me', { headers: { cookie } })).status, 401);
    } finally {
      await signing.close();
    }
  });

  it('ends when the API stops', async () => {
    api.runs.followAnswer = waiting(runView());
    const reading = readUntil(await open());
    stopping.abort();
    assert.ok(!(await reading).includes('event: end'));
  });
});

/** Follows for as long as the reader stays. */
function waiting(first?: ReturnType<typeof runView>, onEnd: () => void = () => undefined) {
  return async function* (_runId: string, signal: AbortSignal) {
    if (first) yield first;
    await delay(60_000, undefined, { signal }).catch(() => undefined);
    onEnd();
  };
}
