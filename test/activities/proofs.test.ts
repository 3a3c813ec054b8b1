import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { redactText } from '../../src/activities/kit/redact.ts';
import { httpProbeActivities } from '../../src/activities/service/http-probe.ts';
import { proofActivities } from '../../src/activities/service/proofs.ts';
import { readiness } from '../../src/activities/traffic/readiness.ts';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { type Answer, type Asked, deadUrl, smallServers } from './small-server.ts';

const file = 'environments/range.yaml';

/** The range's environment, with a shop at `url` that is asked and proven as the test says. */
function environmentOf(url: string, asked: { health?: object; proofs?: object[] }): Environment {
  const written = parse(readFileSync(file, 'utf8')) as {
    services: { shop: Record<string, unknown> & { regions: Record<string, object> } };
  };
  const { shop } = written.services;
  const { health: _, proofs: __, customers, ...rest } = shop;
  const regions = Object.fromEntries(Object.entries(shop.regions).map(([region, place]) => [region, { ...place, url }]));
  written.services.shop = { ...rest, regions, customers: { ...(customers as object), url }, ...asked };
  return parseEnvironment(stringify(written), file);
}

describe('the health of a service', () => {
  const listening = smallServers();
  const healthOf = async (answer: Answer, health?: object) => {
    const { url } = await listening(() => answer);
    const environment = environmentOf(url, health ? { health: { path: '/well', ...health } } : {});
    return inStep(proofActivities(environment).serviceHealth, { service: 'shop' });
  };
  const says = (status: string): Answer => ({ status: 200, body: { status, timestamp: 'now' } });

  it('is what its owner expects of the body, whatever the status says', async () => {
    const seen = await healthOf(says('unhealthy'), { body: { status: 'healthy' } });
    assert.deepEqual([seen.result.well, seen.result.answered], [false, true]);
    assert.match(seen.result.detail, /^answers 200, and its body does not hold \{"status":"healthy"\}$/);
    assert.equal((await healthOf(says('healthy'), { body: { status: 'healthy' } })).result.well, true);
  });

  it('is not well for a text that is only a part of another word', async () => {
    assert.equal((await healthOf({ status: 200, body: 'unhealthy' }, { body: 'healthy' })).result.well, false);
    assert.equal((await healthOf({ status: 200, body: 'it is healthy.' }, { body: 'healthy' })).result.well, true);
  });

  it('is not well when it says so itself, also where nobody said what to expect', async () => {
    for (const body of [{ status: 'unhealthy' }, { status: 'DOWN' }, 'unhealthy: no database'])
      assert.match((await healthOf({ status: 200, body })).result.detail, /^answers 200, and says "(unhealthy|DOWN)"$/);
    assert.equal((await healthOf({ status: 503 })).result.well, false);
    assert.equal((await healthOf({ status: 404 })).result.well, true, 'many have nothing at the root of their url');
    const { asked, well } = (await healthOf({ status: 302 })).result;
    assert.equal(well, true);
    assert.match(asked, /^http:\/\/127\.0\.0\.1:\d+, because services\.shop\.health is not said$/);
  });

  it('is asked within its time, and no answer is one too', async () => {
    const started = Date.now();
    const { result } = await healthOf('silence', { timeout: '200ms' });
    assert.deepEqual([result.well, result.answered], [false, false]);
    assert.ok(Date.now() - started < 2_000);
  });

  it('decides over traffic and counts in watches', async () => {
    const { url } = await listening(() => says('unhealthy'));
    const environment = environmentOf(url, { health: { path: '/well', body: { status: 'healthy' } } });
    const { result } = await inStep(httpProbeActivities(environment).observeService, { service: 'shop', forMs: 200, everyMs: 50 });
    assert.deepEqual([result!.good, result!.errorRate], [0, 1]);
    assert.match(await readiness(environment, 'shop', 'west'), /does not hold/);
  });
});

