import assert from 'node:assert/strict';
import { follow } from '../../src/runs/follow.ts';
import { RunProblem } from '../../src/runs/problem.ts';
import type { IncidentAsk, IncidentCommandName, IncidentCommands } from '../../src/workflows/incident/commands.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { muster } from '../cli/support/muster.ts';
import { run } from '../cli/support/views.ts';
import { eventually } from '../eventually.ts';
import type { Count } from './support/goes-on.ts';
import { startWholeTemporal, type WholeTemporal } from './support/whole-temporal.ts';

const said = { title: 'Nobody can order', service: 'shop', severity: 'P1', by: 'sam' };

describe('incidents on a real Temporal', function () {
  this.timeout(30_000);
  let whole: WholeTemporal;
  before(async () => {
    whole = await startWholeTemporal();
    await whole.startWorker();
  });
  after(() => whole.stop());

  const ask = <Name extends IncidentCommandName>(number: string, command: Name, words: IncidentCommands[Name], id?: string) =>
    whole.incidents.ask(number, { by: 'sam', command, with: words, ...(id === undefined ? {} : { id }) } as IncidentAsk);
  const declare = async () => (await whole.incidents.declare(said)).number!;
  const seen = (number: string, what: string, holds: (view: IncidentView) => boolean) =>
    eventually(what, () => whole.incidents.view(number), holds);
  const refused = async (asking: Promise<unknown>): Promise<RunProblem> => {
    const error: unknown = await asking.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RunProblem, String(error));
    return error;
  };

  it('are declared once for each key, seen, listed and spoken to', async () => {
    const first = await whole.incidents.declare({ ...said, key: 'once' });
    assert.match(first.number!, /^INC-\d{4}-\d{2}-\d{2}-001$/);
    assert.deepEqual(await whole.incidents.declare({ ...said, key: 'once' }), { ...first, existed: true });
    const other = await whole.incidents.declare({ ...said, by: 'ana', key: 'once' });
    assert.notEqual(other.number, first.number);

    const number = first.number!;
    assert.equal((await seen(number, 'it', ({ state }) => state === 'declared')).title, said.title);
    assert.deepEqual((await ask(number, 'acknowledge', {})).answer?.state, 'acknowledged');
    const { open } = await eventually(
      'the list',
      () => whole.incidents.list(),
      (list) => list.open.some(({ state }) => state === 'acknowledged'),
    );
    assert.deepEqual(open.map((one) => one.number).sort(), [number, other.number].sort());
  });

  it('know the live runs about their service that began without them', async () => {
    const number = await declare();
    const mends = run({
      runId: 'mends-1',
      state: 'completed',
      endedAt: new Date(Date.now() + 60_000).toISOString(),
      plan: { service: 'shop' },
    });
    const others = [
      run({ runId: 'of-another-1', plan: { service: 'stock' } }),
      run({ runId: 'exercise-1', plan: { service: 'shop', run: { drill: 'DRILL-1' } } }),
      run({ runId: 'part-1', plan: { service: 'shop', run: { parent: 'mends-1' } } }),
      run({ runId: 'named-1', plan: { service: 'shop' }, incident: 'INC-2020-01-01-001' }),
    ];
    whole.runs.push(mends, run({ runId: 'dry-1', mode: 'simulate', plan: { service: 'shop' } }), ...others);
    await ask(number, 'acknowledge', {});
    const { runs, timeline } = await seen(number, 'the run', (view) => view.runs.length > 0);
    assert.deepEqual(
      runs.map(({ runId, runbook, state }) => [runId, runbook, state]),
      [['mends-1', 'fail-over-region', 'completed']],
    );
    assert.match(timeline.map(({ text }) => text).join('\n'), /starts "Fail shop over from east to west" \(mends-1\)/);
    whole.runs.length = 0;
  });

  it('refuse what the environment does not know before anything is recorded', async () => {
    const before = (await whole.incidents.list()).open.length;
    const problem = await refused(
      whole.incidents.declare({ ...said, service: 'shoe', severity: 'P9', startedAt: '2999-01-01T00:00:00.000Z' }),
    );
    assert.deepEqual([problem.status, problem.fields?.map(({ pointer }) => pointer)], [422, ['/service', '/severity', '/startedAt']]);
    assert.match(problem.message, /P9 is not known here; known: P0, P1, P2, P3/);
    assert.equal((await refused(whole.incidents.declare({ ...said, by: 'mallory' }))).status, 403);
    assert.equal((await whole.incidents.list()).open.length, before);
  });

  it('refuse with their own words, and say when there is none or when it has ended', async () => {
    const number = await declare();
    const now = await refused(ask(number, 'close', {}));
    assert.deepEqual([now.status, now.code], [409, 'NotNow']);
    assert.match(now.detail, /close is not possible: the incident is declared/);
    const input = await refused(ask(number, 'role', { role: 'cook', subject: 'sam' }));
    assert.deepEqual([input.status, input.code], [422, 'InvalidInput']);
    const none = await refused(ask('INC-2020-01-01-001', 'close', {}));
    assert.deepEqual([none.status, none.detail], [404, 'there is no incident INC-2020-01-01-001']);
    assert.equal((await refused(whole.incidents.view('INC-2020-01-01-001'))).status, 404);
    await ask(number, 'dismiss', { reason: 'a test' });
    const gone = await eventually(
      'its end',
      () => refused(ask(number, 'note', { text: 'too late' })),
      ({ status }) => status === 410,
    );
    assert.equal(gone.detail, `the incident ${number} has ended`);
    assert.equal((await whole.incidents.view(number)).state, 'dismissed');
  });

  it('do a command once that comes twice', async () => {
    const number = await declare();
    for (const _ of [1, 2]) await ask(number, 'note', { text: 'the graph is back' }, 'note-1');
    const { timeline } = await whole.incidents.view(number);
    assert.equal(timeline.filter(({ text }) => text === 'the graph is back').length, 1);
  });

  it('are followed from change to change until they have ended', async () => {
    const number = await declare();
    const states: string[] = [];
    const following = (async () => {
      for await (const { state } of whole.incidents.follow(number, new AbortController().signal)) {
        if (states.at(-1) !== state) states.push(state);
      }
    })();
    await eventually('the first view', () => states.length, Boolean);
    await ask(number, 'acknowledge', {});
    await eventually(
      'the second state',
      () => states.at(-1),
      (state) => state === 'acknowledged',
    );
    await ask(number, 'dismiss', { reason: 'a test' });
    await following;
    assert.deepEqual(states.slice(-2), ['acknowledged', 'dismissed']);
  });

  it('are followed also where they go on as a new run', async () => {
    const taskQueue = whole.environment.orchestrator.taskQueue;
    const handle = await whole.client.workflow.start('goesOn', { workflowId: 'goes-on', taskQueue });
    // Not the handle of the start, which knows the first run only.
    const latest = whole.client.workflow.getHandle(handle.workflowId);
    const followed = {
      ...{ workflowId: handle.workflowId, kind: 'incident' as const, isLast: ({ state }: Count) => state === 'closed' },
      view: () => latest.query<Count>('count'),
    };
    const counts: number[] = [];
    for await (const { runs, state } of follow(whole.client, followed, AbortSignal.timeout(20_000))) {
      if (counts.at(-1) !== runs) counts.push(runs);
      if (state === 'open') await latest.signal('next');
    }
    assert.deepEqual(counts, [1, 2, 3]);
  });

  it('can be declared and spoken to by the command line when there is no API', async () => {
    const say = (...args: string[]) =>
      muster(['incident', ...args, '--direct'], {
        ...{ MUSTER_HOME: whole.folder, TEMPORAL_ADDRESS: whole.address, TEMPORAL_NAMESPACE: 'default' },
      });
    const words = ['--title', 'Slow orders', '--service', 'shop', '--severity', 'P2', '--started', '10m'];
    const declared = await say('declare', ...words, '--as', 'sam');
    assert.equal(declared.code, 0, declared.stderr);
    const number = /INC-[\d-]+/.exec(declared.stdout)![0];
    const acknowledged = await say('ack', number.toLowerCase(), '--as', 'sam');
    assert.match(acknowledged.stdout, new RegExp(`^${number} is acknowledged: is worked on`));
    assert.match((await say('show', number)).stdout, /P2 Slow orders\n▸ acknowledged/);
    assert.match((await say('list')).stdout, new RegExp(`${number} +P2 +acknowledged`));

    const nobody = await say('ack', number);
    assert.deepEqual([nobody.code, /say who you are: --as <subject>/.test(nobody.stderr)], [2, true]);
    const viewer = await say('declare', ...words, '--as', 'vic');
    assert.deepEqual([viewer.code, /needs the role responder; vic has viewer/.test(viewer.stderr)], [3, true]);
    const wrong = await say('declare', ...words.slice(0, 4), '--severity', 'P9', '--as', 'sam');
    assert.deepEqual([wrong.code, /\/severity P9 is not known here/.test(wrong.stderr)], [2, true]);
  });

  describe('without a worker', () => {
    it('are recorded, and begin when one is there', async () => {
      const number = await declare();
      await seen(number, 'it', ({ state }) => state === 'declared');
      await whole.stopWorker();
      const before = { ...said, title: 'Declared into the dark', key: 'dark' };
      const [declared, noted] = await Promise.all([whole.incidents.declare(before), ask(number, 'acknowledge', {})]);
      assert.deepEqual([declared, noted], [{ applied: false, existed: false }, { applied: false }]);
      assert.equal((await refused(whole.incidents.view(number))).code, 'NoWorker');
      await whole.startWorker();
      await seen(number, 'the acknowledgement', ({ state }) => state === 'acknowledged');
      const { open } = await eventually(
        'the number',
        () => whole.incidents.list(),
        (list) => list.open.some(({ title }) => title === before.title),
      );
      assert.equal(open.filter(({ title }) => title === before.title).length, 1);
      assert.equal((await whole.incidents.declare(before)).existed, true);
    });
  });
});
