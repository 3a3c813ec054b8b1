import { strict as assert } from 'node:assert';
import { problemIn, startApi, type Api } from './support/api.ts';
import { runView } from './support/fake-runs.ts';

describe('Mitigations over HTTP', () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  it('are shown to everybody who may see runs, and to nobody else', async () => {
    api.runs.viewAnswer = async (runId) =>
      runView({
        ...{ runId, runbook: 'mitigate', plan: { service: 'shop', kind: 'read-only', owner: 'ana' } },
        measures: { mitigation: { inForce: true, since: '2026-03-14T09:00:00.000Z', kept: 0, asksAt: '2026-03-14T09:30:00.000Z' } },
      });
    const answer = await api.call('GET', '/api/mitigations', { as: 'vic' });
    assert.equal(answer.status, 200);
    const { mitigations } = (await answer.json()) as { mitigations: Record<string, unknown>[] };
    assert.deepEqual(
      mitigations.map(({ runId, kind, owner, asksAt, left }) => [runId, kind, owner, asksAt, left]),
      [['run-1', 'read-only', 'ana', '2026-03-14T09:30:00.000Z', false]],
    );
    assert.equal((await problemIn(await api.call('GET', '/api/mitigations'))).status, 401);
  });

  it('are described for clients', async () => {
    const document = (await (await api.call('GET', '/api/openapi.json')).json()) as { paths: Record<string, unknown> };
    assert.ok(document.paths['/api/mitigations']);
  });
});
