import assert from 'node:assert/strict';
import { kubernetesActivities } from '../../src/activities/kubernetes/deployments.ts';
import { manifestActivities } from '../../src/activities/kubernetes/manifests.ts';
import { kubernetesNodeActivities } from '../../src/activities/kubernetes/nodes.ts';
import { kubernetesPodActivities } from '../../src/activities/kubernetes/pods.ts';
import { troubleOf } from '../../src/activities/kubernetes/trouble.ts';
import { pod as podSchema } from '../../src/activities/kubernetes/pod-objects.ts';
import { releaseBefore } from '../../src/workflows/plans/rollback-plan.ts';
import { environmentOn } from './cluster.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallCluster, type SmallCluster } from './small-cluster.ts';

const east = { service: 'shop', region: 'east' };
const [a, b] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];
const templateOf = (image: string, host?: string) => ({
  metadata: { labels: { app: 'shop' } },
  spec: { containers: [{ name: 'app', image, ...(host ? { env: [{ name: 'DB_HOST', value: host }] } : {}) }] },
});
const newest = `shop:1.5.0@${b}`;
const oldest = `shop:1.4.0@${a}`;
const deployment = (template: object, more: object = {}, revision = '7') => ({
  metadata: { name: 'shop', uid: 'dep-1', generation: 12, annotations: { 'deployment.kubernetes.io/revision': revision } },
  spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, template, ...more },
  status: { observedGeneration: 12, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
});
const set = (name: string, revision: string, template: { metadata: { labels: object }; spec: object }) => ({
  metadata: {
    ...{ name, uid: `rs-${name}`, creationTimestamp: '2026-11-10T03:00:00Z' },
    annotations: { 'deployment.kubernetes.io/revision': revision },
    ownerReferences: [{ uid: 'dep-1' }],
  },
  // The controller numbers the templates of its sets by a label.
  spec: { template: { ...template, metadata: { labels: { ...template.metadata.labels, 'pod-template-hash': name } } } },
});
const pod = (name: string, of: string, digest: string, status: object = {}) => ({
  metadata: {
    ...{ name, uid: `u-${name}`, creationTimestamp: '2026-11-21T02:59:00Z', labels: { app: 'shop' } },
    ownerReferences: [{ kind: 'ReplicaSet', name: of, uid: `rs-${of}`, controller: true }],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'x' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, imageID: `reg/shop@${digest}` }],
    ...status,
  },
});
const list = (...items: unknown[]) => ({ items });
const forbidden = 'Error from server (Forbidden): events is forbidden: User "muster" cannot list resource "events"';

