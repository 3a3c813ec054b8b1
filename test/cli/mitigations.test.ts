import assert from 'node:assert/strict';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';
import { run } from './support/views.ts';

const listed = {
  ...{ runId: 'mitigate-1', service: 'shop', kind: 'rate-limit', value: 10, owner: 'ana', reason: 'a full queue', kept: 0, left: false },
  ...{ since: '2026-11-21T06:00:00.000Z', asksAt: '2026-11-21T06:30:00.000Z', state: 'inProgress', status: 'works on: Leave it' },
};

describe('muster mitigations', () => {
  let api: FakeApi;
  const say = (...args: string[]) => muster(args, { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: '/nowhere' });
  beforeEach(async () => {
    api = await startFakeApi();
  });
  afterEach(() => api.close());

  it('lists what is in force, with its owner and the time of the next question', async () => {
    const left = {
      ...listed,
      runId: 'mitigate-2',
      kind: 'read-only',
      value: undefined,
      left: true,
      asksAt: null,
      status: 'ended by sam: by hand',
    };
    api.reply = () => ({ status: 200, body: { mitigations: [listed, left] } });
    const { code, stdout } = await say('mitigations');
    assert.equal(code, 0);
    const [heading, first, second] = stdout.split('\n').map((line) => line.split(/ {2,}/));
    assert.deepEqual(heading, ['KIND', 'SERVICE', 'OWNER', 'SINCE', 'ASKS AGAIN AT', 'RUN']);
    assert.deepEqual(first, ['rate-limit 10', 'shop', 'ana', listed.since, listed.asksAt, 'mitigate-1']);
    assert.equal(second![4], 'never: ended by sam: by hand');
    assert.deepEqual(JSON.parse((await say('mitigations', '-o', 'json')).stdout), JSON.parse(JSON.stringify([listed, left])));
  });

  it('says that nothing is in force', async () => {
    api.reply = () => ({ status: 200, body: { mitigations: [] } });
    assert.equal((await say('mitigations')).stdout, 'Nothing is in force.\n');
  });

  it('add starts the run, owned by whoever speaks unless said', async () => {
    api.reply = () => ({ status: 201, body: { runId: 'mitigate-1', applied: true, existed: false } });
    const words = ['mitigations', 'add', 'rate-limit', '--service', 'shop', '--for', '30m', '--value', '10', '--reason', 'a full queue'];
    const { code, stdout } = await say(...words, '--as', 'sam', '--key', 'once');
    assert.deepEqual([code, stdout], [0, 'mitigate-1 puts shop on rate-limit for 30m\n']);
    assert.deepEqual(api.asked[0]!.body, {
      ...{ runbook: 'mitigate', mode: 'live', reason: 'a full queue' },
      input: { service: 'shop', kind: 'rate-limit', for: '30m', owner: 'sam', value: 10 },
    });
    assert.equal(api.asked[0]!.key, 'once');
  });

  it('add refuses a kind or a value that there is not, before anything is asked', async () => {
    const words = ['--service', 'shop', '--for', '30m', '--reason', 'x'];
    for (const args of [['hope'], ['rate-limit', '--value', 'much']]) {
      const { code } = await say('mitigations', 'add', ...args, ...words);
      assert.equal(code, 2);
    }
    assert.deepEqual(api.asked, []);
  });

  it('end takes it back, and touches no other run', async () => {
    api.reply = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: run({ runId: 'mitigate-1', runbook: 'mitigate' }) }
        : { status: 200, body: { applied: true, state: 'compensating', status: 'undoes 1 steps' } };
    const { code, stdout } = await say('mitigations', 'end', 'mitigate-1', '--reason', 'mended');
    assert.deepEqual([code, stdout], [0, 'mitigate-1 takes it back\n']);
    const { path, body } = api.asked.at(-1)!;
    assert.deepEqual([path, body], ['/api/runs/mitigate-1/signals/abort', { how: 'undo', reason: 'mended' }]);

    api.reply = () => ({ status: 200, body: run({ runId: 'run-1', runbook: 'failOverRegion' }) });
    const other = await say('mitigations', 'end', 'run-1', '--reason', 'mended');
    assert.equal(other.code, 2);
    assert.match(other.stderr, /run-1 is no mitigation but a run of failOverRegion/);
  });

  it('says by what name each of them goes, in its help', async () => {
    const { stdout } = await say('mitigations', 'add', '--help');
    for (const kind of ['maintenance-page', 'read-only', 'rate-limit', 'scaled-down-writers']) assert.ok(stdout.includes(kind), kind);
  });
});
