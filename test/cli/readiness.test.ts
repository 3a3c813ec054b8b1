import assert from 'node:assert/strict';
import { readinessView } from '../readiness/views.ts';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';

describe('muster readiness', () => {
  let api: FakeApi;
  const say = (...args: string[]) =>
    muster(['readiness', ...args], { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: '/nowhere' });
  beforeEach(async () => {
    api = await startFakeApi();
    api.reply = () => ({ status: 200, body: readinessView() });
  });
  afterEach(() => api.close());

  it('shows each plan with its score and what stands in its way, and exits 1 when one is not ready', async () => {
    const { code, stdout } = await say();
    assert.equal(code, 1);
    const lines = stdout.split('\n');
    assert.equal(lines[0], 'Looked at 2026-11-21T06:00:00Z because sam asked for it; next look at 06:30:00Z.');
    assert.equal(lines[2], '  0  ✖ NOT READY             fail-over-region shop east west  (never done)');
    assert.equal(lines[3], '       ✖ orders in west: needed replication lag of at most 5 s, have 41 s (failed since 2026-11-21T06:00:00Z)');
    assert.equal(lines[4], '  –  · not now               fail-over-region shop west east  (orders in west takes no writes)');
    assert.match(lines[5]!, /^ 90 {2}\? ready, with warnings {2}roll-back-deployment shop east {2}\(done \d+ .* ago\)$/);
    assert.doesNotMatch(stdout, /Auto Scaling maximum/);
  });

  it('shows of one plan every check and what its score is made of', async () => {
    const { code, stdout } = await say('--plan', 'roll-back');
    assert.equal(code, 0, 'a warning is not red');
    assert.match(stdout, /× 1 practice: last done 2 d ago/);
    assert.doesNotMatch(stdout, /fail-over-region/);
    assert.match((await say('--plan', 'east west')).stdout, /✔ Auto Scaling maximum in west: needed 3, have 6\n/);
    const unknown = await say('--plan', 'bakery');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no plan is called bakery; there are: fail-over-region shop east west; /);
  });

  it('prints the same as JSON', async () => {
    const { code, stdout } = await say('-o', 'json');
    assert.deepEqual([code, JSON.parse(stdout)], [1, JSON.parse(JSON.stringify(readinessView()))]);
  });

  it('waits with --now for a look that began after it asked', async () => {
    let looks = 3;
    api.reply = ({ method }) => {
      if (method === 'POST') return { status: 202, body: { asked: true } };
      return { status: 200, body: readinessView({ evaluation: looks++, looking: looks < 5 }) };
    };
    const { stdout } = await say('--now', '-o', 'json');
    // The look that was under way at the question does not count.
    assert.equal((JSON.parse(stdout) as { evaluation: number }).evaluation, 5);
    assert.deepEqual(
      api.asked.map(({ method, path }) => `${method} ${path}`),
      ['GET /api/readiness', 'POST /api/readiness/evaluate', 'GET /api/readiness', 'GET /api/readiness'],
    );
  });

  it('says with exit code 4 that nobody has looked yet', async () => {
    api.reply = () => ({ status: 200, body: readinessView({ evaluation: 0, at: null, plans: [] }) });
    const { code, stdout } = await say();
    assert.deepEqual([code, stdout], [4, 'Nobody has looked at the recovery plans yet; look with: muster readiness --now\n']);
  });
});
