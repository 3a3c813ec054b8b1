import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunView } from '../../src/workflows/messages.ts';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';
import { gate, run } from './support/views.ts';

const problem = (status: number, code: string, detail: string, more: object = {}) => ({
  status,
  body: { type: 'urn:x', title: 'x', instance: '/', status, code, detail, ...more },
});
const event = (view: object, name = 'message') => `event: ${name}\ndata: ${JSON.stringify(view)}\n\n`;
const asking = run({ state: 'pendingApproval', gates: [gate()] });
const standing = { status: 200, body: { applied: true, state: 'pendingApproval', status: 'asks: Fail over?' } };
const applied = { status: 200, body: { applied: true, state: 'inProgress', status: 'works on: Fence' } };

describe('commands over the API', () => {
  let api: FakeApi;
  let home: string;
  const posts = () => api.asked.filter(({ method }) => method === 'POST');
  const shows = (view: RunView) => {
    api.reply = ({ method }) => (method === 'GET' ? { status: 200, body: view } : applied);
  };
  const say = (...args: string[]) => muster(args, { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: home });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-'));
    api = await startFakeApi();
  });
  afterEach(async () => {
    await api.close();
    await rm(home, { recursive: true });
  });

  it('range break says how a region turns grey, and refuses a way of another fault', async () => {
    const say = (...args: string[]) => muster(['range', 'break', ...args], { MUSTER_RANGE_CONTROL: api.url, MUSTER_HOME: home });
    api.reply = () => ({ status: 200, body: {} });
    const plain = await say('grey-region', '--region', 'west');
    const chosen = await say('grey-region', '--how', 'one-way');
    assert.deepEqual(
      api.asked.map(({ body }) => body),
      [
        { kind: 'grey-region', region: 'west', how: 'errors' },
        { kind: 'grey-region', region: 'east', how: 'one-way' },
      ],
    );
    assert.match(
      plain.stdout + chosen.stdout,
      /Broken: grey-region, region west, how errors\nBroken: grey-region, region east, how one-way/,
    );
    const { code, stderr } = await say('aws', '--how', 'slow');
    assert.deepEqual([code, stderr.includes('--how slow: for aws say one of throttle, error, reset, stall')], [2, true]);
  });

  it('start sends file and inputs with token and key, and prints the id of the run', async () => {
    await writeFile(join(home, 'plan.yaml'), 'service: shop\nfrom: east\nto: nowhere\n');
    api.reply = () => ({ status: 201, body: { runId: 'run-1', applied: true, existed: false } });
    const start = ['start', 'fail-over-region', '--file', join(home, 'plan.yaml'), '--input', 'to=west', 'planned=true'];
    const { code, stdout } = await say(...start, '--reason', 'east is lost', '--mode', 'simulate', '--key', 'once');
    assert.deepEqual([code, stdout], [0, 'run-1 has started\nNext: muster watch run-1     then, what it would do: muster show run-1\n']);
    assert.deepEqual(api.asked, [
      {
        ...{ method: 'POST', path: '/api/runs', key: 'once', token: 'Bearer visibly-fake' },
        body: {
          ...{ runbook: 'fail-over-region', mode: 'simulate', reason: 'east is lost' },
          input: { service: 'shop', from: 'east', to: 'west', planned: true },
        },
      },
    ]);
  });

  it('start names the place in a broken file, and sends nothing', async () => {
    await writeFile(join(home, 'plan.yaml'), 'service: shop\nfrom: [east\n');
    const { code, stderr } = await say('start', 'fail-over-region', '--file', join(home, 'plan.yaml'), '--reason', 'x');
    assert.equal(code, 2);
    assert.match(stderr, /^muster: \S+plan\.yaml:\d+:\d+ /);
    assert.equal(api.asked.length, 0);
  });

  it('names every wrong field with exit code 2, and a refusal with its holder and exit code 3', async () => {
    const start = ['start', 'fail-over-region', '--input', 'from=north', '--reason', 'x'];
    api.reply = () =>
      problem(422, 'InvalidInput', 'The plan does not fit.', { errors: [{ pointer: '/input/from', detail: 'is no region' }] });
    const wrong = await say(...start);
    assert.deepEqual([wrong.code, wrong.stderr], [2, 'muster: InvalidInput: The plan does not fit.\n  /input/from: is no region\n']);
    api.reply = () => problem(409, 'ResourceBusy', 'The database is taken.', { holder: 'run-7' });
    const busy = await say(...start);
    assert.deepEqual([busy.code, busy.stderr], [3, 'muster: ResourceBusy: The database is taken. (held by run-7)\n']);
  });

  it('approve shows the facts and sends the digest of what it showed', async () => {
    // What the run answers at once is where it stood before; it is looked at until it has moved on.
    let looks = 0;
    const decided = run({ state: 'pendingApproval', gates: [gate({ state: 'approved' })] });
    const view = () => (posts().length === 0 ? asking : (looks += 1) < 3 ? decided : run({ status: 'works on: Fence' }));
    api.reply = ({ method }) => (method === 'GET' ? { status: 200, body: view() } : standing);
    const { code, stdout, stderr } = await say('approve', 'run-1', '--yes', '--comment', 'seen twice');
    assert.deepEqual([code, stdout], [0, 'Approved as Sam (on call). run-1: in progress, works on: Fence\n']);
    assert.match(stderr, /^Fail over\?\nrun-1, asked for by sam: east is lost\n +✖ bad +replication lag +10\.2 s/);
    assert.match(stderr, /gate fail-over\?, facts --digest digest-1/);
    const [sent] = posts();
    assert.equal(sent!.path, '/api/runs/run-1/signals/approve');
    assert.deepEqual(sent!.body, { gate: 'fail-over?', digest: 'digest-1', comment: 'seen twice' });
  });

  it('approve without a terminal needs --yes or a digest', async () => {
    api.reply = () => ({ status: 200, body: asking });
    const { code, stderr } = await say('approve', 'run-1');
    assert.equal(code, 2);
    assert.match(stderr, /without a terminal nobody can be asked/);
    assert.ok(api.asked.every(({ method }) => method === 'GET'));
  });

  it('decline with gate and digest decides without looking', async () => {
    shows(run());
    const digest = 'ab'.repeat(32);
    const { code, stdout } = await say('decline', 'run-1', 'fail-over?', '--digest', digest);
    assert.deepEqual([code, stdout], [0, 'Declined as Sam (on call). run-1: in progress, works on: Warm west\n']);
    assert.equal(api.asked[0]!.method, 'POST');
    assert.deepEqual(
      posts().map(({ path, body }) => [path, body]),
      [['/api/runs/run-1/signals/decline', { gate: 'fail-over?', digest }]],
    );
  });

  it('approve takes the beginning of the digest that the table shows, and no other', async () => {
    const digest = `0123456789ab${'c'.repeat(52)}`;
    shows(run({ state: 'pendingApproval', gates: [gate({ digest })] }));
    await say('approve', 'run-1', '--digest', '0123456789ab');
    await say('approve', 'run-1', '--digest', '0123456789ff');
    assert.deepEqual(
      posts().map(({ body }) => (body as { digest: string }).digest),
      [digest, '0123456789ff'],
    );
  });

  it('says how many approvals are still needed', async () => {
    shows(
      run({
        ...{ state: 'pendingApproval', status: 'asks: Fail over?', gates: [gate()] },
        waitingFor: { what: 'Fail over?', who: '1 of 2 approvals by incident-commander', since: gate().openedAt },
      }),
    );
    const { stdout } = await say('approve', 'run-1', '--yes');
    assert.match(stdout, /^Approved as Sam.* waits for approval, asks: Fail over\?; waits for 1 of 2 approvals by incident-commander\n$/);
  });

  it('repeats a command whose connection was cut, with the same key', async () => {
    const paused = run({ state: 'pausedByOperator', status: 'is paused by sam: wait', verbs: ['resume'] });
    api.reply = ({ method }) => (method === 'GET' ? { status: 200, body: paused } : api.asked.length === 1 ? undefined : applied);
    const { code, stdout, stderr } = await say('pause', 'run-1', '--reason', 'wait');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'Told to pause as Sam (on call). run-1: paused by a person, is paused by sam: wait\n');
    assert.equal(posts().length, 2);
    assert.ok(api.asked[0]!.key);
    assert.deepEqual(api.asked[0], api.asked[1]);
  });

  it('exits with 4 when a command is recorded but not applied', async () => {
    api.reply = () => ({ status: 202, body: { applied: false, status: 'Recorded' } });
    const { code, stdout } = await say('skip-step', 'run-1', '--reason', 'done by hand', '--step', '3-warm');
    assert.deepEqual([code, stdout], [4, 'Recorded, not yet applied: no worker has answered.\n']);
    assert.deepEqual(api.asked[0]!.body, { reason: 'done by hand', step: '3-warm' });
  });

  it('watch prints one line for each change, goes on after a cut, and exits by how the run ended', async () => {
    const first = { at: '2026-03-01T10:00:00.000Z', kind: 'phase' as const, text: 'Assess' };
    const last = { at: '2026-03-01T10:00:09.000Z', kind: 'run' as const, text: 'is done' };
    const ended = run({ state: 'completed', timeline: [first, last] });
    const cut = event(run({ timeline: [first] }));
    api.reply = () => (api.asked.length === 1 ? cut : `${event(run({ timeline: [first] }))}${event(ended)}${event({}, 'end')}`);
    const { code, stdout } = await say('watch', 'run-1');
    assert.deepEqual([code, stdout], [0, '10:00:00Z phase    Assess\n10:00:09Z run      is done\n']);

    api.reply = () => `${event(run({ state: 'compensated' }))}${event({}, 'end')}`;
    assert.equal((await say('watch', 'run-1', '-o', 'json')).code, 1);
  });

  it('watch stops with exit code 4 when the time is up', async () => {
    api.reply = () => event(asking);
    assert.equal((await say('watch', 'run-1', '--timeout', '700ms')).code, 4);
  });

  it('show prints the picture, or the whole view as JSON', async () => {
    api.reply = () => ({ status: 200, body: asking });
    const [text, json] = [await say('show', 'run-1'), await say('show', 'run-1', '--output', 'json')];
    assert.match(text.stdout, /^Fail shop over from east to west\n\? waits for approval/);
    assert.ok(!text.stdout.includes('\u001b'));
    assert.deepEqual(JSON.parse(json.stdout), asking);
  });

  it('runs lists what is there', async () => {
    const found = {
      runId: 'run-1',
      runbook: 'fail-over-region',
      environment: 'range',
      mode: 'live',
      state: 'completed',
      startedAt: 'then',
    };
    api.reply = () => ({ status: 200, body: { runs: [found] } });
    const { stdout } = await say('runs', '--limit', '5');
    assert.equal(api.asked[0]!.path, '/api/runs?limit=5');
    assert.match(stdout, /^RUN +RUNBOOK .*\nrun-1 +fail-over-region +live +completed +then\n$/);
  });

  it('report prints the report, or with --open its path', async () => {
    api.reply = () => ({ status: 200, body: 'The report' });
    assert.equal((await say('report', 'run-1')).stdout, '"The report"\n');
    assert.equal(api.asked[0]!.path, '/api/runs/run-1/report?format=md');
    await mkdir(join(home, 'archive/run-1'), { recursive: true });
    await writeFile(join(home, 'archive/run-1/report.html'), '');
    const { stdout } = await say('report', 'run-1', '--format', 'html', '--open');
    assert.equal(stdout, `${join(home, 'archive/run-1/report.html')}\n`);
    assert.equal((await say('report', 'latest', '--format', 'html', '--open')).stdout, stdout);
    assert.equal((await say('report', 'ru', '--format', 'html', '--open')).stdout, stdout);
    assert.equal((await say('report', '../run-1', '--open')).code, 3);
    await writeFile(join(home, 'archive/run-1/report.md'), 'What was\n');
    const alone = await muster(['report', 'latest'], { MUSTER_HOME: home });
    assert.deepEqual([alone.code, alone.stdout], [0, 'What was\n']);
  });

  it('says so when something else answers there', async () => {
    api.reply = () => ({ status: 418, body: 'teapot' });
    const { code, stderr } = await say('runs');
    assert.deepEqual([code, stderr], [1, 'muster: the API answered 418 I\'m a Teapot: "teapot"\n']);
  });
});

