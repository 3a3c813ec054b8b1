import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../src/catalogue.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { smallServer, type SmallServer } from '../activities/small-server.ts';
import { muster, musterProcess } from '../cli/support/muster.ts';
import { fakeAws, fakePrograms } from './fake-programs.ts';

const run = { environment: 'x', mode: 'simulate' as const, requestedBy: 'you', reason: 'to see it', people: [] };

describe('muster init', () => {
  let home: string;
  let file: string;
  let shop: SmallServer;

  before(async () => {
    shop = await smallServer(({ path }) => (path === '/healthz' ? { status: 200, body: { status: 'ok', at: 1 } } : { status: 404 }));
  });
  after(() => shop.stop());
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'muster-init-'));
    file = join(home, 'shop.yaml');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const init = (path: string, ...args: string[]) => muster(['init', file, ...args], { PATH: path });

  it('finds what runs in docker compose and how it says that it is well, and writes a file that explains itself', async () => {
    const { path, asked } = fakePrograms(home, {
      docker: {
        'compose ls': [
          { Name: 'shop', Status: 'running(2)', ConfigFiles: '/srv/shop/compose.yml' },
          { Name: 'blog', Status: 'running(1)', ConfigFiles: '/srv/blog/compose.yml' },
        ],
        'ps --all': 'shop-web',
      },
    });
    const { code, stdout, stderr } = await init(path, '--yes', '--name', 'shop', '--platform', 'compose', '--url', shop.url);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /✔ docker compose has the projects: shop, blog\n/);
    const environment = await loadEnvironment(file);
    const service = environment.services['shop']!;
    assert.deepEqual(service.regions['main']!.compose, { project: 'shop', files: ['/srv/shop/compose.yml'], service: 'shop-web' });
    assert.deepEqual([service.health?.path, service.health?.body], ['/healthz', { status: 'ok' }]);
    assert.match(readFileSync(file, 'utf8'), /# Left out: proofs\. Without one that writes, a person is asked/);
    assert.match(stdout, /\.\/muster start service-down --mode simulate --input service=shop region=main /);
    assert.ok(catalogue.find(({ name }) => name === 'service-down')!.resolve(environment, { service: 'shop' }, run));
    assert.ok(
      asked().every((line) => /^docker (compose ls|ps) /.test(line)),
      asked().join('\n'),
    );
  });

  it('finds groups, replicas and zones in two regions of AWS by reads only, so that a failover can be simulated', async () => {
    const { path, asked } = fakePrograms(home, { aws: fakeAws });
    const regions = 'east=us-east-1,west=us-west-2';
    const said = ['--url', 'http://127.0.0.1:1', '--customers', 'https://shop.example.invalid', '--database', 'env:SHOP_DATABASE'];
    const { code, stdout, stderr } = await init(
      path,
      '--yes',
      '--name',
      'shop',
      '--platform',
      'autoscaling',
      '--regions',
      regions,
      ...said,
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /✔ us-west-2 has the databases: shop-db-west \(replica\)\n/);
    const environment = await loadEnvironment(file);
    const { regions: places } = environment.services['shop']!;
    assert.deepEqual([places['east']!.autoScalingGroup, places['west']!.targetGroup], ['shop-east', 'shop-west-http']);
    assert.deepEqual(environment.databases['shop']!.regions, {
      east: { instance: 'shop-db', connection: 'env:SHOP_DATABASE_EAST' },
      west: { instance: 'shop-db-west', connection: 'env:SHOP_DATABASE_WEST' },
    });
    assert.equal(environment.dns['shop']!.zone, 'example.invalid.');
    assert.match(stdout, /\.\/muster start fail-over-region --mode simulate --input service=shop from=east to=west /);
    const input = { service: 'shop', from: 'east', to: 'west' };
    assert.ok(catalogue.find(({ name }) => name === 'fail-over-region')!.resolve(environment, input, run));
    assert.ok(asked().length >= 6);
    for (const line of asked()) assert.match(line, /^aws \S+ (get-caller-identity|list-|describe-)/);
  });

  it('finds the Deployment of Kubernetes in the current context', async () => {
    const deployment = (namespace: string, name: string) => ({ metadata: { namespace, name }, spec: { replicas: 3 } });
    const { path } = fakePrograms(home, {
      kubectl: {
        'get-contexts': 'other',
        'current-context': 'production',
        'get deployments': { items: [deployment('kube-system', 'coredns'), deployment('web', 'shop'), deployment('web', 'blog')] },
      },
    });
    const { code, stderr } = await init(path, '--yes', '--name', 'shop', '--platform', 'kubernetes', '--url', shop.url);
    assert.equal(code, 0, stderr);
    const { kubernetes } = (await loadEnvironment(file)).services['shop']!.regions['main']!;
    assert.deepEqual(kubernetes, { context: 'production', namespace: 'web', deployment: 'shop' });
  });

  it('works in a pipe where nothing is there to look with, and says what it could not look at', async () => {
    const said = ['--platform', 'compose', '--project', 'shop', '--compose-file', '/srv/shop.yml', '--compose-service', 'web'];
    const all = [...said, '--regions', 'site=us-east-1', '--url', 'http://127.0.0.1:1', '--slack', '#shop', '--approvers', 'ana,ben'];
    const { code, stderr, stdout } = await musterProcess(['init', file, '--yes', '--name', 'shop', ...all], {
      PATH: join(home, 'nothing'),
    });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /– docker is not on the PATH: no project of docker compose was looked at\n/);
    assert.match(stderr, /– aws is not on the PATH: nothing of AWS was looked at\n/);
    assert.match(stderr, /– http:\/\/127\.0\.0\.1:1 does not answer within 3 s/);
    assert.match(stdout, /SHOP_SLACK_TOKEN/);
    const environment = await loadEnvironment(file);
    assert.deepEqual(
      environment.people.map(({ subject }) => subject),
      ['you', 'ana', 'ben'],
    );
    assert.deepEqual([environment.failover.approval.stronger.quorum, environment.notify.slack?.channel], [2, '#shop']);
  });

  it('gives up on a program that does not answer, and says so', async () => {
    const { path } = fakePrograms(home, { docker: {} });
    writeFileSync(join(path, 'docker'), `#!/bin/sh\nexec '${process.execPath}' -e 'setInterval(() => {}, 1000)'\n`, { mode: 0o755 });
    const said = ['--platform', 'compose', '--project', 'shop', '--compose-file', '/srv/shop.yml', '--compose-service', 'web'];
    const { code, stderr } = await init(path, '--yes', '--name', 'shop', ...said, '--url', shop.url);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /– docker did not answer within 5 s: no project/);
  });

  it('names the option when nobody can be asked, or an answer cannot be taken, and writes nothing', async () => {
    const { path } = fakePrograms(home, {});
    const refusals: [string[], RegExp][] = [
      [['--name', 'shop'], /without a terminal nobody can be asked "And as people call it\?": say --title; --yes takes the usual answers/],
      [['--yes', '--name', 'shop'], /say --url main=…/],
      [['--yes', '--name', 'The Shop'], /--name The Shop: use small letters, digits and dashes/],
      [['--yes', '--name', 'shop', '--platform', 'heroku'], /--platform heroku: use kubernetes, compose/],
      [['--yes', '--name', 'shop', '--url', 'https://me:visibly-fake@shop.invalid'], /a password belongs into a reference/],
      [['--yes', '--name', 'shop', '--url', 'x', '--database', 'postgres://me:visibly-fake@db/shop'], /a secret must be a reference/],
      [['--yes', '--name', 'shop', '--platform', 'autoscaling'], /an Auto Scaling group needs its region of AWS/],
      [['--yes', '--nonsense'], /unknown option '--nonsense'/],
    ];
    for (const [args, says] of refusals) {
      const { code, stderr } = await init(path, ...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, says);
      assert.ok(!existsSync(file));
    }
  });

  it('writes over a file only when it is told to', async () => {
    const { path } = fakePrograms(home, {});
    writeFileSync(file, 'mine\n');
    const said = ['--yes', '--name', 'shop', '--url', shop.url];
    const { code, stderr } = await init(path, ...said);
    assert.deepEqual([code, readFileSync(file, 'utf8')], [3, 'mine\n']);
    assert.match(stderr, /is there already; --force writes over it/);
    assert.equal((await init(path, ...said, '--force')).code, 0);
    assert.equal((await loadEnvironment(file)).name, 'shop');
  });

  it('shows examples in its help', async () => {
    const { code, stdout } = await muster(['init', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /Examples:\n {2}muster init shop\.yaml /);
  });
});