describe('kubectl, by what people met in the field', () => {
  let cluster: SmallCluster;
  before(() => void (cluster = smallCluster()));
  after(() => cluster.remove());
  beforeEach(() => {
    cluster.reset();
    cluster.answer(
      { on: 'get deployment', says: deployment(templateOf(newest, 'wrong')) },
      {
        on: 'get replicasets',
        says: list(
          set('b2', '7', templateOf(newest, 'wrong')),
          set('b1', '6', templateOf(newest, 'right')),
          set('a', '5', templateOf(oldest)),
        ),
      },
      { on: 'get pods', says: list(pod('shop-1', 'b2', b), pod('shop-2', 'b2', b)) },
      { on: 'get events', says: list() },
      { on: 'get horizontalpodautoscalers', says: list() },
      { on: 'rollout', says: '' },
      { on: 'scale', says: '' },
    );
  });
  const tools = (place: object = {}) => kubernetesActivities(environmentOn('/manifests', undefined, place));
  const changes = () => cluster.calls().filter(({ words }) => /^(scale|patch|apply|rollout undo)/.test(words));

  describe('a release that differs in a variable only', () => {
    it('is not the one that runs, though their images are one', async () => {
      const asked = (await inStep(tools().readRevisions, east)).result.releases.find(({ revision }) => revision === '6')!;
      const { predicted } = await inStep(tools().rollBackToRevision, { ...east, ...asked }, { mode: 'simulate' });
      assert.match(predicted[0]!.call, /rollout undo deployment\/shop --to-revision=6$/);
    });

    it('is what ran before, when nobody says where to go back to', async () => {
      const { result } = await inStep(tools().readRevisions, east);
      assert.equal(releaseBefore(result).release?.revision, '6');
    });

    it('is the one that runs whatever number its controller gives the template', async () => {
      const { result } = await inStep(tools().readRevisions, east);
      assert.equal(result.wanted.template, result.releases[0]!.template);
    });
  });

  describe('pods that count for nothing', () => {
    it('are no part of a proof: those that ended for good, and those of others', async () => {
      const evicted = pod('shop-9', 'a', a, { phase: 'Failed', reason: 'Evicted', containerStatuses: [] });
      cluster.answer({
        on: 'get pods',
        says: list(pod('shop-1', 'b2', b), pod('shop-2', 'b2', b), evicted, pod('canary-1', 'canary', a)),
      });
      const { result } = await inStep(tools().proveRevision, { ...east, revision: '7', image: 'shop:1.5.0', digest: b });
      assert.equal(result?.instances, 2);
    });
  });

  it('a paused Deployment is refused in simulate as it is live', async () => {
    cluster.answer({ on: 'get deployment', says: deployment(templateOf(newest, 'wrong'), { paused: true }) });
    const asked = { ...east, revision: '5', image: 'shop:1.4.0', digest: a };
    for (const mode of ['simulate', 'live'] as const) {
      const { name, message } = await failureOf(inStep(tools().rollBackToRevision, asked, { mode }));
      assert.equal(name, 'RefusedBySafetyRule');
      assert.match(message, /is paused by somebody/);
    }
    assert.deepEqual(changes(), []);
  });

  describe('events that may not be listed', () => {
    beforeEach(() => cluster.answer({ on: 'get events', fails: forbidden }));
    it('keep no revision from being read', async () => {
      const { result } = await inStep(tools().readRevisions, east);
      assert.equal(result.instances.length, 2);
      assert.match(result.events[0]!, /events cannot be read: .*Forbidden/);
    });
    it('keep no pod from being read', async () => {
      const { readPods } = kubernetesPodActivities(environmentOn('/manifests'));
      const { result } = await inStep(readPods, east);
      assert.equal(result.instances.length, 2);
      assert.match(result.events[0]!, /events cannot be read/);
    });
  });

  describe('an autoscaler that would undo a size', () => {
    const hpa = {
      metadata: { name: 'shop-hpa', annotations: {} },
      spec: { minReplicas: 2, maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'shop' } },
    };
    it('is found and named when the environment does not know it', async () => {
      cluster.answer({ on: 'get horizontalpodautoscalers', says: list(hpa) });
      for (const mode of ['simulate', 'live'] as const) {
        const { name, message } = await failureOf(inStep(tools().scaleDeployment, { ...east, desired: 6 }, { mode }));
        assert.deepEqual([name, /shop-hpa keeps deployment\/shop between 2 and 3/.test(message)], ['RefusedBySafetyRule', true]);
      }
      assert.deepEqual(changes(), []);
    });
    it('is held first when the environment names it', async () => {
      cluster.answer({ on: 'get horizontalpodautoscalers shop-hpa', says: hpa }, { on: 'get horizontalpodautoscalers', says: list(hpa) });
      const { predicted } = await inStep(tools({ autoscaler: 'shop-hpa' }).scaleDeployment, { ...east, desired: 6 }, { mode: 'simulate' });
      assert.deepEqual(
        predicted.map(({ call }) => /patch|scale /.exec(call)?.[0].trim()),
        ['patch', 'scale'],
      );
    });
    it('is no reason to refuse when we may not look for it', async () => {
      const missing = { on: 'get horizontalpodautoscalers shop', fails: 'Error from server (NotFound): there is none' };
      cluster.answer(missing, { on: 'get horizontalpodautoscalers', fails: forbidden });
      const { predicted } = await inStep(tools().scaleDeployment, { ...east, desired: 6 }, { mode: 'simulate' });
      assert.equal(predicted.length, 1);
    });
  });

  describe('a container that ended once, long ago', () => {
    const seen = (startedAt: string, exitCode = 137) =>
      podSchema.parse(
        pod('shop-1', 'b2', b, {
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: [
            { name: 'app', ready: false, restartCount: 1, state: { running: { startedAt } }, lastState: { terminated: { exitCode } } },
          ],
        }),
      );
    for (const code of [137, 255, 0])
      it(`is not ready now, and neither crashes nor lacks memory (${code})`, () =>
        assert.equal(troubleOf(seen('2026-11-18T03:00:02Z', code), 'app', []), 'not-ready'));
    it('crashes when it was started a moment ago', () =>
      assert.equal(troubleOf(seen(new Date().toISOString(), 255), 'app', []), 'crashing'));
  });

  it('conditions of a node whose words nobody knows make no bad node of it', async () => {
    const condition = (type: string, status: string) => ({ type, status, reason: 'x', message: 'y' });
    const good = [condition('MemoryPressure', 'False'), condition('DiskPressure', 'False'), condition('Ready', 'True')];
    const node = (name: string, ...conditions: object[]) => ({
      metadata: { name, annotations: {} },
      spec: {},
      status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions },
    });
    cluster.answer({
      on: 'get nodes',
      says: list(
        node('n1', condition('EtcdIsVoter', 'True'), ...good),
        node('n2', condition('KernelReady', 'True'), condition('NetworkingReady', 'True'), ...good),
        node('n3', condition('DiskPressure', 'True'), condition('Ready', 'True')),
      ),
    });
    const { result } = await inStep(kubernetesNodeActivities(environmentOn('/manifests')).readNodes, east);
    assert.deepEqual(result.map(({ name, bad }) => [name, bad.length > 0]).sort(), [
      ['n1', false],
      ['n2', false],
      ['n3', true],
    ]);
  });

  it('a drain in vain says that nobody can end pods on a node whose kubelet is silent', async () => {
    const silent = {
      metadata: { name: 'n1', annotations: {} },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting' }] },
    };
    const well = { metadata: { name: 'n2', annotations: {} }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    cluster.answer(
      { on: 'get node n1', says: silent },
      { on: 'get nodes', says: list(silent, well) },
      { on: 'get poddisruptionbudgets', says: list() },
      { on: 'drain n1', fails: 'error: unable to drain node "n1" due to error: global timeout reached: 2s, continuing command...' },
    );
    const { drainNode } = kubernetesNodeActivities(environmentOn('/manifests'));
    const { message } = await failureOf(inStep(drainNode, { ...east, node: 'n1', withinMs: 2_000 }));
    assert.match(message, /its kubelet does not answer, so that nobody can end them there/);
  });

  describe('kubectl diff', () => {
    const place = manifestActivities(environmentOn('/manifests'));
    it('that shows the word error shows a difference', async () => {
      cluster.answer({ on: 'diff', says: '-          value: info\n+          value: error\n', code: 1 });
      const { predicted } = await inStep(place.applyManifests, east, { mode: 'simulate' });
      assert.match(predicted[0]!.call, / apply -k /);
    });
    it('that says on the other stream what went wrong has failed', async () => {
      cluster.answer({ on: 'diff', fails: 'error: unable to read the kustomization' });
      const { name } = await failureOf(inStep(place.applyManifests, east, { mode: 'simulate' }));
      assert.equal(name, 'Permanent');
    });
  });
});