describe('the proofs of a service', () => {
  const listening = smallServers();
  const service = { service: 'shop' };
  const folder = mkdtempSync(join(tmpdir(), 'muster-proofs-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A shop that keeps its orders. */
  async function shop(answerTo: (asked: Asked, index: number) => Answer | undefined = () => undefined) {
    const orders = new Map<string, unknown>();
    const server = await listening((asked, index) => {
      const { id } = (asked.body ?? {}) as { id: string };
      if (asked.method === 'POST') orders.set(id, asked.body);
      const special = answerTo(asked, index);
      if (special) return special;
      if (asked.path === '/health/ready') return { status: 200, body: { ready: true } };
      if (asked.method === 'POST') return { status: 201, body: { id } };
      const order = orders.get(asked.path.split('/').at(-1)!);
      return order ? { status: 200, body: order } : { status: 404, body: { detail: 'there is no order of this id' } };
    });
    return { ...server, orders };
  }
  const posts = (asked: readonly Asked[]) => asked.filter(({ method }) => method === 'POST').length;
  const prove = (url: string, proofs: object[], more: object = {}) =>
    inStep(proofActivities(environmentOf(url, { proofs })).proveOrder, service, more);

  it('prove an order by writing it and reading it back, and the same one again on a repeat', async () => {
    const west = await shop();
    const { proveOrder } = proofActivities(environmentWith({ SHOP_WEST: west.url }));
    const first = await inStep(proveOrder, { service: 'shop', region: 'west' });
    const again = await inStep(proveOrder, { service: 'shop', region: 'west' });
    assert.match(first.result.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual([again.result, west.orders.size, posts(west.asked)], [first.result, 1, 1]);
    assert.deepEqual(first.result.passed, ['it says that it is well', 'an order is looked up', 'an order is placed and found again']);
    const made = first.evidence.find(({ kind }) => kind === 'change')!;
    assert.deepEqual(first.predicted, [{ call: made.call, args: made.args }]);
  });

  it('find an order whose answer was lost', async () => {
    const west = await shop(({ method }) => (method === 'POST' ? 'reset' : undefined));
    const { proveOrder } = proofActivities(environmentWith({ EDGE: west.url }));
    const { result } = await inStep(proveOrder, service);
    assert.ok(west.orders.has(result.id));
  });

  it('only predict a write in simulate, also while nothing answers', async () => {
    const { proveOrder } = proofActivities(environmentWith({ SHOP_WEST: await deadUrl() }));
    const { predicted } = await inStep(proveOrder, { service: 'shop', region: 'west' }, { mode: 'simulate' });
    assert.match(predicted[0]!.call, /^POST http.*\/orders$/);
  });

  it('fail when an answer is not the expected one, and clean up all the same', async () => {
    const server = await listening(({ method }) =>
      method === 'GET' ? { status: 200, body: { label: 'spam' } } : { status: 200, body: { id: 7 } },
    );
    const proofs = [
      {
        ...{ title: 'a text is labelled', kind: 'prediction' },
        requests: [{ method: 'POST', path: '/predict', body: { text: 'hello {marker}' }, expect: { body: { label: 'ham' } } }],
        cleanUp: [{ method: 'DELETE', path: '/predictions/{marker}' }],
      },
    ];
    const { name, message } = await failureOf(prove(server.url, proofs));
    assert.equal(name, 'DoesNotHold');
    assert.match(message, /"a text is labelled": POST .*\/predict answers 200, and its body does not hold \{"label":"ham"\}/);
    const [sent, cleaned] = server.asked;
    assert.equal(cleaned!.path, `/predictions/${(sent!.body as { text: string }).text.replace('hello ', '')}`);
  });

  it('take values of an answer into later requests, and away what was made', async () => {
    const server = await listening(({ method, path }) => {
      if (method === 'POST') return { status: 201, body: { basket: { id: 'b-17' } } };
      return { status: method === 'DELETE' ? 204 : 200, body: { path } };
    });
    const journey = {
      ...{ title: 'a basket is filled', kind: 'journey' },
      requests: [
        { method: 'POST', path: '/baskets', body: { note: '{marker}' }, take: { basket: 'basket.id' } },
        { path: '/baskets/{basket}', expect: { body: { path: '/baskets/{basket}' } } },
      ],
      cleanUp: [{ method: 'DELETE', path: '/baskets/{basket}' }],
    };
    const { result } = await prove(server.url, [journey]);
    assert.deepEqual([result.passed, result.leftBehind, result.unproven], [['a basket is filled'], [], undefined]);
    assert.deepEqual(
      server.asked.map(({ method, path }) => `${method} ${path}`),
      ['POST /baskets', 'GET /baskets/b-17', 'DELETE /baskets/b-17'],
    );
  });

  it('hold although something cannot be taken away again, and say what stays', async () => {
    const server = await listening(({ method }) => ({ status: method === 'DELETE' ? 500 : 200 }));
    const proofs = [
      {
        title: 'a note',
        kind: 'write',
        requests: [{ method: 'PUT', path: '/notes/{marker}' }],
        cleanUp: [{ method: 'DELETE', path: '/notes/{marker}' }],
      },
    ];
    const { result } = await prove(server.url, proofs);
    assert.match(result.leftBehind.join(), /^DELETE http.*\/notes\/[0-9a-f-]{36} answers 500$/);
  });

  it('sign in by references, and keep no secret of it', async () => {
    process.env['MUSTER_PROOFS_TEST_PASSWORD'] = 'canary-of-a-password';
    process.env['MUSTER_PROOFS_TEST_KEY'] = 'canary-of-a-key';
    const server = await listening(({ method, headers, body }) => {
      if (headers['x-api-key'] !== 'canary-of-a-key') return { status: 401 };
      if (method === 'POST')
        return (body as { password: string }).password === 'canary-of-a-password'
          ? { status: 200, body: { token: 'canary-of-a-session' } }
          : { status: 401 };
      return headers.authorization === 'Bearer canary-of-a-session' ? { status: 200 } : { status: 403, body: headers.authorization };
    });
    const key = { 'x-api-key': 'env:MUSTER_PROOFS_TEST_KEY' };
    const signIn = {
      ...{ title: 'ada signs in', kind: 'signIn' },
      requests: [
        {
          method: 'POST',
          path: '/sessions',
          headers: key,
          body: { name: 'ada', password: 'env:MUSTER_PROOFS_TEST_PASSWORD' },
          take: { token: 'token' },
        },
        { path: '/account?with={token}', headers: { ...key, authorization: 'Bearer {token}' } },
      ],
    };
    const seen = await prove(server.url, [signIn]);
    assert.deepEqual(seen.result.passed, ['ada signs in']);
    assert.doesNotMatch(JSON.stringify([seen.evidence, seen.predicted, seen.result]), /canary/);
    const refused = await failureOf(
      prove(server.url, [
        { ...signIn, requests: [{ method: 'POST', path: '/s', headers: { 'x-api-key': 'Bearer env:MUSTER_PROOFS_TEST_KEY' } }] },
      ]),
    );
    assert.match(refused.message, /answers 401/);
    assert.doesNotMatch(JSON.stringify([refused.message, refused.evidence]), /canary/);
    assert.equal(redactText('Bearer another-session'), 'Bearer [redacted]', 'the scheme is no secret');
  });

  it('do not write again what may be written and cannot be found', async () => {
    const server = await listening(() => 'reset');
    const proofs = [{ title: 'an order', kind: 'write', requests: [{ method: 'POST', path: '/o', body: { note: '{marker}' } }] }];
    const { name, message } = await failureOf(prove(server.url, proofs));
    assert.equal(name, 'UnknownOutcome');
    assert.match(message, /cannot be (told|read) whether/);
    assert.equal(posts(server.asked), 1);
  });

  it('run an allowed program, and none whose text has changed', async () => {
    const server = await listening(() => ({ status: 200 }));
    const program = join(folder, 'smoke.sh');
    const text = `#!/bin/sh\necho "$MUSTER_URL $MUSTER_MARKER" > ${folder}/said\n[ "$1" = good ]\n`;
    writeFileSync(program, text);
    chmodSync(program, 0o755);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const proofBy = (more: object) => [
      { title: 'smoke test', kind: 'journey', program: { file: program, sha256, arguments: ['good'], ...more } },
    ];
    const { result, predicted } = await prove(server.url, proofBy({}));
    assert.deepEqual(result.passed, ['smoke test']);
    assert.match(readFileSync(join(folder, 'said'), 'utf8'), new RegExp(`^${server.url} [0-9a-f-]{36}\n$`));
    assert.equal(predicted[0]!.call, `${program} good`);
    assert.match((await failureOf(prove(server.url, proofBy({ arguments: ['bad'] })))).message, /exit|ended|code/i);
    const changed = await failureOf(prove(server.url, proofBy({ sha256: '0'.repeat(64) })));
    assert.deepEqual([changed.name, /not the one that was allowed/.test(changed.message)], ['RefusedBySafetyRule', true]);
  });

  it('say what nothing proves, and fail for nothing then', async () => {
    const { result, evidence } = await prove(await deadUrl(), []);
    assert.match(result.unproven!, /^nothing proves a write in shop: services\.shop\.proofs names none$/);
    assert.deepEqual([result.passed, evidence.filter(({ tool }) => tool === 'http')], [[], []]);
  });

  it('are tried by readiness where they read, and where they are harmless', async () => {
    const server = await listening(({ path }) => ({ status: path === '/bad' ? 500 : 200 }));
    const write = (title: string, harmless: boolean) => ({
      title,
      harmless,
      kind: 'write',
      requests: [{ method: 'POST', path: `/${title}` }],
    });
    const read = (title: string) => ({ title, kind: 'read', requests: [{ path: `/${title}` }] });
    const environment = environmentOf(server.url, { proofs: [read('good'), read('bad'), write('harmless', true), write('order', false)] });
    const { tryProofs } = proofActivities(environment);
    const { result } = await inStep(tryProofs, service);
    assert.deepEqual(
      result.map(({ title, holds }) => [title, holds]),
      [
        ['it says that it is well', true],
        ['good', true],
        ['bad', false],
        ['harmless', true],
      ],
    );
    assert.match(result[2]!.detail, /\/bad to answer as expected: it answers 500/);
    assert.deepEqual(
      server.asked.filter(({ method }) => method === 'POST').map(({ path }) => path),
      ['/harmless'],
    );
    const dry = await inStep(tryProofs, service, { mode: 'simulate' });
    assert.equal(dry.result.length, 3);
  });

  it('are refused where they are written badly', () => {
    const problems = (proof: object) => {
      try {
        environmentOf('http://127.0.0.1:1', { proofs: [{ title: 'it', kind: 'write', ...proof }] });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const requests = [{ method: 'POST', path: '/o' }];
    assert.match(problems({}), /say either requests or program/);
    assert.match(problems({ kind: 'read', requests }), /a read asks by GET only/);
    assert.match(problems({ requests: [{ path: '/o', headers: { authorization: 'Bearer abc' } }] }), /must be a reference/);
    assert.match(problems({ requests: [{ path: 'o' }] }), /begins with/);
  });
});
