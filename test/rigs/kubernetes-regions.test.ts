import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';
import { buildMs } from './kubernetes/build.ts';
import { startCluster, type Cluster } from './kubernetes/cluster.ts';
import { bringShopUp, followPods, images, namespace, regions, shopFiles, type Region } from './kubernetes/shop-on-clusters.ts';
import { orSkip } from './or-skip.ts';

/** One story: two regions, each an API server of its own, with the databases, names and customers of the practice range. */
describe('a shop on two clusters of Kubernetes', function () {
  this.timeout(240_000);
  const files = shopFiles();
  const clusters = {} as Record<Region, Cluster>;
  const clean: (() => unknown)[] = [() => rmSync(files.folder, { recursive: true, force: true })];

  before(async function () {
    this.timeout(buildMs);
    files.write('east', images.usual);
    files.write('west', images.former);
    for (const region of regions) {
      const cluster = await orSkip(this, () => startCluster({ nodes: 2, name: region }));
      clean.push(() => cluster.stop());
      clusters[region] = cluster;
      await bringShopUp(cluster, region, region === 'east' ? 3 : 1, files);
    }
    clean.push(clusters.east.use());
    process.env['KUBECONFIG'] = regions.map((region) => clusters[region].kubeconfig).join(':');
    // The standby is a release behind what Git says of it.
    files.write('west', images.usual);
  });
  const estate = practiceEstate({ rangeEnvironment: files.environment });
  before(() => void clean.push(followPods(clusters, estate.range, estate.stack.variables)));
  after(async () => {
    for (const step of clean.reverse()) await step();
  });

  const start = async (runbook: string, input: object, mode = 'live'): Promise<string> => {
    const answer = await eventually(
      'the run to be taken',
      () => estate.start('sam', { runbook, mode, reason: 'a test', input: { service: 'shop', ...input } }),
      // A move within the cool-down of another one waits for it.
      ({ status, body }) => status !== 409 || body.code === undefined,
      60_000,
      500,
    );
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.runId!;
  };
  const ended = (runId: string) => estate.seen(runId, 'the end', ({ state }) => finalStates.includes(state), 120_000);
  const titles = (view: RunView) => view.steps.filter(({ state }) => state === 'completed').map(({ title }) => title);

  interface Seen {
    metadata: { annotations?: Record<string, string> };
    spec: Record<string, unknown>;
  }
  const object = (region: Region, ...what: string[]) => clusters[region].json<Seen>(['get', ...what, '-n', namespace]);
  /** What people at a region's own cluster see of the shop. */
  const shop = async (region: Region) => {
    const [deployment, autoscaler, application, settings] = await Promise.all([
      clusters[region].json<{
        spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
        status: { availableReplicas?: number };
      }>(['get', 'deployment', 'shop', '-n', namespace]),
      object(region, 'hpa', 'shop'),
      object(region, 'applications', `shop-${region}`),
      clusters[region].json<{ data: Record<string, string> }>(['get', 'configmap', 'settings', '-n', namespace]),
    ]);
    return {
      ...{ replicas: deployment.spec.replicas, available: deployment.status.availableReplicas ?? 0 },
      ...{ image: deployment.spec.template.spec.containers[0]!.image, region: settings.data['region'] },
      limits: [autoscaler.spec['minReplicas'], autoscaler.spec['maxReplicas']],
      synced: (application.spec['syncPolicy'] as { automated?: unknown } | undefined)?.automated !== undefined,
    };
  };
  const free = { limits: [1, 6], synced: true };
  const roles = async () => {
    const { regions: now } = await estate.range.status();
    return [now.east.database, now.west.database, now.east.weight, now.west.weight];
  };
  const since = async () => {
    const before = new Date();
    return async (region: Region) => (await clusters[region].changes(before)).join('; ');
  };

  it('says in a dry run what a failover would call, and neither cluster is changed', async () => {
    const changed = await since();
    const view = await ended(await start('fail-over-region', { from: 'east', to: 'west', planned: true }, 'simulate'));
    assert.equal(view.state, 'completed', view.status);
    const calls = view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call)).filter((call) => call.startsWith('kubectl'));
    for (const call of [
      'apply -k',
      'patch horizontalpodautoscalers shop',
      'scale deployment/shop --replicas=3',
      'patch applications.argoproj.io',
    ])
      assert.ok(
        calls.some((made) => made.includes(call)),
        `${call} is not in ${calls.join('\n')}`,
      );
    assert.ok(
      calls.every((call) => call.startsWith('kubectl --context west -n shop --request-timeout=')),
      calls.join('\n'),
    );
    assert.deepEqual([await changed('east'), await changed('west')], ['', '']);
    assert.equal(await estate.changes('PromoteReadReplica'), 0);
  });

  it('is as it was before when people decline a failover that has warmed the other region', async () => {
    const before = await shop('west');
    const runId = await start('fail-over-region', { from: 'east', to: 'west', planned: true });
    const gate = await estate.openGate(runId);
    await estate.seen(runId, 'the warm region', (view) => titles(view).some((title) => title.startsWith('Warm west')));
    assert.deepEqual([(await shop('west')).available, (await shop('west')).synced], [3, false]);
    assert.equal((await estate.signal('ana', runId, 'decline', { gate: gate.id, digest: gate.digest })).status, 200);
    assert.equal((await ended(runId)).state, 'canceled');
    // What Git says of the region stays applied.
    assert.deepEqual(await shop('west'), { ...before, image: images.usual });
    assert.deepEqual([before.image, await roles()], [images.former, ['primary', 'replica', 100, 0]]);
  });

  it('moves to the other cluster with its database and its customers, and nothing is done to the cluster that is left', async () => {
    const changed = await since();
    const runId = await start('fail-over-region', { from: 'east', to: 'west', planned: true });
    const view = await estate.approveUntilEnd(runId, 180_000);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    assert.deepEqual(await roles(), ['replica', 'primary', 0, 100]);
    assert.deepEqual(await shop('west'), { replicas: 3, available: 3, image: images.usual, region: 'west', ...free });
    assert.equal(await changed('east'), '');
    const made = (await changed('west')).split('; ');
    assert.deepEqual([...new Set(made)].filter((call) => !call.endsWith('/scale shop')).sort(), [
      'patch applications shop-west',
      'patch horizontalpodautoscalers shop',
    ]);
    assert.equal(made.filter((call) => call === 'patch applications shop-west').length, 2, 'held once, let go once');
  });

  it('comes back, although the worker is killed inside every change, and each change is made once', async function () {
    // A worker that was killed is back after some 10 s, some 15 times.
    this.timeout(800_000);
    files.write('east', images.usual, { currency: 'USD' });
    await clusters.east.kubectl(['scale', 'deployment/shop', '-n', namespace, '--replicas=1']);
    const changed = await since();
    const runId = await start('fail-back-region', { from: 'west', to: 'east' });
    const { view, kills } = await killInsideEveryChange(estate, runId, {
      within: 750_000,
      inside: (title) => !/^(Check|Wait) /.test(title),
    });
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills > 8, `${kills} kills`);
    assert.deepEqual(await roles(), ['primary', 'replica', 100, 0]);
    assert.deepEqual(await shop('east'), { replicas: 3, available: 3, image: images.usual, region: 'east', ...free });
    const made = (await changed('east')).split('; ').sort();
    assert.deepEqual(
      made.filter((call) => !call.endsWith('/scale shop')),
      [
        ...['patch applications shop-east', 'patch applications shop-east', 'patch configmaps settings'],
        ...['patch horizontalpodautoscalers shop', 'patch horizontalpodautoscalers shop'],
      ],
    );
    assert.ok(made.filter((call) => call.endsWith('/scale shop')).length <= 1, made.join('; '));
    assert.equal(await changed('west'), '');
  });

  it('rolls a bad release back to the digest that ran before, with deliveries held, and customers see no failed orders any more', async () => {
    await clusters.east.kubectl(['set', 'image', 'deployment/shop', '-n', namespace, `shop=${images.bad}`]);
    await clusters.east.ready(namespace, 'shop');
    const failed = async () => (await estate.range.status()).customers.failed;
    const before = await failed();
    await eventually('orders that fail', failed, (count) => count > before + 5);
    const changed = await since();
    const runId = await start('roll-back-deployment', { region: 'east' });
    const { question, id, digest } = await estate.openGate(runId);
    assert.equal(question, 'Roll shop in east back from shop:1.5.0 to shop:1.4.0?');
    for (const by of ['ana', 'ben']) assert.equal((await estate.signal(by, runId, 'approve', { gate: id, digest })).status, 200);
    const asks = await estate.seen(runId, 'the question about deliveries', ({ gates }) => gates.length === 2, 90_000);
    assert.equal(asks.gates[1]!.question, 'Let deliveries to east go on?');
    assert.deepEqual(await shop('east'), { replicas: 3, available: 3, image: images.usual, region: 'east', ...free, synced: false });
    const quiet = await failed();
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await failed(), quiet, 'no order has failed since');
    assert.deepEqual(await shop('east'), { replicas: 3, available: 3, image: images.usual, region: 'east', ...free });
    assert.equal(
      await changed('east'),
      ['patch applications shop-east', 'patch deployments shop', 'patch applications shop-east'].join('; '),
    );
    assert.equal(await changed('west'), '');
  });

  it('is brought up in the other cluster when a whole region is lost, its API server too', async () => {
    await clusters.west.kubectl(['scale', 'deployment/shop', '-n', namespace, '--replicas=1']);
    await clusters.east.stop();
    await estate.range.break({ kind: 'lose-region', region: 'east' });
    const runId = await start('fail-over-region', { from: 'east', to: 'west' });
    const view = await estate.approveUntilEnd(runId, 180_000);
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual((await roles()).slice(1), ['primary', 0, 100]);
    assert.deepEqual(await shop('west'), { replicas: 3, available: 3, image: images.usual, region: 'west', ...free });
    const { customers } = await eventually(
      'orders that are taken again',
      () => estate.range.status(),
      (seen) => seen.customers.outage.over,
      60_000,
    );
    assert.ok(customers.outage.failed > 0);
  });
});
