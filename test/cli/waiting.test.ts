import assert from 'node:assert/strict';
import { renderWall } from '../../src/cli/wall.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';
import { at, gate, run, step } from './support/views.ts';

const event = (view: object, name = 'message') => `event: ${name}\ndata: ${JSON.stringify(view)}\n\n`;
const asking = run({
  ...{ state: 'pendingApproval', status: 'asks: Fail over?', gates: [gate()], verbs: ['approve', 'decline', 'pause', 'abort', 'note'] },
  waitingFor: { what: 'Fail over?', who: '2 of 2 approvals by incident-commander', since: at(5) },
});
const stuck = run({
  ...{ state: 'pausedByFailedStep', status: '"Promote" failed: no answer', verbs: ['retryStep', 'skipStep', 'abort', 'note'] },
  waitingFor: { what: 'retry, skip, undo or abort "Promote"', who: 'a responder', since: at(5) },
});

describe('a run that waits for a person', () => {
  let api: FakeApi;
  const say = (...args: string[]) => muster(args, { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: '/nowhere' });
  beforeEach(async () => {
    api = await startFakeApi();
  });
  afterEach(() => api.close());

  it('says so where somebody watches without a terminal: once, for whom, and what answers it', async () => {
    const ended = run({ state: 'completed' });
    const oneMore = { ...asking, waitingFor: { ...asking.waitingFor!, who: '1 of 2 approvals by incident-commander' } };
    api.reply = () => `${event(asking)}${event(asking)}${event(oneMore)}${event(run())}${event(stuck)}${event(ended)}${event({}, 'end')}`;
    const { code, stdout } = await say('watch', 'run-1');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      [
        '… waits for 2 of 2 approvals by incident-commander: Fail over?',
        '  answer with: muster approve run-1',
        '           or: muster decline run-1',
        '… waits for 1 of 2 approvals by incident-commander: Fail over?',
        '… waits for a responder: retry, skip, undo or abort "Promote"',
        '  answer with: muster retry-step run-1',
        '           or: muster skip-step run-1 --reason "…"',
        '           or: muster abort run-1',
        '',
      ].join('\n'),
    );
  });

  it('ends the watching with an exit code of its own when that is asked for', async () => {
    api.reply = ({ method }) =>
      method === 'POST'
        ? { status: 201, body: { runId: 'run-1', applied: true, existed: false } }
        : `${event(run())}${event(asking)}${event(run({ state: 'completed' }))}${event({}, 'end')}`;
    const watched = await say('watch', 'run-1', '--exit-when-waiting');
    assert.deepEqual([watched.code, /answer with: muster approve run-1/.test(watched.stdout)], [5, true]);
    const started = await say('start', 'fail-over-region', '--reason', 'x', '--exit-when-waiting', '-o', 'json');
    assert.equal(started.code, 5);
    assert.equal((JSON.parse(started.stdout.trim().split('\n').at(-1)!) as RunView).state, 'pendingApproval');
  });

  it('stands first among all that are open', async () => {
    const listed = [run({ runId: 'run-2' }), asking, run({ runId: 'run-3', state: 'completed' })];
    const views = new Map(listed.map((view) => [`/api/runs/${view.runId}`, view]));
    api.reply = ({ path }) => ({ status: 200, body: path.includes('?') ? { runs: listed } : views.get(path) });
    const { code, stdout } = await say('watch', '--once');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^\? waits for approval: Fail shop over.*\n {4}run-1: asks: Fail over\?\n {4}waits for 2 of 2 .*; muster approve run-1\n▸ /,
    );
    assert.doesNotMatch(stdout, /run-3/);
    const wall = await say('watch', '--timeout', '300ms');
    assert.deepEqual([wall.code, wall.stdout.split('\n').length], [4, 3]);
    api.reply = () => ({ status: 200, body: { runs: [] } });
    assert.equal((await say('watch', '--once')).stdout, 'No run is open.\n');
  });

  it('is told through the run that has started it', async () => {
    const child = { what: 'Fail over? (in run-9)', who: '1 of 1 approvals by data-owner', since: at(5) };
    const parent = run({ waitingFor: child, steps: [step('Fail over', 1, undefined, { child: 'run-9' })] });
    api.reply = () => `${event(parent)}${event(run({ state: 'completed' }))}${event({}, 'end')}`;
    assert.match(
      (await say('watch', 'run-1')).stdout,
      /waits for 1 of 1 approvals by data-owner: .*\n {2}answer with: muster show run-9\n/,
    );
  });
});

describe('the wall of open runs', () => {
  it('keeps to 80 and 100 columns, leaves nothing out, and obeys nothing', () => {
    const hostile = `\u001b[2J${'endless '.repeat(30)}\u202e`;
    const views = [{ ...asking, title: hostile, status: hostile }];
    for (const width of [80, 100]) {
      const text = renderWall(views, { now: Date.parse(at(10)), width, color: false });
      assert.ok(text.split('\n').every((line) => line.length <= width));
      assert.equal(text.match(/endless/g)?.length, 60);
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });
});
