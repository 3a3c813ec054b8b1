import assert from 'node:assert/strict';
import { asks, ended, follow, play, start, undo } from './follow.ts';
import { endedAs, kubernetesShop, namespace } from './kubernetes-shop.ts';

describe('what a service on Kubernetes stands on', function () {
  this.timeout(150_000);
  const shop = kubernetesShop({ nodes: 3, care: { relief: { for: '5s', rateLimit: 3 } } });
  const { estate } = shop;
  interface Items<Spec> {
    items: { metadata: { name: string; deletionTimestamp?: string }; spec: Spec }[];
  }
  const closed = async () => {
    const { items } = await shop.cluster.ask<Items<{ unschedulable?: boolean }>>('/api/v1/nodes');
    return items.filter(({ spec }) => spec.unschedulable).map(({ metadata }) => metadata.name);
  };
  /** The node of each pod. */
  const placed = async () => {
    const { items } = await shop.cluster.ask<Items<{ nodeName: string }>>(`/api/v1/namespaces/${namespace}/pods`);
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ spec }) => spec.nodeName);
  };
  const budget = (minAvailable: number) =>
    shop.cluster.apply({
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'shop', namespace } },
      spec: { minAvailable, selector: { matchLabels: { app: 'shop' } } },
    });
  let node = '';
  beforeEach(async () => void (node = (await placed())[0]!));
  afterEach(async () => {
    await shop.cluster.fault({ node }, null);
    await shop.cluster.kubectl(['uncordon', node]);
  });
  /** One node has a pod, all three pods are needed, and it is not well. */
  const nodeIsLost = async () => {
    shop.front.load = 3;
    await shop.cluster.fault({ node }, 'not-ready');
    await shop.meets(503);
  };

  describe('nodeUnhealthy', () => {
    it('closes the node that is not ready and moves its pods, as their budget allows, with the worker killed inside both', async () => {
      await budget(1);
      await nodeIsLost();
      const there = (await placed()).filter((name) => name === node).length;
      const changes = shop.since();
      const { view, questions, killedIn } = await follow(estate, await start(estate, 'node-unhealthy'), { kills: true });
      endedAs(view, 'completed');
      assert.deepEqual(questions, [`Let no new pod onto ${node}?`, `Move every pod off ${node}?`]);
      assert.deepEqual(killedIn, [`Cordon ${node}`, `Drain ${node}`]);
      assert.deepEqual(await closed(), [node]);
      assert.ok(!(await placed()).includes(node));
      const made = await changes();
      assert.equal(made.filter((change) => change === `patch nodes ${node}`).length, 1, made.join());
      assert.equal(made.filter((change) => change.startsWith('create pods/eviction')).length, there, made.join());
      await shop.well();
    });

    it('closes nothing in a dry run or when people refuse', async () => {
      await nodeIsLost();
      const changes = shop.since();
      endedAs((await play(estate, 'node-unhealthy', { mode: 'simulate' })).view, 'completed');
      const { view, questions } = await play(estate, 'node-unhealthy', { declines: [/./] });
      assert.ok(asks(view), view.status);
      assert.deepEqual([questions, await changes(), await closed()], [[`Let no new pod onto ${node}?`], [], []]);
    });

    it('asks a person when a budget lets no pod go, names it, and opens the node again when that is undone', async () => {
      await budget(3);
      const runId = await start(estate, 'node-unhealthy', 'live', { node, drainWithin: '3s' });
      const { view } = await follow(estate, runId);
      assert.ok(asks(view), view.status);
      assert.match(view.steps.find(({ state }) => state === 'failed')!.failure!.message, /the disruption budget shop\/shop lets none go/);
      assert.deepEqual(await closed(), [node]);
      endedAs(await undo(estate, runId), 'compensated');
      assert.deepEqual(await closed(), []);
      await shop.well();
    });
  });

  describe('networkUnreachable', () => {
    it('names the policy that keeps pods from asking DNS, changes nothing, and proves it when people have mended it', async () => {
      await shop.cluster.apply({
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'no-way-out', namespace } },
        spec: { podSelector: {}, policyTypes: ['Egress'] },
      });
      await shop.meets(503);
      const changes = shop.since();
      const { view, questions } = await play(estate, 'network-unreachable');
      assert.ok(asks(view), view.status);
      assert.deepEqual((view.measures['network'] as { inTheWay: string[] }).inTheWay, [
        'pods of shop may not ask DNS (port 53, UDP): no-way-out',
        'pods of shop may not ask DNS (port 53, TCP): no-way-out',
      ]);
      assert.deepEqual([questions, await changes()], [[], []]);
      await shop.cluster.kubectl(['delete', 'networkpolicy', 'no-way-out', '-n', namespace]);
      await shop.meets(200);
      await estate.signal('sam', view.runId, 'skip-step', { reason: 'the policy is gone' });
      endedAs((await follow(estate, view.runId, { until: ended })).view, 'completedWithExceptions');
    });
  });

  describe('trafficOverload', () => {
    const relief = 'Put the rate limit of shop in force for a while?';
    const grow = 'Run 5 copies of shop in east instead of 3, by way of 4?';

    it('limits what comes in, grows in stages that are watched, and the limit goes when nobody needs it any more, although the worker is killed inside every stage', async () => {
      shop.front.load = 4;
      await shop.meets(503);
      const changes = shop.since();
      const { view, questions, killedIn } = await play(estate, 'traffic-overload', { kills: true });
      endedAs(view, 'completed');
      assert.deepEqual(killedIn, ['Run 4 copies in east', 'Run 5 copies in east']);
      assert.deepEqual(
        [questions, await changes()],
        [
          [relief, grow],
          ['patch deployments/scale shop', 'patch deployments/scale shop'],
        ],
      );
      assert.deepEqual(
        view.steps.filter(({ kind }) => kind === 'watch').map(({ title }) => title.replace(/ for .*/, '')),
        ['Watch shop with 4 copies', 'Watch shop with 5 copies', 'Watch shop'],
      );
      await shop.well({ wanted: 5, ready: 5, pods: 5 });
      assert.equal(shop.front.limit, 3);
      const measure = await follow(estate, `${view.runId}-rate-limit`, { declines: [/still needed/] });
      endedAs(measure.view, 'completed');
      assert.equal(shop.front.limit, null);
    });

    it('stops at a stage that does not carry the load, and goes back to where it was when people undo it', async () => {
      shop.front.load = 9;
      await shop.meets(503);
      const { view } = await play(estate, 'traffic-overload', { declines: [/rate limit/] });
      assert.ok(asks(view), view.status);
      assert.match(view.status, /Watch shop with 4 copies/);
      endedAs(await undo(estate, view.runId), 'compensated');
      shop.front.load = 1;
      await shop.well();
      assert.equal(shop.front.limit, null);
    });

    it('changes neither the limit nor the copies in a dry run', async () => {
      shop.front.load = 4;
      const changes = shop.since();
      endedAs((await play(estate, 'traffic-overload', { mode: 'simulate' })).view, 'completed');
      assert.deepEqual([await changes(), shop.front.limit], [[], null]);
    });
  });

  describe('performanceDegraded', () => {
    it('runs one copy more of a service that answers slowly, and it is quick again, although the worker is killed inside that', async () => {
      shop.front.slow = { below: 4, ms: 700 };
      const took = async () => {
        const began = performance.now();
        await shop.front.status();
        return performance.now() - began;
      };
      assert.ok((await took()) >= 700);
      const changes = shop.since();
      const { view, questions, killedIn } = await play(estate, 'performance-degraded', { kills: true });
      endedAs(view, 'completed');
      assert.deepEqual(killedIn, ['Run 4 copies in east']);
      assert.deepEqual([questions, await changes()], [['Run 4 copies of shop in east instead of 3?'], ['patch deployments/scale shop']]);
      await shop.well({ wanted: 4, ready: 4, pods: 4 });
      assert.ok((await took()) < 700);
    });

    it('changes nothing in a dry run or when people refuse, and goes back to as many as before when it is undone', async () => {
      // However many there are, it is too few.
      shop.front.load = 9;
      await shop.meets(503);
      const changes = shop.since();
      endedAs((await play(estate, 'performance-degraded', { mode: 'simulate' })).view, 'completed');
      const refused = await play(estate, 'performance-degraded', { declines: [/./] });
      assert.ok(asks(refused.view), refused.view.status);
      assert.deepEqual(await changes(), []);
      endedAs(await undo(estate, refused.view.runId), 'compensated');
      const { view } = await play(estate, 'performance-degraded');
      assert.ok(asks(view), view.status);
      assert.equal((await shop.seen()).ready, 4);
      endedAs(await undo(estate, view.runId), 'compensated');
      shop.front.load = 1;
      await shop.well();
    });
  });
});