describe('commands with nothing running', () => {
  let home: string;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-'));
  });
  after(() => rm(home, { recursive: true }));

  it('say how to begin', async () => {
    const runs = await muster(['runs'], { MUSTER_HOME: home });
    const status = await muster(['range', 'status'], { MUSTER_HOME: home });
    const place = await muster(['runs', '--api', 'localhost:8080'], { MUSTER_HOME: home });
    assert.deepEqual([place.code, place.stderr.includes('localhost:8080 is no address of an API')], [2, true]);
    const down = await muster(['down'], { MUSTER_HOME: home });
    const verify = await muster(['verify', join(home, 'nothing.json')], { MUSTER_HOME: home });
    assert.deepEqual([runs.code, runs.stderr.includes('start one with ./muster up')], [2, true]);
    assert.deepEqual([status.code, status.stderr.includes('start one with ./muster up')], [2, true]);
    assert.deepEqual([down.code, down.stdout], [0, 'Nothing runs here.\n']);
    assert.deepEqual([verify.code, verify.stderr.includes('is not there')], [2, true]);
  });

  it('up and demo --keep refuse a second one, naming the process of the first', async () => {
    const session = { pid: process.pid, api: 'http://127.0.0.1:1', temporal: { address: '127.0.0.1:1', namespace: 'default' } };
    await writeFile(join(home, 'session.json'), JSON.stringify({ ...session, environmentFile: 'x', archive: 'x' }));
    for (const args of [['up'], ['demo', '--keep', '--yes']]) {
      const { code, stderr } = await muster(args, { MUSTER_HOME: home });
      assert.equal(code, 3);
      assert.match(stderr, new RegExp(`already runs here as process ${process.pid} `));
    }
    await rm(join(home, 'session.json'));
  });

  it('doctor says what is wrong and how to mend it', async () => {
    const { code, stdout } = await muster(['doctor'], { MUSTER_HOME: home, MUSTER_ENVIRONMENT: join(home, 'none.yaml') });
    assert.equal(code, 1);
    assert.match(stdout, /✔ Node \d+/);
    assert.match(stdout, /✖ the environment file is not valid:\n.*\n +→ correct it/);
    assert.match(stdout, /✖ no Temporal is configured and none runs here\n +→ start one with \.\/muster up/);
    assert.match(stdout, /✖ no API is known\n +→ /);
  });
});
