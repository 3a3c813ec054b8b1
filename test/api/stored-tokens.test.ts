import { strict as assert } from 'node:assert';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTokens, type NewToken, type Tokens } from '../../src/config/access/tokens.ts';
import { eventually } from '../eventually.ts';
import { env, problemIn, startApi, tokens, type Api } from './support/api.ts';
import { runView } from './support/fake-runs.ts';

describe('A token of the store', () => {
  let home: string;
  let api: Api;
  let store: Tokens;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-tokens-'));
    store = openTokens('range', { MUSTER_HOME: home });
    api = await startApi({ env: { ...env, MUSTER_HOME: home }, heartbeatMs: 20 });
  });
  afterEach(async () => {
    await api.close();
    await rm(home, { recursive: true });
  });

  const make = (changes: Partial<NewToken> = {}) =>
    store.create({ subject: 'ana', scope: 'decide', expiresAt: null, note: null, createdBy: 'a test', ...changes });
  const me = (headers: Record<string, string>) => api.call('GET', '/api/me', { headers });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('counts as soon as it is made and no longer than until it is revoked, without a restart', async () => {
    assert.equal((await me(bearer('mst_unknown'))).status, 401);
    const { token, made } = make();
    const response = await me(bearer(token));
    assert.deepEqual([response.status, ((await response.json()) as { subject: string }).subject], [200, 'ana']);
    store.revoke(made.id, 'a test');
    const problem = await problemIn(await me(bearer(token)));
    assert.deepEqual([problem.status, problem.code], [401, 'NotSignedIn']);
    assert.match(problem.detail, /^The token was revoked at 2\S+; `muster token create` makes another\.$/);
  });

  for (const [how, end] of [
    ['is revoked', (id: string) => void store.revoke(id, 'a test')],
    ['expires', () => undefined],
  ] as const)
    it(`takes its live views and its browsers with it when it ${how}`, async () => {
      api.runs.followAnswer = async function* (runId, signal) {
        yield runView({ runId });
        await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
      };
      const expiresAt = how === 'expires' ? new Date(Date.now() + 2_000).toISOString() : null;
      const { token, made } = make({ expiresAt });
      const { path } = (await (await api.call('POST', '/api/sign-in-links', { body: {}, headers: bearer(token) })).json()) as {
        path: string;
      };
      const cookie = (await api.call('GET', path)).headers.get('set-cookie')!.split(';')[0]!;
      const streams = await Promise.all(
        [bearer(token), { cookie }].map((headers) => api.call('GET', '/api/runs/run-1/events', { headers })),
      );
      assert.deepEqual(
        streams.map(({ status }) => status),
        [200, 200],
      );
      end(made.id);
      for (const stream of streams) assert.match(await stream.text(), /event: problem\ndata: .*"code":"NotSignedIn"/);
      assert.equal((await me({ cookie })).status, 401);
      const late = make({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
      const link = (await (
        await api.call('POST', '/api/sign-in-links', { body: {}, headers: bearer(late.token) })
      ).json()) as typeof made & {
        path: string;
      };
      store.revoke(late.made.id, 'a test');
      const signedIn = (await api.call('GET', link.path)).headers.get('set-cookie')!.split(';')[0]!;
      assert.equal((await me({ cookie: signedIn })).status, 401, 'a link of a token that is over leads nowhere');
    });

  it('that may only look gives its browser no more', async () => {
    const { token } = make({ scope: 'read' });
    const { path } = (await (await api.call('POST', '/api/sign-in-links', { body: {}, headers: bearer(token) })).json()) as {
      path: string;
    };
    const cookie = (await api.call('GET', path)).headers.get('set-cookie')!.split(';')[0]!;
    const { roles } = (await (await me({ cookie })).json()) as { roles: string[] };
    assert.deepEqual(roles, ['viewer']);
    const headers = { cookie, 'x-muster': '1', origin: api.url };
    const refused = await problemIn(await api.call('POST', '/api/runs/run-1/signals/pause', { body: {}, headers }));
    assert.deepEqual([refused.status, refused.detail], [403, 'This token of ana may only look (scope read).']);
  });

  it('lets nobody in while the store is broken, which is said; tokens of the environment file go on', async () => {
    const { token } = make();
    const whole = JSON.stringify({ version: 1, environment: 'elsewhere', tokens: store.list() });
    for (const broken of ['', '{', '{"version":1}', whole]) {
      await writeFile(store.file, broken);
      const problem = await problemIn(await me(bearer(token)));
      assert.deepEqual([problem.status, problem.code], [503, 'TokensUnreadable'], broken);
      assert.equal((await me(bearer(tokens.ana))).status, 200);
    }
    await rm(store.file);
    const again = make();
    assert.equal((await me(bearer(again.token))).status, 200);
    await chmod(store.file, 0o622);
    assert.match((await problemIn(await me(bearer(again.token)))).detail, /can be written by others than its owner/);
    await chmod(store.file, 0o600);
    await eventually(
      'the store to count again',
      async () => (await me(bearer(again.token))).status,
      (status) => status === 200,
      2_000,
    );
  });
});
