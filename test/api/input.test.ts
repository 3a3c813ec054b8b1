import { strict as assert } from 'node:assert';
import { request } from 'node:http';
import { problemIn, startApi, type Api } from './support/api.ts';

const start = { runbook: 'fail-over-region', reason: 'east is lost', input: { service: 'shop', from: 'east', to: 'west' } };
const signal = '/api/runs/run-1/signals';

describe('Bad input', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) => api.call('POST', path, { as: 'ana', body, headers });

  const rows: [what: string, send: () => Promise<Response>, status: number, pointer: string | undefined, detail: RegExp][] = [
    ['an unknown field', () => post('/api/runs', { ...start, colour: 'red' }), 422, '/colour', /not known here/],
    ['an unknown runbook', () => post('/api/runs', { ...start, runbook: 'fail-sideways' }), 422, '/runbook', /there are fail-over-region/],
    ['a missing reason', () => post('/api/runs', { ...start, reason: undefined }), 422, '/reason', /expected string/],
    ['an empty reason', () => post('/api/runs', { ...start, reason: '  ' }), 422, '/reason', /say it in words/],
    ['a terminal escape in a text', () => post('/api/runs', { ...start, reason: 'fine\u001b[2K' }), 422, '/reason', /control characters/],
    ['turned writing direction', () => post(`${signal}/note`, { text: 'safe \u202e eurt' }), 422, '/text', /control characters/],
    ['an unknown mode', () => post('/api/runs', { ...start, mode: 'rehearse' }), 422, '/mode', /"live"\|"simulate"/],
    ['an input that is a list', () => post('/api/runs', { ...start, input: [] }), 422, '/input', /expected record/],
    ['who speaks in the body', () => post(`${signal}/pause`, { by: 'ben' }), 422, '/by', /not known here/],
    ['an approval without its digest', () => post(`${signal}/approve`, { gate: 'g' }), 422, '/digest', /expected string/],
    ['a skip without a reason', () => post(`${signal}/skip-step`, {}), 422, '/reason', /expected string/],
    ['an unknown way to abort', () => post(`${signal}/abort`, { how: 'fast' }), 422, '/how', /"leave"\|"undo"/],
    ['a note that is too long', () => post(`${signal}/note`, { text: 'x'.repeat(4_001) }), 422, '/text', /<=4000/],
    [
      '__proto__',
      () => post('/api/runs', '{"runbook":"x","reason":"y","input":{"__proto__":{"admin":true}}}'),
      422,
      '/input/__proto__',
      /not allowed/,
    ],
    [
      'constructor',
      () => post('/api/runs', { ...start, input: { a: [{ constructor: 1 }] } }),
      422,
      '/input/a/0/constructor',
      /not allowed/,
    ],
    [
      'a very deep body',
      () => post('/api/runs', '{"input":'.repeat(40) + '{}' + '}'.repeat(40)),
      422,
      '/input'.repeat(32),
      /deeper than 32/,
    ],
    ['broken JSON', () => post('/api/runs', '{"runbook": '), 400, undefined, /cannot be read as JSON/],
    ['a body that is a number', () => post('/api/runs', '7'), 400, undefined, /cannot be read as JSON/],
    [
      'a body of 1 MB',
      () => post('/api/runs', { ...start, reason: 'x'.repeat(1_000_000) }),
      413,
      undefined,
      /at most 262144 bytes \(256 KB\)/,
    ],
    [
      'a form',
      () => post('/api/runs', 'runbook=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      undefined,
      /application\/json/,
    ],
    ['a compressed body', () => post('/api/runs', '{}', { 'content-encoding': 'gzip' }), 415, undefined, /not compressed/],
    [
      'an id with a path in it',
      () => api.call('GET', '/api/runs/..%2f..%2fetc/report', { as: 'vic' }),
      422,
      '/runId',
      /not the id of a run/,
    ],
    ['an id that is not text', () => api.call('GET', '/api/runs/%E0%A4%A', { as: 'vic' }), 400, undefined, /cannot be read/],
    ['an id with a line end', () => api.call('GET', '/api/runs/a%0ab', { as: 'vic' }), 422, '/runId', /not the id of a run/],
    ['an id that is too long', () => api.call('GET', `/api/runs/${'a'.repeat(201)}`, { as: 'vic' }), 422, '/runId', /not the id of a run/],
    [
      'an unknown format',
      () => api.call('GET', '/api/runs/run-1/report?format=pdf', { as: 'vic' }),
      422,
      '/format',
      /"html"\|"md"\|"json"/,
    ],
    ['a parameter twice', () => api.call('GET', '/api/runs?limit=1&limit=2', { as: 'vic' }), 422, '/limit', /expected string/],
    ['a limit of zero', () => api.call('GET', '/api/runs?limit=0', { as: 'vic' }), 422, '/limit', /from 1 to 999/],
    ['an unknown parameter', () => api.call('GET', '/api/runs?sort=age', { as: 'vic' }), 422, '/sort', /not known here/],
    [
      'an Idempotency-Key with spaces',
      () => post('/api/runs', start, { 'idempotency-key': 'a b' }),
      422,
      '/idempotency-key',
      /visible characters/,
    ],
    ['an unknown signal', () => post(`${signal}/explode`, {}), 404, undefined, /no POST \/api\/runs\/run-1\/signals\/explode/],
  ];
  for (const [what, send, status, pointer, detail] of rows) {
    it(`${what} is one clear problem (${status})`, async () => {
      const problem = await problemIn(await send());
      assert.equal(problem.status, status);
      assert.match(problem.detail, detail);
      assert.deepEqual(
        problem.errors?.map((field) => field.pointer),
        pointer === undefined ? undefined : [pointer],
      );
      assert.equal(problem.type, `urn:muster:problem:${problem.code}`);
      assert.ok(problem.title.length > 0 && problem.instance.startsWith('/'));
      assert.deepEqual([api.runs.started, api.runs.commands], [[], []], 'something was started or sent');
    });
  }

  it('names every wrong field at once', async () => {
    const problem = await problemIn(await post('/api/runs', { mode: 'x', reason: '', extra: 1 }));
    assert.deepEqual(problem.errors?.map((field) => field.pointer).sort(), ['/extra', '/input', '/mode', '/reason', '/runbook']);
  });

  it('does not follow dots in a raw path out of the API', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${api.url}/`, { path: '/api/runs/../../../etc/passwd' }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    assert.equal(status, 404);
  });

  it('does not repeat the text of a broken body or the query in a problem', async () => {
    const text = await (await post('/api/runs?secret=in-query', '{"password": hunter2')).text();
    assert.ok(!/hunter2|in-query/.test(text), text);
  });
});

describe('Too many requests', () => {
  it('holds back a reader, and still takes their approval', async () => {
    const api = await startApi({ limits: { usual: 2, command: 5, stream: 5, failed: 5 } });
    try {
      const statuses = [];
      for (let count = 0; count < 3; count++) statuses.push((await api.call('GET', '/api/me', { as: 'ana' })).status);
      assert.deepEqual(statuses, [200, 200, 429]);
      const refused = await api.call('GET', '/api/me', { as: 'ana' });
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.equal((await problemIn(refused)).code, 'TooManyRequests');
      assert.equal((await api.call('POST', `${signal}/approve`, { as: 'ana', body: { gate: 'g', digest: 'd' } })).status, 200);
      assert.equal((await api.call('GET', '/api/me', { as: 'ben' })).status, 200);
    } finally {
      await api.close();
    }
  });

  it('holds back a guesser of tokens, and never somebody with a good one', async () => {
    const api = await startApi({ limits: { usual: 50, command: 50, stream: 50, failed: 2 } });
    try {
      const guess = () => api.call('GET', '/api/me', { headers: { authorization: 'Bearer guess' } });
      assert.deepEqual([(await guess()).status, (await guess()).status, (await guess()).status], [401, 401, 429]);
      assert.equal((await api.call('GET', '/api/me', { as: 'vic' })).status, 200);
    } finally {
      await api.close();
    }
  });
});
