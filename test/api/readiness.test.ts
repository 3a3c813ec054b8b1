import { strict as assert } from 'node:assert';
import { RunProblem } from '../../src/runs/problem.ts';
import type { ReadinessView } from '../../src/workflows/readiness/view.ts';
import { readinessView } from '../readiness/views.ts';
import { problemIn, startApi, type Api } from './support/api.ts';

describe('Readiness over HTTP', () => {
  let api: Api;
  let view: () => Promise<ReadinessView>;
  const asked: string[] = [];
  beforeEach(async () => {
    view = async () => readinessView();
    asked.length = 0;
    api = await startApi({ readiness: { view: () => view(), evaluate: async (by) => void asked.push(by) } });
  });
  afterEach(() => api.close());
  const metrics = async () => (await api.call('GET', '/metrics', { as: 'vic' })).text();

  it('is shown to everybody who may see runs', async () => {
    const answer = await api.call('GET', '/api/readiness', { as: 'vic' });
    assert.deepEqual([answer.status, await answer.json()], [200, JSON.parse(JSON.stringify(readinessView()))]);
    assert.equal((await problemIn(await api.call('GET', '/api/readiness'))).status, 401);
  });

  it('is looked at anew when a responder asks, in his name', async () => {
    const refused = await problemIn(await api.call('POST', '/api/readiness/evaluate', { as: 'vic', body: {} }));
    assert.deepEqual([refused.status, refused.code, asked], [403, 'NotEntitled', []]);
    const answer = await api.call('POST', '/api/readiness/evaluate', { as: 'sam', body: {} });
    assert.deepEqual([answer.status, asked], [202, ['sam']]);
  });

  it('is in the metrics by plan and check, without what nobody would start now', async () => {
    const text = await metrics();
    const plan = 'plan="fail-over-region shop east west"';
    assert.match(text, new RegExp(`^muster_readiness_score\\{${plan}\\} 0$`, 'm'));
    assert.match(text, new RegExp(`^muster_readiness_ready\\{${plan}\\} 0$`, 'm'));
    assert.match(text, new RegExp(`^muster_readiness_findings\\{${plan},check="replica-lag",state="failed"\\} 1$`, 'm'));
    assert.match(text, new RegExp(`^muster_readiness_findings\\{${plan},check="replica-lag",state="ok"\\} 0$`, 'm'));
    assert.match(text, /^muster_readiness_last_look_timestamp_seconds \d+/m);
    assert.doesNotMatch(text, /fail-over-region shop west east/);
  });

  it('is missing from the metrics while nobody answers, and the rest is still there', async () => {
    view = async () => Promise.reject(new RunProblem(503, 'NoWorker', 'no worker'));
    const text = await metrics();
    assert.doesNotMatch(text, /^muster_readiness_score\{/m);
    assert.match(text, /^muster_readiness_last_look_timestamp_seconds (NaN|Nan)$/m);
    assert.equal((await problemIn(await api.call('GET', '/api/readiness', { as: 'vic' }))).status, 503);
  });
});
