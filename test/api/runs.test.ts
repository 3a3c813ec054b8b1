import { strict as assert } from 'node:assert';
import { RunProblem } from '../../src/runs/runs.ts';
import { problemIn, startApi, type Api } from './support/api.ts';
import { runView } from './support/fake-runs.ts';

const start = { runbook: 'fail-over-region', reason: 'east is lost', input: { service: 'shop', from: 'east', to: 'west' } };

describe('Runs over HTTP', () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  const post = (path: string, body: unknown, key?: string, as: 'sam' | 'ana' | 'ben' = 'ana') =>
    api.call('POST', path, { as, body, headers: key === undefined ? {} : { 'idempotency-key': key } });

  it('starts a run for the person behind the token, live unless said otherwise', async () => {
    const response = await post('/api/runs', { ...start, incident: 'INC-42' }, 'key-1', 'sam');
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), '/api/runs/run-1');
    assert.deepEqual(await response.json(), { runId: 'run-1', applied: true, existed: false, state: 'inProgress', status: 'starts' });
    assert.deepEqual(api.runs.started, [{ ...start, mode: 'live', incident: 'INC-42', requestedBy: 'sam', idempotencyKey: 'key-1' }]);
  });

  it('answers 202 when the start is recorded and no worker took it up', async () => {
    api.runs.startAnswer = async () => ({ runId: 'run-1', applied: false, existed: false });
    const response = await post('/api/runs', start);
    assert.deepEqual([response.status, response.headers.get('location')], [202, '/api/runs/run-1']);
  });

  it('answers 200 with the same run for the same key and body', async () => {
    assert.equal((await post('/api/runs', start, 'key-1')).status, 201);
    api.runs.startAnswer = async () => ({ runId: 'run-1', applied: true, existed: true, state: 'pendingApproval' });
    const again = await post(
      '/api/runs',
      { input: { to: 'west', from: 'east', service: 'shop' }, reason: start.reason, runbook: start.runbook },
      'key-1',
    );
    assert.deepEqual([again.status, again.headers.get('location')], [200, '/api/runs/run-1']);
  });

  it('refuses the same key with another body, for this person only', async () => {
    await post('/api/runs', start, 'key-1');
    const problem = await problemIn(await post('/api/runs', { ...start, reason: 'another' }, 'key-1'));
    assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [422, '/idempotency-key']);
    assert.equal((await post('/api/runs', { ...start, reason: 'another' }, 'key-1', 'ben')).status, 201);
    assert.equal(api.runs.started.length, 2);
  });

  it('lets a key come again with a corrected body after a refusal', async () => {
    api.runs.startAnswer = async () => {
      throw new RunProblem(422, 'InvalidInput', 'east is where it is', { fields: [{ pointer: '/input/to', detail: 'must differ' }] });
    };
    const problem = await problemIn(await post('/api/runs', start, 'key-1'));
    assert.deepEqual(problem.errors, [{ pointer: '/input/to', detail: 'must differ' }]);
    api.runs.startAnswer = async () => ({ runId: 'run-2', applied: true, existed: false });
    assert.equal((await post('/api/runs', { ...start, reason: 'corrected' }, 'key-1')).status, 201);
  });

  it('names the holder of a busy resource', async () => {
    api.runs.startAnswer = async () => {
      throw new RunProblem(409, 'ResourceBusy', 'run-7 holds database/orders', { holder: 'run-7' });
    };
    const problem = await problemIn(await post('/api/runs', start));
    assert.deepEqual([problem.status, problem.code, problem.holder], [409, 'ResourceBusy', 'run-7']);
  });

  it('lists runs and shows one', async () => {
    const { runs } = (await (await api.call('GET', '/api/runs?limit=5', { as: 'vic' })).json()) as { runs: { runId: string }[] };
    assert.deepEqual(
      runs.map(({ runId }) => runId),
      ['run-1'],
    );
    assert.deepEqual(await (await api.call('GET', '/api/runs/run-9', { as: 'vic' })).json(), runView({ runId: 'run-9' }));
  });

  it('describes each runbook with the JSON Schema of its input as people write it', async () => {
    const response = await api.call('GET', '/api/runbooks/fail-over-region', { as: 'vic' });
    const { input, startRole } = (await response.json()) as { input: { required: string[]; properties: object }; startRole: string };
    assert.deepEqual([input.required, startRole], [['service', 'from', 'to'], 'responder']);
    const missing = await problemIn(await api.call('GET', '/api/runbooks/fail-sideways', { as: 'vic' }));
    assert.deepEqual([missing.status, missing.code], [404, 'NotFound']);
  });

  it('keeps the text of an unexpected error inside', async () => {
    api.runs.viewAnswer = async () => {
      throw new Error('password=hunter2 at 10.0.0.1');
    };
    const problem = await problemIn(await api.call('GET', '/api/runs/run-1', { as: 'vic' }));
    assert.equal(problem.status, 500);
    assert.ok(!JSON.stringify(problem).includes('hunter2'));
  });
});
