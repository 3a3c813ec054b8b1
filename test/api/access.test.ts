import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { readTokens } from '../../src/api/access.ts';
import { defaultLimits } from '../../src/api/limits.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import { mount, refuseUndeclared } from '../../src/api/mount.ts';
import { route, type Permission } from '../../src/api/route.ts';
import { openTokens } from '../../src/config/access/tokens.ts';
import { person } from '../../src/config/schema/people.ts';
import { incidentCommandNames } from '../../src/workflows/incident/commands.ts';
import { verbPaths } from '../../src/workflows/messages.ts';
import { env, problemIn, startApi, testEnvironment, tokens, type Api } from './support/api.ts';

const incident = '/api/incidents/INC-2026-03-14-001';
type Row = [method: string, path: string, permission: Permission];
const table: Row[] = [
  ['GET', '/api/runbooks', 'viewer'],
  ['GET', '/api/runbooks/fail-over-region', 'viewer'],
  ['POST', '/api/runs', 'responder'],
  ['GET', '/api/runs', 'viewer'],
  ['GET', '/api/mitigations', 'viewer'],
  ['GET', '/api/runs/run-1', 'viewer'],
  ['GET', '/api/runs/run-1/events', 'viewer'],
  ['GET', '/api/runs/run-1/report', 'viewer'],
  ['POST', '/api/incidents', 'responder'],
  ...['/api/incidents', '/api/incidents/metrics', incident, `${incident}/events`, `${incident}/report`].map((path): Row => [
    'GET',
    path,
    'viewer',
  ]),
  ['POST', `${incident}/runs`, 'responder'],
  ...incidentCommandNames.map((command): Row => ['POST', `${incident}/signals/${command}`, 'responder']),
  ['GET', '/api/me', 'viewer'],
  ['POST', '/api/sign-in-links', 'viewer'],
  ['POST', '/api/sign-out', 'viewer'],
  ['GET', '/metrics', 'viewer'],
  ['GET', '/api/openapi.json', 'public'],
  ['GET', '/healthz', 'public'],
  ['GET', '/readyz', 'public'],
  ['GET', '/sign-in', 'public'],
  ['GET', '/', 'public'],
  ['GET', '/assets/none.js', 'public'],
  ...Object.keys(verbPaths).map((verb): Row => [
    'POST',
    `/api/runs/run-1/signals/${verb}`,
    ['approve', 'decline'].includes(verb) ? 'approver' : 'responder',
  ]),
];
/** Whoever gets in, by token, with what they may and how it is said what they may not. */
type Caller = [token: string, holding: Permission[], refusal?: RegExp];
const people: Caller[] = [
  [tokens.vic, ['viewer']],
  [tokens.sam, ['viewer', 'responder']],
  [tokens.ana, ['viewer', 'responder', 'approver']],
  [tokens.ada, ['viewer', 'responder', 'approver', 'admin']],
];
const bot = person.parse({ subject: 'bot', name: 'bot', roles: ['approver', 'admin'], service: true });

/** Tokens of the store: those that let somebody in, and those that do not, with what is said. */
function storedTokens(home: string) {
  const [store, elsewhere] = [openTokens('range', { MUSTER_HOME: home }), openTokens('elsewhere', { MUSTER_HOME: home })];
  const wanted = { scope: 'decide', expiresAt: null, note: null, createdBy: 'a test' } as const;
  const past = new Date(Date.now() - 1_000).toISOString();
  const revoked = store.create({ ...wanted, subject: 'ada' });
  store.revoke(revoked.made.id, 'a test');
  const admin: Permission[] = ['viewer', 'responder', 'approver', 'admin'];
  const inside: Caller[] = [
    [store.create({ ...wanted, subject: 'ada' }).token, admin],
    [store.create({ ...wanted, subject: 'bot' }).token, ['viewer', 'responder'], /needs the role \w+; bot has responder/],
    [store.create({ ...wanted, subject: 'ada', scope: 'read' }).token, ['viewer'], /This token of ada may only look/],
  ];
  const outside: [string, RegExp][] = [
    ['not-a-token-of-ours', /is not known/],
    [revoked.token, /The token was revoked at 2/],
    [store.create({ ...wanted, subject: 'ada', expiresAt: past }).token, /The token has expired at 2/],
    [elsewhere.create({ ...wanted, subject: 'ada' }).token, /is not known/],
    [store.create({ ...wanted, subject: 'zoe' }).token, /is not known/],
    [revoked.made.hash, /is not known/],
  ];
  return { inside, outside };
}

