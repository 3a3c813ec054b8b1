import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { autoscalerActivities } from '../../src/activities/kubernetes/autoscalers.ts';
import { deliveryActivities } from '../../src/activities/service/delivery.ts';
import { kubernetesActivities } from '../../src/activities/kubernetes/deployments.ts';
import { manifestActivities } from '../../src/activities/kubernetes/manifests.ts';
import type { Running } from '../../src/activities/kit/releases.ts';
import { environmentOn } from '../activities/cluster.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { eventually } from '../eventually.ts';
import { buildMs } from './kubernetes/build.ts';
import { digestOf, startCluster, type Cluster } from './kubernetes/cluster.ts';
import { application, gitOpsKinds, kustomization } from './kubernetes/gitops.ts';
import { orSkip } from './or-skip.ts';

describe('a real API server of Kubernetes', function () {
  let cluster: Cluster;
  let putBack = () => {};
  let namespaces = 0;
  let namespace = '';
  const manifests = mkdtempSync(join(tmpdir(), 'muster-manifests-'));

  before(async function () {
    this.timeout(buildMs);
    cluster = await orSkip(this, () => startCluster({ nodes: 3 }));
    putBack = cluster.use();
    await cluster.apply(...gitOpsKinds);
  });
  after(async () => {
    putBack();
    await cluster?.stop();
    rmSync(manifests, { recursive: true, force: true });
  });

  const east = { service: 'shop', region: 'east' };
  const image = { good: `shop:1.4.0@${digestOf('a')}`, bad: `shop:1.5.0@${digestOf('b')}` };
  const at = (place: object = {}, delivery?: object) =>
    environmentOn(join(manifests, namespace), delivery, { context: cluster.context, namespace, ...place });
  const tools = (place: object = {}) => kubernetesActivities(at(place));
  const applied = () => manifestActivities(at()).applyManifests;
  const running = async () => (await inStep(tools().readRevisions, east)).result;
  const pinned = ({ revision, image: name, digest }: Running['wanted']) => ({ ...east, revision, image: name, digest });
  const since = async <T>(make: () => Promise<T>): Promise<[T, string[]]> => {
    const before = new Date();
    return [await make(), await cluster.changes(before)];
  };

  // A namespace for each test, so that none sees what another has left.
  beforeEach(async () => {
    namespace = `shop-${(namespaces += 1)}`;
    await cluster.namespace(namespace);
    await cluster.deploy({ namespace, name: 'shop', image: image.good, labels: { schema: '1' } });
    await cluster.ready(namespace, 'shop');
  });

  /** A release that does not work comes out over the good one. */
  const badRelease = async () => {
    await cluster.fault({ namespace, deployment: 'shop' }, 'crash', { image: image.bad });
    return eventually('the bad release', running, ({ wanted, instances }) => wanted.digest === digestOf('b') && instances.length === 4);
  };

  it('tells what a Deployment runs: revisions with digests and schema, pods with theirs, and what happened', async () => {
    const calm = await running();
    assert.deepEqual([calm.wanted.image, calm.wanted.digest, calm.wanted.schema, calm.underWay], ['shop:1.4.0', digestOf('a'), '1', null]);
    assert.deepEqual(
      calm.instances.map(({ digest, state }) => [digest, state]),
      Array.from({ length: 3 }, () => [digestOf('a'), 'Running']),
    );
    const seen = await badRelease();
    assert.deepEqual(
      seen.releases.map(({ revision, image: name, schema }) => [revision, name, schema]),
      [
        ['2', 'shop:1.5.0', '1'],
        ['1', 'shop:1.4.0', '1'],
      ],
    );
    assert.deepEqual([seen.underWay, seen.rollouts[0]!.state], ['2', 'InProgress']);
    assert.equal(
      seen.instances.filter(({ digest }) => digest === digestOf('b')).length,
      1,
      'its pods do not get ready, so no more are made',
    );
    const events = await eventually('the events', running, (now) => now.events.some((event) => event.includes('BackOff')));
    assert.match(events.events.join('\n'), /shop-\S+ BackOff: Back-off restarting failed container/);
  });

  it('goes back from a crashing release to the pinned one, proves it by the digest of every pod, and never toggles', async () => {
    const { releases } = await badRelease();
    const good = pinned(releases.at(-1)!);
    const [dry, nothing] = await since(() => inStep(tools().rollBackToRevision, good, { mode: 'simulate' }));
    assert.deepEqual([nothing, dry.predicted.length], [[], 1]);
    const [{ result, predicted, evidence }, changed] = await since(() => inStep(tools().rollBackToRevision, good));
    assert.deepEqual(result, { revision: '3', digest: digestOf('a'), instances: 3 });
    assert.deepEqual(changed, ['patch deployments shop']);
    assert.deepEqual(predicted, dry.predicted);
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args })),
      predicted,
    );
    await inStep(tools().proveRevision, good);
    const [again, nothingMore] = await since(() => inStep(tools().rollBackToRevision, good));
    assert.deepEqual([again.result, nothingMore], [result, []]);
    assert.equal((await running()).rollouts[0]!.state, 'Successful');
  });

  it('refuses a revision that holds something else, and says so when another release is rolled out over it', async () => {
    await badRelease();
    const before = new Date();
    const wrong = { ...east, revision: '2', image: 'shop:1.4.0', digest: digestOf('c') };
    const refused = await failureOf(inStep(tools().rollBackToRevision, wrong));
    assert.deepEqual([refused.name, refused.message], ['RefusedBySafetyRule', `revision 2 holds ${digestOf('b')}, not ${digestOf('c')}`]);
    const over = await failureOf(inStep(tools().proveRevision, { ...east, revision: '1', image: 'shop:1.4.0', digest: digestOf('a') }));
    assert.deepEqual([over.name, over.message], ['Permanent', `${digestOf('b')} has been rolled out over it: hold the deliveries`]);
    assert.deepEqual(await cluster.changes(before), []);
  });

  it('scales a Deployment once and waits until its pods are ready', async () => {
    const asked = { ...east, desired: 5 };
    const [dry, nothing] = await since(() => inStep(tools().scaleDeployment, asked, { mode: 'simulate' }));
    assert.deepEqual([dry.predicted.length, nothing], [1, []]);
    const [{ result }, changed] = await since(async () => {
      await inStep(tools().scaleDeployment, asked);
      return inStep(tools().scaleDeployment, asked);
    });
    assert.deepEqual([result, changed], [{ desired: 5, inService: 5 }, ['patch deployments/scale shop']]);
    assert.deepEqual((await inStep(tools().rolloutStatus, east)).result, { replicas: 5 });
    const { result: capacity } = await inStep(tools().readDeployment, east);
    assert.deepEqual([capacity.desired, capacity.inService], [5, 5]);
  });

  it('holds an autoscaler still with its limits kept on it, and gives them back', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
    const spec = { scaleTargetRef: target, minReplicas: 2, maxReplicas: 10 };
    await cluster.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'shop', namespace }, spec });
    const { holdAutoscaler, releaseAutoscaler } = autoscalerActivities(at());
    const held = { ...east, replicas: 4 };
    const [dry, nothing] = await since(() => inStep(holdAutoscaler, held, { mode: 'simulate' }));
    assert.deepEqual([dry.predicted.length, nothing], [1, []]);
    const seen = () =>
      cluster.json<{ metadata: { annotations?: Record<string, string> }; spec: { minReplicas: number; maxReplicas: number } }>([
        ...['get', 'hpa', 'shop', '-n', namespace],
      ]);
    const [, changed] = await since(async () => {
      await inStep(holdAutoscaler, held);
      await inStep(holdAutoscaler, held);
    });
    const { metadata, spec: now } = await seen();
    assert.deepEqual([now.minReplicas, now.maxReplicas, metadata.annotations!['muster/limits']], [4, 10, '2..10']);
    assert.deepEqual(changed, ['patch horizontalpodautoscalers shop']);
    await inStep(releaseAutoscaler, east);
    await inStep(releaseAutoscaler, east);
    const after = await seen();
    assert.deepEqual([after.spec.minReplicas, after.spec.maxReplicas, after.metadata.annotations?.['muster/limits']], [2, 10, undefined]);
  });

  it('resizes what it holds together with its autoscaler, which would undo every other size', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
    const spec = { scaleTargetRef: target, minReplicas: 2, maxReplicas: 10 };
    await cluster.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'shop', namespace }, spec });
    const { holdAutoscaler, releaseAutoscaler } = autoscalerActivities(at());
    await inStep(holdAutoscaler, { ...east, replicas: 5 });
    await inStep(tools().scaleDeployment, { ...east, desired: 5 });
    const [{ result, predicted }, changed] = await since(() => inStep(tools().scaleDeployment, { ...east, desired: 3 }));
    assert.deepEqual([result, predicted.length], [{ desired: 3, inService: 3 }, 2]);
    assert.deepEqual(changed, ['patch horizontalpodautoscalers shop', 'patch deployments/scale shop']);
    const condition = '--for=jsonpath={.status.currentReplicas}=3';
    await cluster.kubectl(['wait', 'hpa/shop', '-n', namespace, condition, '--timeout=20s']);
    assert.equal((await inStep(tools().readDeployment, east)).result.desired, 3);
    await inStep(releaseAutoscaler, east);
    const after = await cluster.json<{ spec: object }>(['get', 'hpa', 'shop', '-n', namespace]);
    assert.deepEqual([after.spec], [{ ...after.spec, minReplicas: 2, maxReplicas: 10 }]);
  });

  it('applies a kustomization once, and sees by a dry run of the API server that nothing differs any more', async () => {
    const folder = join(manifests, namespace);
    mkdirSync(folder);
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop' }, data: { currency: 'EUR' } };
    writeFileSync(join(folder, 'shop.yaml'), stringify(object));
    writeFileSync(join(folder, 'kustomization.yaml'), stringify({ namespace, resources: ['shop.yaml'] }));
    const [dry, nothing] = await since(() => inStep(applied(), east, { mode: 'simulate' }));
    assert.deepEqual([dry.predicted.length, nothing], [1, []]);
    const [, made] = await since(() => inStep(applied(), east));
    assert.deepEqual(made, ['create configmaps shop']);
    const [, nothingMore] = await since(() => inStep(applied(), east));
    assert.deepEqual(nothingMore, []);
    await cluster.kubectl(['patch', 'configmap', 'shop', '-n', namespace, '-p', '{"data":{"currency":"USD"}}']);
    const [, mended] = await since(() => inStep(applied(), east));
    assert.deepEqual(mended, ['patch configmaps shop']);
    writeFileSync(join(folder, 'shop.yaml'), stringify({ ...object, kind: 'Secret', data: {}, metadata: { name: 'key' } }));
    const { name, message } = await failureOf(inStep(applied(), east));
    assert.deepEqual([name, /forbidden.*cannot get resource "secrets"/is.test(message)], ['Permanent', true], `${name}: ${message}`);
  });

  const deliveries = [
    ['Argo CD', { by: 'argocd', application: 'shop-{region}' }, application, 'applications.argoproj.io', 'shop-east'],
    ['Flux', { by: 'flux', kustomization: 'shop-{region}' }, kustomization, 'kustomizations.kustomize.toolkit.fluxcd.io', 'shop-east'],
  ] as const;
  for (const [title, how, made, resource, name] of deliveries) {
    it(`holds the deliveries of ${title}, with the run that holds them on the object, and puts them back as they were`, async () => {
      await cluster.apply(made(namespace, name));
      const { pauseDelivery, resumeDelivery, readDelivery } = deliveryActivities(at({}, { ...how, context: cluster.context, namespace }));
      const spec = async () => (await cluster.json<{ spec: object }>(['get', resource, name, '-n', namespace])).spec;
      const before = await spec();
      const [dry, nothing] = await since(() => inStep(pauseDelivery, east, { mode: 'simulate' }));
      assert.deepEqual([dry.predicted.length, nothing], [1, []]);
      const [, held] = await since(async () => {
        await inStep(pauseDelivery, east);
        await inStep(pauseDelivery, east);
      });
      assert.deepEqual(held, [`patch ${resource.split('.')[0]} ${name}`]);
      assert.deepEqual((await inStep(readDelivery, east)).result.paused, true);
      const { metadata } = await cluster.json<{ metadata: { annotations: Record<string, string> } }>([
        'get',
        resource,
        name,
        '-n',
        namespace,
      ]);
      assert.equal(metadata.annotations['muster/paused-by'], 'run-1');
      await inStep(resumeDelivery, east);
      await inStep(resumeDelivery, east);
      assert.deepEqual(await spec(), title === 'Flux' ? { ...before, suspend: false } : before);
    });
  }

  it('says plainly what it may not do, and changes nothing, for one who has no role', async () => {
    const denied = tools({ context: cluster.viewer });
    const before = new Date();
    const attempts = [
      () => inStep(denied.readDeployment, east),
      () => inStep(denied.readRevisions, east),
      () => inStep(denied.scaleDeployment, { ...east, desired: 9 }),
      () => inStep(denied.rolloutStatus, east),
      () => inStep(denied.rollBackToRevision, { ...east, revision: '1', image: 'shop:1.4.0', digest: digestOf('a') }),
    ];
    for (const attempt of attempts) {
      const { name, message, nonRetryable } = await failureOf(attempt());
      assert.deepEqual([name, nonRetryable], ['Permanent', true], message);
      assert.match(message, /\(Forbidden\).*User "viewer" cannot get resource "deployments"/s);
    }
    const asked = (await cluster.audit(before)).filter(({ user }) => user === 'viewer');
    assert.ok(asked.length > 0 && asked.every(({ code }) => code === 403), JSON.stringify(asked));
    assert.equal((await running()).instances.length, 3);
  });

  it('lets its own role do nothing else: no secrets, no commands in pods, no roles, and no other namespace', async () => {
    const may = async (...words: string[]) =>
      (await cluster.kubectl(['auth', 'can-i', ...words, '--as', 'muster']).catch((error: { stdout: string }) => error.stdout)).trim();
    for (const words of ['get secrets', 'create pods/exec', 'create pods', 'delete deployments', 'create rolebindings', 'delete nodes'])
      assert.equal(await may(...words.split(' '), '-n', namespace), 'no', words);
    assert.equal(await may('patch', 'deployments', '-n', 'default'), 'no');
    assert.equal(await may('patch', 'deployments', '-n', namespace), 'yes');
  });

  it('says what is not there: a Deployment, a context, and an API server', async () => {
    const gone = await failureOf(inStep(tools({ deployment: 'cart' }).readDeployment, east));
    assert.deepEqual([gone.name, /"cart" not found/.test(gone.message)], ['Permanent', true], gone.message);
    const nowhere = await failureOf(inStep(tools({ context: 'elsewhere' }).readDeployment, east));
    assert.deepEqual([nowhere.name, /context "elsewhere" does not exist/.test(nowhere.message)], ['Permanent', true], nowhere.message);
    const config = join(manifests, 'nobody.kubeconfig');
    writeFileSync(
      config,
      await cluster
        .kubectl(['config', 'view', '--raw'])
        .then((text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1').replaceAll('admin', cluster.context)),
    );
    process.env['KUBECONFIG'] = config;
    try {
      const silent = await failureOf(inStep(tools().readDeployment, east));
      assert.deepEqual([silent.name, silent.nonRetryable], ['Transient', false], silent.message);
    } finally {
      process.env['KUBECONFIG'] = cluster.kubeconfig;
    }
  });
});
