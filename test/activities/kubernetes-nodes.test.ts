import assert from 'node:assert/strict';
import { kubernetesNodeActivities } from '../../src/activities/kubernetes/nodes.ts';
import { kubernetesServiceActivities } from '../../src/activities/kubernetes/services.ts';
import { amountOf, bytesText, coresText } from '../../src/activities/kubernetes/quantity.ts';
import { environmentOn } from './cluster.ts';
import { failureOf, inStep } from './in-step.ts';
import { deploymentOf, podOf, setsOf, smallCluster, type SmallCluster } from './small-cluster.ts';

describe('nodes and services by kubectl', () => {
  let cluster: SmallCluster;
  before(() => void (cluster = smallCluster()));
  after(() => cluster.remove());

  const east = { service: 'shop', region: 'east' };
  const environment = environmentOn('/manifests', undefined, { serviceName: 'front' });
  const { readSaturation, drainNode, uncordonNode } = kubernetesNodeActivities(environment);
  const { readService, isolateService, networkPolicies } = kubernetesServiceActivities(environment);
  const node = (name: string, unschedulable = false, ready = 'True') => ({
    ...{ metadata: { name, annotations: {} }, spec: { unschedulable } },
    status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: ready }] },
  });
  const drain = { ...east, node: 'node-1', withinMs: 5_000 };
  const onNode = (...pods: object[]) =>
    cluster.answer({ on: 'get pods --all-namespaces --field-selector=spec.nodeName=node-1', says: { items: pods } });

  beforeEach(() => {
    cluster.reset();
    cluster.answer({ on: 'get deployment shop', says: deploymentOf() }, { on: 'get replicasets', says: setsOf });
    cluster.answer({ on: 'get pods -l', says: { items: [podOf('shop-7d9f-a'), podOf('shop-7d9f-b')] } });
    cluster.answer(
      { on: 'get nodes', says: { items: [node('node-1', true), node('node-2')] } },
      { on: 'get node node-1', says: node('node-1', true) },
    );
  });

  it('amounts are read and written as Kubernetes does', () => {
    const read: [string | undefined, number | null][] = [
      ...([
        ['500m', 0.5],
        ['2', 2],
        ['1.5', 1.5],
        ['128Mi', 134_217_728],
        ['1Gi', 1_073_741_824],
        ['1G', 1e9],
        ['1e3', 1_000],
      ] as const),
      ...([
        ['12E', 12e18],
        ['1500000n', 0.0015],
        [undefined, null],
        ['lots', null],
        ['', null],
        ['-', null],
      ] as const),
    ].map(([text, amount]) => [text, amount]);
    for (const [text, amount] of read) assert.equal(amountOf(text), amount, text);
    assert.deepEqual([bytesText(512 * 1024 ** 2), bytesText(1024 ** 3), bytesText(1_000)], ['512Mi', '1Gi', '1000']);
    assert.deepEqual([coresText(2), coresText(0.25)], ['2', '250m']);
  });

  it('saturation is the share of limits and of nodes; one without the other is told as far as it is known', async () => {
    assert.equal((await inStep(readSaturation, east)).result, null);
    const used = (name: string, cpu: string, memory: string) => ({
      metadata: { name },
      containers: [{ name: 'shop', usage: { cpu, memory } }],
    });
    cluster.answer({
      on: 'get --raw /apis/metrics.k8s.io/v1beta1/namespaces/shop/pods',
      says: { items: [used('shop-7d9f-a', '450m', '64Mi'), used('shop-7d9f-b', '100m', '240Mi'), used('cart-1', '4', '8Gi')] },
    });
    const part = (await inStep(readSaturation, east)).result!;
    assert.deepEqual([part.cpu, part.memory, part.pods.length], [0.9, 0.938, 2]);
    assert.deepEqual(part.nodes, [{ name: 'node-1', cpu: null, memory: null }]);
    cluster.answer({
      on: 'get --raw /apis/metrics.k8s.io/v1beta1/nodes',
      says: { items: [{ metadata: { name: 'node-1' }, usage: { cpu: '3', memory: '2Gi' } }] },
    });
    assert.deepEqual((await inStep(readSaturation, east)).result!.nodes, [{ name: 'node-1', cpu: 0.75, memory: 0.25 }]);
  });

  it('a drain never forces: it asks with exactly these words', async () => {
    onNode();
    assert.deepEqual((await inStep(drainNode, drain)).result, { node: 'node-1', moved: 0 });
    onNode(podOf('shop-7d9f-a'));
    const { predicted } = await inStep(drainNode, drain, { mode: 'simulate' });
    assert.match(predicted[0]!.call, / drain node-1 --ignore-daemonsets --delete-emptydir-data=false --timeout=5s$/);
    assert.ok(!cluster.calls().some(({ words }) => words.startsWith('drain')));
  });

  it('a drain is refused by the names of pods that would lose data; those of daemons and of the node itself may stay', async () => {
    const scratch = podOf('shop-7d9f-a', {}, { spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } });
    const daemon = podOf(
      'logs-1',
      {},
      { metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'logs', uid: 'd', controller: true }] } },
    );
    const mirror = podOf('proxy', {}, { metadata: { ownerReferences: [], annotations: { 'kubernetes.io/config.mirror': 'x' } } });
    onNode(scratch, daemon, mirror);
    const { name, message } = await failureOf(inStep(drainNode, drain));
    assert.equal(name, 'RefusedBySafetyRule');
    assert.equal(message, 'node-1 is not emptied: shop/shop-7d9f-a would lose what is in scratch');
    onNode(daemon, mirror);
    assert.deepEqual((await inStep(drainNode, drain)).result, { node: 'node-1', moved: 0 });
  });

  it('a drain whose time is over fails by the name of the budget, or says that pods take long', async () => {
    onNode(podOf('shop-7d9f-a'));
    cluster.answer({
      on: 'drain',
      fails: 'error: unable to drain node "node-1" due to error: global timeout reached: 5s, continuing command...',
    });
    cluster.answer({
      on: 'get poddisruptionbudgets',
      says: {
        items: [
          {
            metadata: { name: 'shop', namespace: 'shop' },
            spec: { selector: { matchLabels: { app: 'shop' } } },
            status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 },
          },
          { metadata: { name: 'cart', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'cart' } } } },
        ],
      },
    });
    const { name, message } = await failureOf(inStep(drainNode, drain));
    assert.equal(name, 'Permanent');
    assert.equal(
      message,
      '1 pods are still on node-1 after 5 s (shop/shop-7d9f-a): the disruption budget shop/shop lets none go: 1 are well, 2 are needed',
    );
    cluster.answer({ on: 'get poddisruptionbudgets', says: { items: [] } });
    assert.match((await failureOf(inStep(drainNode, drain))).message, /: they take long to end$/);
  });

  it('a node that another run closed stays closed', async () => {
    const closed = { ...node('node-1', true), metadata: { name: 'node-1', annotations: { 'muster.dev/cordoned-for': 'run-of-another' } } };
    cluster.answer({ on: 'get node node-1', says: closed });
    assert.deepEqual((await inStep(uncordonNode, { ...east, node: 'node-1' })).result, { node: 'node-1', schedulable: false, byUs: false });
    assert.ok(!cluster.calls().some(({ words }) => words.startsWith('patch')));
  });

  it('the Service is the one that the environment names, and its ports are held against the containers', async () => {
    const ports = [
      { name: 'a', port: 80, targetPort: 'web' },
      { name: 'b', port: 81, targetPort: 'admin' },
      { name: 'c', port: 9090 },
    ];
    cluster.answer({ on: 'get service front', says: { metadata: { name: 'front' }, spec: { selector: { app: 'shop' }, ports } } });
    const endpoints = [
      { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { name: 'shop-7d9f-a' } },
      { addresses: ['10.0.0.2'], conditions: { ready: false }, targetRef: { name: 'shop-7d9f-b' } },
      { addresses: ['10.0.0.3'], conditions: {} },
    ];
    cluster.answer({ on: 'get endpointslices -l kubernetes.io/service-name=front', says: { items: [{ endpoints }, { endpoints: null }] } });
    const { result } = await inStep(readService, east);
    assert.deepEqual([result.ready, result.notReady, result.pods], [2, 1, ['shop-7d9f-a', '10.0.0.3']]);
    assert.deepEqual(result.mismatches, [
      'no container of shop names a port admin',
      'it sends to port 9090, which no container of shop names',
    ]);
  });

  it('a Service is isolated by one patch that holds only while it points where people saw', async () => {
    const service = (annotations?: object) => ({
      metadata: { name: 'front', annotations },
      spec: { selector: { app: 'shop' }, ports: [] },
    });
    const patches = async (seen: object) => {
      cluster.answer({ on: 'get service front', says: seen });
      const { predicted } = await inStep(isolateService, { ...east, selector: { app: 'shop' } }, { mode: 'simulate' });
      const words = predicted[0]!.args as string[];
      return JSON.parse(words.at(-1)!) as { op: string; path: string; value: unknown }[];
    };
    const [test, replace, note] = await patches(service());
    assert.deepEqual(test, { op: 'test', path: '/spec/selector', value: { app: 'shop' } });
    assert.deepEqual(Object.keys(replace!.value as object), ['muster.dev/isolated']);
    assert.deepEqual(note, { op: 'add', path: '/metadata/annotations', value: { 'muster.dev/selector-before': '{"app":"shop"}' } });
    const [, , beside] = await patches(service({ owner: 'sam' }));
    assert.deepEqual(beside, { op: 'add', path: '/metadata/annotations/muster.dev~1selector-before', value: '{"app":"shop"}' });
  });

  it('policies are judged by the labels, directions and ports that they name', async () => {
    const policy = (name: string, spec: object) => ({ metadata: { name }, spec });
    cluster.answer({
      on: 'get networkpolicies',
      says: {
        items: [
          policy('of-cart', { podSelector: { matchLabels: { app: 'cart' } } }),
          policy('not-carts', {
            podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['cart'] }] },
            ingress: [{ ports: [{ port: 'web' }] }],
          }),
          policy('dns-over-udp', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] }),
        ],
      },
    });
    const { result } = await inStep(networkPolicies, east);
    assert.deepEqual(result.about, ['not-carts', 'dns-over-udp']);
    assert.deepEqual(result.denies, ['pods of shop may not ask DNS (port 53, TCP): dns-over-udp']);
    assert.deepEqual(result.limits, []);
  });
});
