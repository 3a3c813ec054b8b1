import assert from 'node:assert/strict';
import { kubernetesNodeActivities } from '../../src/activities/kubernetes/nodes.ts';
import { kubernetesServiceActivities } from '../../src/activities/kubernetes/services.ts';
import { environmentOn } from '../activities/cluster.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { eventually } from '../eventually.ts';
import { buildMs } from './kubernetes/build.ts';
import { digestOf, startCluster, type Cluster } from './kubernetes/cluster.ts';
import { orSkip } from './or-skip.ts';

describe('nodes and services on a real API server', function () {
  let cluster: Cluster;
  let putBack = () => {};
  let namespaces = 0;
  let namespace = '';

  before(async function () {
    this.timeout(buildMs);
    cluster = await orSkip(this, () => startCluster({ nodes: 2 }));
    putBack = cluster.use();
  });
  after(async () => {
    putBack();
    await cluster?.stop();
  });

  const east = { service: 'shop', region: 'east' };
  const environment = () => environmentOn('/manifests', undefined, { context: cluster.context, namespace });
  const nodes = () => kubernetesNodeActivities(environment());
  const services = () => kubernetesServiceActivities(environment());
  const since = async <T>(make: () => Promise<T>): Promise<[T, string[]]> => {
    const before = new Date();
    return [await make(), await cluster.changes(before)];
  };

  beforeEach(async () => {
    namespace = `nodes-${(namespaces += 1)}`;
    await cluster.namespace(namespace);
    await cluster.deploy({ namespace, name: 'shop', image: `shop:1.4.0@${digestOf('a')}`, replicas: 4 });
    await cluster.ready(namespace, 'shop');
  });
  afterEach(async () => {
    await cluster.kubectl(['uncordon', 'node-1', 'node-2']);
    await cluster.fault({ node: 'node-1' }, null);
    await cluster.kubectl(['delete', 'deployments,pods,poddisruptionbudgets', '--all', '-n', namespace, '--cascade=foreground']);
  });

  describe('nodes', () => {
    const one = { ...east, node: 'node-1' };
    const look = async (name = 'node-1') => (await inStep(nodes().readNodes, east)).result.find((node) => node.name === name)!;

    it('are told with what is taken of them, whose pods run there, and what is bad', async () => {
      const all = (await inStep(nodes().readNodes, east)).result;
      assert.equal(all.length, 2);
      const [first] = all;
      assert.deepEqual([first!.ready, first!.schedulable, first!.bad], [true, true, []]);
      assert.deepEqual(first!.allocatable, { cpu: 4, memoryBytes: 8 * 1024 ** 3 });
      assert.equal(first!.requested.memoryBytes, first!.pods.length * 128 * 1024 ** 2);
      assert.equal(all.flatMap(({ pods }) => pods).length, 4);
      await cluster.fault({ node: 'node-1' }, 'not-ready');
      const broken = await eventually('node-1 to be bad', look, ({ ready }) => !ready);
      assert.match(broken.bad.join(), /^Ready is False: KubeletNotReady/);
    });

    it('are closed once and opened again, and in a dry run neither; a node that somebody else closed stays closed', async () => {
      const [dry, none] = await since(() => inStep(nodes().cordonNode, one, { mode: 'simulate' }));
      assert.deepEqual([none, dry.result], [[], { node: 'node-1', schedulable: false, byUs: true }]);
      const [closed, changes] = await since(() => inStep(nodes().cordonNode, one));
      assert.deepEqual([closed.result, changes, closed.predicted], [dry.result, ['patch nodes node-1'], dry.predicted]);
      const [, twice] = await since(() => inStep(nodes().cordonNode, one));
      assert.deepEqual([twice, (await look()).schedulable], [[], false]);
      const [, opened] = await since(() => inStep(nodes().uncordonNode, one));
      assert.deepEqual([opened, (await look()).schedulable], [['patch nodes node-1'], true]);
      await cluster.kubectl(['cordon', 'node-1']);
      assert.equal((await inStep(nodes().cordonNode, one)).result.byUs, false);
      const [left, untouched] = await since(() => inStep(nodes().uncordonNode, one));
      assert.deepEqual([left.result, untouched], [{ node: 'node-1', schedulable: false, byUs: false }, []]);
    });

    it('are emptied once they are closed, by evictions only', async () => {
      const drain = { ...one, withinMs: 30_000 };
      const open = await failureOf(inStep(nodes().drainNode, drain));
      assert.deepEqual([open.name, /still takes new pods/.test(open.message)], ['RefusedBySafetyRule', true]);
      await inStep(nodes().cordonNode, one);
      const there = (await look()).pods.length;
      const [dry, none] = await since(() => inStep(nodes().drainNode, drain, { mode: 'simulate' }));
      assert.deepEqual([none, dry.predicted.length], [[], 1]);
      const [{ result, predicted }, changes] = await since(() => inStep(nodes().drainNode, drain));
      assert.deepEqual([result, predicted], [{ node: 'node-1', moved: there }, dry.predicted]);
      assert.equal(changes.length, there);
      assert.ok(
        changes.every((change) => change.startsWith('create pods/eviction')),
        changes.join(),
      );
      await cluster.ready(namespace, 'shop');
      assert.equal((await look('node-2')).pods.length, 4);
      const [, twice] = await since(() => inStep(nodes().drainNode, drain));
      assert.deepEqual(twice, []);
    });

    it('keep what a disruption budget keeps, and the failure names that budget', async () => {
      await cluster.apply({
        ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'shop-budget', namespace } },
        spec: { minAvailable: 4, selector: { matchLabels: { app: 'shop' } } },
      });
      await eventually(
        'the budget to be counted',
        () => cluster.kubectl(['get', 'pdb', 'shop-budget', '-n', namespace, '-o', 'jsonpath={.status.currentHealthy}']),
        (text) => text === '4',
        60_000,
      );
      await inStep(nodes().cordonNode, one);
      const [{ name, message }, changes] = await since(() => failureOf(inStep(nodes().drainNode, { ...one, withinMs: 3_000 })));
      assert.equal(name, 'Permanent');
      assert.match(message, new RegExp(`the disruption budget ${namespace}/shop-budget lets none go: 4 are well, 4 are needed`));
      assert.deepEqual(changes, []);
    });

    it('are not emptied of pods that would be lost, which are named, nor when there is nowhere to go', async () => {
      const stray = (name: string, more: object = {}) => ({
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
        spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'stray:1' }], ...more },
      });
      await cluster.apply(stray('stray'));
      await inStep(nodes().cordonNode, one);
      const [{ name, message }, changes] = await since(() => failureOf(inStep(nodes().drainNode, { ...one, withinMs: 5_000 })));
      assert.deepEqual([name, changes], ['RefusedBySafetyRule', []]);
      assert.match(message, new RegExp(`nothing would make ${namespace}/stray anew`));
      await cluster.kubectl(['delete', 'pod', 'stray', '-n', namespace]);
      await cluster.kubectl(['cordon', 'node-2']);
      const nowhere = await failureOf(inStep(nodes().drainNode, { ...one, withinMs: 5_000 }));
      assert.deepEqual([nowhere.name, /no other node is ready/.test(nowhere.message)], ['RefusedBySafetyRule', true]);
    });

    it('say nothing about what is used when nobody measures it', async () => {
      assert.equal((await inStep(nodes().readSaturation, east)).result, null);
    });
  });

  describe('services', () => {
    const selector = { app: 'shop' };

    it('are told with who gets their requests, and why they reach nobody', async () => {
      const read = async () => (await inStep(services().readService, east)).result;
      const well = await eventually('endpoints', read, ({ ready }) => ready === 4);
      assert.deepEqual([well.name, well.selector, well.former, well.mismatches], ['shop', selector, null, []]);
      assert.deepEqual(well.ports, [{ name: '', port: 80, targetPort: 8080, protocol: 'TCP' }]);
      await cluster.kubectl(['patch', 'service', 'shop', '-n', namespace, '-p', '{"spec":{"selector":{"tier":"web"}}}']);
      const wrong = await eventually('no endpoints', read, ({ ready }) => ready === 0);
      assert.deepEqual(wrong.mismatches, ['it looks for tier=web, and pods of shop have tier=(nothing)']);
    });

    it('are pointed at nothing and back, once for one operation, with the former selector kept on them', async () => {
      const isolate = { ...east, selector };
      const [dry, none] = await since(() => inStep(services().isolateService, isolate, { mode: 'simulate' }));
      assert.deepEqual(none, []);
      const [{ predicted, result }, changes] = await since(() => inStep(services().isolateService, isolate));
      assert.deepEqual([changes, predicted, result], [['patch services shop'], dry.predicted, { former: selector }]);
      const seen = (await inStep(services().readService, east)).result;
      assert.deepEqual([seen.ready, seen.former], [0, selector]);
      const [, twice] = await since(() => inStep(services().isolateService, isolate));
      assert.deepEqual(twice, []);
      const restore = { ...east, former: selector };
      const [restored, back] = await since(() => inStep(services().restoreServiceSelector, restore));
      assert.deepEqual(back, ['patch services shop']);
      assert.ok(restored.result.ready > 0);
      const [, again] = await since(() => inStep(services().restoreServiceSelector, restore));
      const after = (await inStep(services().readService, east)).result;
      assert.deepEqual([again, after.selector, after.former], [[], selector, null]);
    });

    it('are not touched when they point elsewhere than people saw', async () => {
      const cases = [
        () => inStep(services().isolateService, { ...east, selector: { app: 'other' } }),
        () => inStep(services().restoreServiceSelector, { ...east, former: { app: 'other' } }),
      ];
      for (const ask of cases) {
        const [{ name }, changes] = await since(() => failureOf(ask()));
        assert.deepEqual([name, changes], ['RefusedBySafetyRule', []]);
      }
    });

    it('and policies: what keeps pods from being asked or from asking DNS is said in words', async () => {
      const read = async () => (await inStep(services().networkPolicies, { ...east, ports: [5432] })).result;
      assert.deepEqual(await read(), { names: [], about: [], denies: [], limits: [] });
      const policy = (name: string, spec: object) => ({
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace } },
        spec: { podSelector: {}, ...spec },
      });
      await cluster.apply(policy('deny-all', { policyTypes: ['Ingress', 'Egress'] }));
      assert.deepEqual((await read()).denies, [
        'pods of shop may not be asked at port 8080: deny-all',
        'pods of shop may not ask DNS (port 53, UDP): deny-all',
        'pods of shop may not ask DNS (port 53, TCP): deny-all',
        'pods of shop may not reach port 5432: deny-all',
      ]);
      const dns = [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ];
      await cluster.apply(
        policy('allow', {
          ...{ policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }] },
          egress: [{ ports: dns }, { ports: [{ port: 5000, endPort: 6000, protocol: 'TCP' }] }],
        }),
      );
      const { names, denies, limits } = await read();
      assert.deepEqual([names, denies], [['allow', 'deny-all'], []]);
      assert.deepEqual(limits, ['pods of shop may only with some others be asked at port 8080: allow, deny-all']);
    });
  });

  it('take no hostile names, and ask nobody with them', async () => {
    const hostile = [
      '-n',
      '--all',
      '--force',
      'a b',
      '$(id)',
      '; rm -rf /',
      'a\nb',
      'a\0b',
      '../x',
      '@/etc/passwd',
      'Ä',
      '<node-name>',
      '',
    ];
    const before = new Date();
    for (const text of hostile) {
      const asked = [
        () => inStep(nodes().cordonNode, { ...east, node: text }),
        () => inStep(nodes().uncordonNode, { ...east, node: text }),
        () => inStep(nodes().drainNode, { ...east, node: text, withinMs: 5_000 }),
        () => inStep(services().readService, { ...east, name: text }),
        () => inStep(services().isolateService, { ...east, name: text, selector: { app: 'shop' } }),
        () => inStep(services().isolateService, { ...east, selector: { [text]: 'shop' } }),
        () => inStep(services().restoreServiceSelector, { ...east, former: { 'app=': text } }),
        () => inStep(services().networkPolicies, { service: text, region: 'east' }),
      ];
      for (const ask of asked) assert.equal((await failureOf(ask())).name, 'InvalidInput', text);
    }
    for (const withinMs of [0, -1, NaN, Infinity, 3_600_000])
      assert.equal((await failureOf(inStep(nodes().drainNode, { ...east, node: 'node-1', withinMs }))).name, 'InvalidInput');
    for (const port of [0, 1.5, 70_000, NaN])
      assert.equal((await failureOf(inStep(services().networkPolicies, { ...east, ports: [port] }))).name, 'InvalidInput');
    assert.deepEqual(
      (await cluster.audit(before)).filter(({ user }) => user === 'muster'),
      [],
    );
  });
});
