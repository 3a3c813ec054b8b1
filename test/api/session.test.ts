import { strict as assert } from 'node:assert';
import { get } from 'node:http';
import { createSessions } from '../../src/api/sessions.ts';
import { onlyOnce } from '../../src/cli/stack-parts.ts';
import { problemIn, startApi, testEnvironment, type Api } from './support/api.ts';

const link = '/sign-in?token=works-once';

describe('The sign-in link', () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi({ signIn: 'ana:works-once' });
  });
  afterEach(() => api.close());

  const signIn = async () => {
    const response = await api.call('GET', link);
    assert.deepEqual([response.status, response.headers.get('location')], [303, '/']);
    return response.headers.get('set-cookie')!;
  };
  const pause = (headers: Record<string, string>) => api.call('POST', '/api/runs/run-1/signals/pause', { body: {}, headers });

  it('signs in once, with a cookie that scripts and other sites cannot use', async () => {
    const setCookie = await signIn();
    assert.match(setCookie, /; HttpOnly; SameSite=Strict$/);
    const me = await api.call('GET', '/api/me', { headers: { cookie: `other=1; ${setCookie.split(';')[0]}` } });
    assert.equal(((await me.json()) as { subject: string }).subject, 'ana');
    const again = await problemIn(await api.call('GET', link));
    assert.deepEqual([again.status, again.code, again.instance], [401, 'NotSignedIn', '/sign-in']);
  });

  it('is not used up by a preview or a wrong guess', async () => {
    assert.equal((await api.call('HEAD', link)).status, 401);
    assert.equal((await api.call('GET', '/sign-in?token=wrong')).status, 401);
    await signIn();
  });

  it('ends after 15 minutes, and its session after 12 hours', async () => {
    const { people } = await testEnvironment();
    let now = 0;
    const sessions = createSessions(people, 'ana:works-once', () => now);
    const id = sessions.signIn('works-once', true)!;
    assert.equal(sessions.whose(`muster-session=${id}`)?.().person.subject, 'ana');
    now = 12 * 3_600_000 + 1;
    assert.equal(sessions.whose(`muster-session=${id}`), undefined);
    const late = createSessions(people, 'ana:works-once', () => now);
    now += 15 * 60_000 + 1;
    assert.equal(late.signIn('works-once', true), undefined);
  });

  it('keeps the API from starting when it is for nobody or has no token', async () => {
    await assert.rejects(startApi({ signIn: 'zoe:token' }), /the sign-in link is for zoe, who is not among the people/);
    await assert.rejects(startApi({ signIn: 'ana' }), /subject:token/);
  });

  it('lets our own page change things, and no other site', async () => {
    const cookie = (await signIn()).split(';')[0]!;
    const ours = { cookie, 'x-muster': '1', origin: api.url };
    const foreign: Record<string, string>[] = [
      { cookie },
      { cookie, origin: api.url },
      { cookie, 'x-muster': '1' },
      { ...ours, origin: 'http://evil.example' },
      { ...ours, origin: 'null' },
      { ...ours, origin: api.url.replace(/:\d+$/, ':1') },
      { ...ours, 'sec-fetch-site': 'cross-site' },
      { ...ours, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const problem = await problemIn(await pause(headers));
      assert.deepEqual([problem.status, problem.code], [403, 'CrossSite'], JSON.stringify(headers));
    }
    assert.equal(api.runs.commands.length, 0);
    assert.equal((await pause(ours)).status, 200);
    assert.equal(api.runs.commands[0]!.command.channel, 'console');
  });

  it('is no way in for a browser that was led here under another name', async () => {
    const led = (path: string, headers: Record<string, string>) =>
      new Promise<number>((done, fail) =>
        get(`${api.url}${path}`, { headers }, (response) => done(response.resume().statusCode ?? 0)).on('error', fail),
      );
    assert.equal(await led(link, { host: 'evil.example' }), 403);
    const cookie = (await signIn()).split(';')[0]!;
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example'])
      assert.equal(await led('/api/me', { cookie, host }), 403, host);
    for (const host of ['localhost', '127.0.0.1:8080', '[::1]:80']) assert.equal(await led('/api/me', { cookie, host }), 200, host);
    const first = api;
    const named = await startApi({ signIn: 'ana:works-once', hosts: ['muster.example'], trustProxy: ['loopback'] });
    try {
      const { headers } = await fetch(`${named.url}${link}`, { redirect: 'manual', headers: { 'x-forwarded-proto': 'https' } });
      assert.match(headers.get('set-cookie')!, /; HttpOnly; SameSite=Strict; Secure$/);
      api = named;
      assert.equal(await led('/api/me', { cookie: headers.get('set-cookie')!.split(';')[0]!, host: 'Muster.example:443' }), 200);
    } finally {
      await named.close();
      api = first;
    }
  });

  it('works in the first API only: one that is started again is not told of it', () => {
    assert.deepEqual(onlyOnce(undefined, 'you:token'), { MUSTER_SIGN_IN: 'you:token' });
    assert.deepEqual(onlyOnce({ url: 'http://127.0.0.1:1' }, 'you:token'), {});
  });

  it('of whoever has a token works once, from everywhere, for 10 minutes', async () => {
    const given = await api.call('POST', '/api/sign-in-links', { as: 'vic', body: {} });
    assert.equal(given.status, 201);
    const { path } = (await given.json()) as { path: string };
    const answers = [await api.call('GET', path), await api.call('GET', path)];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 401],
    );
    const cookie = answers[0]!.headers.get('set-cookie')!.split(';')[0]!;
    const me = await api.call('GET', '/api/me', { headers: { cookie } });
    assert.equal(((await me.json()) as { subject: string }).subject, 'vic');
    const headers = { cookie, 'x-muster': '1', origin: api.url };
    assert.equal((await api.call('POST', '/api/sign-in-links', { body: {}, headers })).status, 401, 'a session makes no other');
    let now = 0;
    const { people } = await testEnvironment();
    const sessions = createSessions(people, 'ana:works-once', () => now);
    const whose = () => ({ person: people[0]! });
    const [late, far] = [sessions.offer(whose).token, sessions.offer(whose).token];
    assert.ok(sessions.signIn(far, false));
    assert.equal(sessions.signIn('works-once', false), undefined, 'that of `up` is for this machine');
    assert.ok(sessions.signIn('works-once', true), 'and is not used up from elsewhere');
    now = 10 * 60_000 + 1;
    assert.equal(sessions.signIn(late, true), undefined);
  });

  it('never falls back to the cookie when a token is wrong', async () => {
    const cookie = (await signIn()).split(';')[0]!;
    assert.equal((await api.call('GET', '/api/me', { headers: { cookie, authorization: 'Bearer wrong' } })).status, 401);
  });
});