describe('Who may call what', () => {
  let api: Api;
  let home: string;
  let stored: ReturnType<typeof storedTokens>;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-access-'));
    stored = storedTokens(home);
    const known = await testEnvironment();
    api = await startApi({ environment: { ...known, people: [...known.people, bot] }, env: { ...env, MUSTER_HOME: home } });
  });
  after(async () => {
    await api.close();
    await rm(home, { recursive: true });
  });

  for (const [method, path, permission] of table) {
    it(`${method} ${path} is for ${permission === 'public' ? 'everybody' : `${permission} and stronger`}`, async () => {
      const body = method === 'POST' ? {} : undefined;
      const nobody = await api.call(method, path, { body });
      const by = (token: string) => api.call(method, path, { body, headers: { authorization: `Bearer ${token}` } });
      if (permission === 'public') {
        assert.notEqual(nobody.status, 403);
        for (const [token] of stored.outside) assert.doesNotMatch(await (await by(token)).text(), /[Tt]he token (in|was|has)/);
        return;
      }
      assert.equal((await problemIn(nobody)).code, 'NotSignedIn');
      for (const [token, words] of stored.outside) {
        const refused = await by(token);
        const problem = await problemIn(refused);
        assert.deepEqual([problem.status, problem.code], [401, 'NotSignedIn']);
        assert.match(problem.detail, words);
        assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer/);
      }
      for (const [token, holding, words = new RegExp(`needs the role ${permission}; \\w+ has`)] of [...people, ...stored.inside]) {
        const response = await by(token);
        if (holding.includes(permission)) assert.ok(![401, 403].includes(response.status), `${token} got ${response.status}`);
        else assert.match((await problemIn(response)).detail, words);
        await response.body?.cancel().catch(() => undefined);
      }
    });
  }

  it('lists exactly the routes of this table in its description', async () => {
    const { paths } = (await (await api.call('GET', '/api/openapi.json')).json()) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => {
        const filled = path
          .replace('{runId}', 'run-1')
          .replace('{file}', 'none.js')
          .replace('{name}', 'fail-over-region')
          .replace('{number}', 'INC-2026-03-14-001');
        return `${method.toUpperCase()} ${filled}`;
      }),
    );
    assert.deepEqual(described.sort(), table.map(([method, path]) => `${method} ${path}`).sort());
  });

  it('starts a runbook only for people with the role that the runbook asks', async () => {
    const strict = await startApi({
      catalogue: [{ ...(await import('../../src/catalogue.ts')).catalogue[0]!, name: 'grave', startRole: 'admin' }],
    });
    try {
      const refused = await strict.call('POST', '/api/runs', { as: 'ana', body: { runbook: 'grave', reason: 'a try', input: {} } });
      assert.match((await problemIn(refused)).detail, /Starting grave needs the role admin/);
      assert.equal(
        (await strict.call('POST', '/api/runs', { as: 'ada', body: { runbook: 'grave', reason: 'a try', input: {} } })).status,
        201,
      );
      assert.equal(strict.runs.started.length, 1);
    } finally {
      await strict.close();
    }
  });
});

describe('The boot', () => {
  const nothing = {
    access: () => assert.fail(),
    limits: defaultLimits,
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
    answerWithinMs: 1,
  };

  it('fails on a route without a permission', () => {
    const careless = route(
      { method: 'get', path: '/open', permission: undefined as unknown as Permission, summary: '', responses: {} },
      async () => ({ status: 200 }),
    );
    assert.throws(() => mount(express(), [careless], nothing), /GET \/open declares no permission/);
  });

  it('fails on a route that went past the declared ones', () => {
    const app = express();
    app.get('/back-door', (_request, response) => void response.end());
    assert.throws(() => refuseUndeclared(app, []), /GET \/back-door is served without a declared permission/);
  });

  it('fails when a token is not there, stands in the file, or belongs to two people', async () => {
    const { people } = await testEnvironment();
    const [vic, sam] = people as [(typeof people)[number], (typeof people)[number]];
    assert.throws(() => readTokens([vic], {}), /TOKEN_VIC is not set/);
    assert.throws(() => readTokens([{ ...vic, tokens: ['in-the-clear'] }], env), /a token of vic stands in the environment file/);
    assert.throws(() => readTokens([vic, { ...sam, tokens: vic.tokens }], env), /sam and vic have the same token/);
  });

  it('fails when a token holds fewer than 128 bits, and names the person', async () => {
    const { people } = await testEnvironment();
    const vic = people[0]!;
    for (const short of ['x', 'visibly-fake-21-chars', '0123456789abcdef0123456789abcde'])
      assert.throws(() => readTokens([vic], { TOKEN_VIC: short }), /the token of vic is too short/, short);
    for (const long of ['visibly-fake-22-chars!', '0123456789abcdef0123456789abcdef'])
      assert.equal(readTokens([vic], { TOKEN_VIC: long }).length, 1, long);
  });

  it('takes a token by its hash', async () => {
    const { people } = await testEnvironment();
    const hash = createHash('sha256').update('known-by-hash-only').digest('hex');
    const api = await startApi({ environment: await testEnvironment({ people: [{ ...people[0]!, tokens: [`sha256:${hash}`] }] }) });
    try {
      const response = await api.call('GET', '/api/me', { headers: { authorization: 'Bearer known-by-hash-only' } });
      assert.deepEqual(((await response.json()) as { subject: string }).subject, 'vic');
    } finally {
      await api.close();
    }
  });
});
