import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readiness } from '../../src/api/routes/health.ts';
import { problemIn, startApi, type Api } from './support/api.ts';

interface Operation {
  operationId: string;
  security: object[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: { $ref?: string } }> }>;
}

describe('What the API hands out', () => {
  let api: Api;
  let archive: string;
  let readiness: Readiness;
  beforeEach(async () => {
    readiness = { temporal: true, worker: true, detail: 'all well' };
    archive = await mkdtemp(join(tmpdir(), 'muster-api-'));
    api = await startApi({ archiveFolder: join(archive, 'runs'), health: async () => readiness });
  });
  afterEach(async () => {
    await api.close();
    await rm(archive, { recursive: true });
  });

  it('is described as OpenAPI 3.1 in which every reference leads somewhere', async () => {
    const response = await api.call('GET', '/api/openapi.json');
    const document = (await response.json()) as {
      openapi: string;
      info: object;
      paths: Record<string, Record<string, Operation>>;
      components: object;
    };
    assert.match(document.openapi, /^3\.1\./);
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? [], inPath, path);
      assert.ok(
        Object.values(operation.responses).every(({ description }) => description.length > 0),
        path,
      );
    }
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = ref!.split('/').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], document);
      assert.ok(found, `${ref} leads nowhere`);
    }
    for (const [, pattern] of JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\\\]|\\\\.)*")/g)) {
      assert.match(JSON.parse(pattern!) as string, /^\^.*\$$/, 'a pattern with flags is no JSON Schema');
    }
    const approve = document.paths['/api/runs/{runId}/signals/approve']!['post']!;
    assert.deepEqual(approve.security, [{ token: [] }]);
    assert.deepEqual(Object.keys(approve.responses), ['200', '202', '401', '403', '404', '409', '410', '422', '429', '503']);
    assert.ok(approve.requestBody?.content['application/json']);
    assert.equal(
      document.paths['/api/runs/{runId}']!['get']!.responses['200']!.content!['application/json']!.schema!.$ref,
      '#/components/schemas/RunView',
    );
  });

  it('is a report once it is there, in three formats, and inert as a page', async () => {
    const report = (format: string) => api.call('GET', `/api/runs/run-1/report?format=${format}`, { as: 'vic' });
    assert.match((await problemIn(await report('md'))).detail, /no report of run-1 yet/);
    await mkdir(join(archive, 'runs/run-1'), { recursive: true });
    const json = JSON.stringify({ entries: [{ kind: 'run', data: { environment: 'range' } }] });
    const bodies = { html: '"html"', md: '"md"', json };
    for (const [format, body] of Object.entries(bodies)) await writeFile(join(archive, 'runs/run-1', `report.${format}`), body);
    const types = { html: 'text/html', md: 'text/markdown', json: 'application/json' };
    for (const [format, type] of Object.entries(types)) {
      const response = await report(format);
      assert.deepEqual([response.status, await response.text()], [200, bodies[format as keyof typeof bodies]]);
      assert.ok(response.headers.get('content-type')!.startsWith(type));
      assert.match(response.headers.get('content-security-policy')!, /default-src 'none'.*sandbox/);
    }
  });

  it('is never a file outside of the archive', async () => {
    await mkdir(join(archive, 'runs'));
    await mkdir(join(archive, 'secret'));
    const secret = { entries: [{ kind: 'run', data: { environment: 'range', secret: 'secret' } }] };
    await writeFile(join(archive, 'secret/report.json'), JSON.stringify(secret));
    await symlink(join(archive, 'secret'), join(archive, 'runs/run-1'));
    for (const id of ['run-1', '..%2fsecret', '%2e%2e', '.']) {
      const response = await api.call('GET', `/api/runs/${id}/report?format=json`, { as: 'vic' });
      assert.ok([404, 422].includes(response.status), `${id}: ${response.status}`);
      assert.ok(!(await response.text()).includes('"secret"'));
    }
  });

  it('is the page, with nothing in it that a strict policy forbids', async () => {
    const page = await api.call('GET', '/');
    const policy = page.headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none';script-src 'self';style-src 'self'/);
    assert.ok(!policy.includes('unsafe'));
    const html = await page.text();
    assert.ok(!/<script(?![^>]*src=)|\sstyle=|\son\w+=/i.test(html), 'inline code');
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file]) => file!);
    assert.ok(files.length > 1);
    for (const file of files) assert.equal((await api.call('GET', file)).status, 200, file);
    assert.equal((await api.call('GET', '/assets/..%2findex.html')).status, 422);
  });

  it('carries headers that keep it to itself', async () => {
    const { headers } = await api.call('GET', '/api/me', { as: 'vic' });
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-powered-by'), null);
    assert.equal(headers.get('access-control-allow-origin'), null);
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  });

  it('says that it lives, and whether it is ready', async () => {
    assert.deepEqual(await (await api.call('GET', '/healthz')).json(), { alive: true });
    const ready = await api.call('GET', '/readyz');
    assert.deepEqual([ready.status, await ready.json()], [200, { ready: true, ...readiness }]);
  });

  for (const part of ['temporal', 'worker'] as const) {
    it(`is not ready without ${part}`, async () => {
      readiness = { ...readiness, [part]: false, detail: `${part} is away` };
      const response = await api.call('GET', '/readyz');
      assert.deepEqual([response.status, await response.json()], [503, { ready: false, ...readiness }]);
    });
  }

  it('counts requests by the pattern of their route', async () => {
    await api.call('GET', '/api/runs/some-run', { as: 'vic' });
    const text = await (await api.call('GET', '/metrics', { as: 'vic' })).text();
    assert.match(text, /muster_http_requests_total\{method="get",route="\/api\/runs\/:runId",status="200"\} 1/);
    assert.ok(!text.includes('some-run'));
  });
});
