import assert from 'node:assert/strict';
import { kubernetesLimitActivities } from '../../src/activities/kubernetes/limits.ts';
import { kubernetesPodActivities } from '../../src/activities/kubernetes/pods.ts';
import type { WorkloadState } from '../../src/workflows/ports/workload-state.ts';
import { environmentOn } from '../activities/cluster.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { eventually } from '../eventually.ts';
import { buildMs } from './kubernetes/build.ts';
import { digestOf, startCluster, type Cluster, type Deployment } from './kubernetes/cluster.ts';
import { orSkip } from './or-skip.ts';

describe('pods on a real API server', function () {
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
  const shop = { deployment: 'shop' };
  const image = `shop:1.4.0@${digestOf('a')}`;
  const mib = 1024 * 1024;
  const environment = () => environmentOn('/manifests', undefined, { context: cluster.context, namespace });
  const pods = () => kubernetesPodActivities(environment());
  const { limitPods } = {
    limitPods: (asked: object, options = {}) => inStep(kubernetesLimitActivities(environment()).limitPods, asked as never, options),
  };
  const look = async () => (await inStep(pods().readPods, east)).result;
  const saw = (what: string, holds: (seen: WorkloadState) => boolean) => eventually(what, look, holds, 30_000, 200);
  const uidOf = ({ incarnation }: { incarnation: string }) => incarnation.split('/')[0]!;
  const since = async <T>(make: () => Promise<T>): Promise<[T, string[]]> => {
    const before = new Date();
    return [await make(), await cluster.changes(before)];
  };
  const deploy = async (more: Partial<Deployment> = {}) => {
    namespace = `pods-${(namespaces += 1)}`;
    await cluster.namespace(namespace);
    await cluster.deploy({ namespace, name: 'shop', image, ...more });
  };
  const well = async (more: Partial<Deployment> = {}) => {
    await deploy(more);
    await cluster.ready(namespace, 'shop');
  };

  it('tells each copy with its release, node, limits and start, and only copies of the Deployment itself', async () => {
    await well({ resources: { limits: { memory: '256Mi', cpu: '500m' } } });
    await cluster.apply(podNamed('stray', namespace));
    const { wanted, ready, instances, events } = await look();
    assert.deepEqual([wanted, ready, instances.length], [3, 3, 3]);
    for (const one of instances) {
      assert.deepEqual([one.trouble, one.lastEnd, one.restarts, one.ready], [null, null, 0, true]);
      assert.deepEqual([one.release, one.memory, one.cpuLimit], [image, { usedBytes: null, limitBytes: 256 * mib }, 0.5]);
      assert.match(one.node!, /^node-\d$/);
      assert.ok(Date.parse(one.startedAt!) <= Date.now());
    }
    assert.ok(events.length > 0 && events.length <= 20);
    assert.ok(!events.some((event) => event.includes('stray')), events.join('\n'));
  });

  const faults = [
    ['crash', 'crashing', 1],
    ['oom', 'memory', 137],
    ['image-pull', 'image', null],
    ['never-ready', 'not-ready', null],
  ] as const;
  for (const [fault, trouble, code] of faults) {
    it(`names the trouble of pods that are broken by ${fault}`, async () => {
      await well();
      await cluster.fault({ namespace, ...shop }, fault);
      const { instances, ready } = await saw(trouble, (seen) => seen.instances.some((one) => one.trouble === trouble));
      assert.equal(instances[0]!.trouble, trouble);
      assert.equal(instances[0]!.lastEnd?.code ?? null, code);
      assert.equal(ready, 3);
    });
  }

  it('tells a pod that no node has room for, with the sentence of the scheduler', async () => {
    await deploy({ replicas: 1, resources: { requests: { memory: '64Gi' } } });
    const { instances, events } = await saw('pending', (seen) => seen.instances[0]?.trouble === 'pending');
    assert.equal(instances[0]!.node, null);
    assert.ok(
      events.some((event) => /Insufficient memory/.test(event)),
      events.join('\n'),
    );
  });

  it('reads the end of a log, bounded and without secrets, of the life before too, and keeps it as evidence', async () => {
    await well({ replicas: 2 });
    cluster.logs.write(Array.from({ length: 50 }, (_, index) => `line ${index} password=hunter22secret`).join('\n'));
    cluster.logs.writePrevious('the last words\n');
    const [first] = (await look()).instances;
    const { result, evidence } = await inStep(pods().podLogs, { ...east, pod: first!.name, lines: 5 });
    assert.equal(result.cut, true);
    assert.deepEqual(result.lines.at(-1), 'line 49 password=[redacted]');
    assert.equal(result.lines.length, 5);
    const kept = evidence.find(({ call }) => call === `log of ${first!.name}`);
    assert.deepEqual(kept?.args, { log: result.lines.join('\n') });
    assert.ok(!JSON.stringify(evidence).includes('hunter22secret'));

    const none = await inStep(pods().podLogs, { ...east, pod: first!.name, previous: true, lines: 5 });
    assert.deepEqual(none.result, { lines: [], cut: false });
    await cluster.fault({ namespace, pod: first!.name }, 'crash');
    await saw('a crash', ({ instances }) => instances[0]!.trouble === 'crashing');
    const { result: before } = await inStep(pods().podLogs, { ...east, pod: first!.name, previous: true, lines: 5 });
    assert.deepEqual(before, { lines: ['the last words'], cut: false });
    const worst = await inStep(pods().podLogs, { ...east, lines: 1 });
    assert.equal(worst.result.lines[0], `${first!.name}: line 49 password=[redacted]`);
    assert.equal(worst.result.lines.length, 2);
  });

  it('bounds a log of 50 MB and a line of 3 MB', async () => {
    await well({ replicas: 1 });
    cluster.logs.write(`${'x'.repeat(1_000)}\n`.repeat(50_000));
    const huge = await inStep(pods().podLogs, { ...east, lines: 1_000 });
    assert.ok(huge.result.cut && huge.result.lines.length > 30 && JSON.stringify(huge.result).length < 64 * 1024);
    cluster.logs.write(`before\n${'y'.repeat(3 * mib)}\nafter`);
    const { result } = await inStep(pods().podLogs, { ...east, lines: 10 });
    assert.match(result.lines.at(-1)!, /: after$/);
    assert.equal(result.cut, true);
  });

  it('restarts every pod once for one operation, and in a dry run none', async () => {
    await well();
    const before = new Set((await look()).instances.map(uidOf));
    const [dry, dryChanges] = await since(() => inStep(pods().restartPods, east, { mode: 'simulate' }));
    assert.deepEqual([dryChanges, dry.predicted.length], [[], 1]);
    const [{ result, evidence }, changes] = await since(() => inStep(pods().restartPods, east));
    assert.deepEqual([result, changes], [{ restarted: 3 }, ['patch deployments shop']]);
    const acts = evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
    assert.deepEqual(acts, dry.predicted);
    assert.ok((await look()).instances.every((one) => !before.has(uidOf(one))));
    const [again, none] = await since(() => inStep(pods().restartPods, east));
    assert.deepEqual([again.result, none], [{ restarted: 3 }, []]);
  });

  it('deletes the very pod that was seen, and not another one of its name', async () => {
    await well();
    const [victim] = (await look()).instances;
    const asked = { ...east, pod: victim!.name, uid: uidOf(victim!) };
    const [dry, none] = await since(() => inStep(pods().deletePod, asked, { mode: 'simulate' }));
    assert.deepEqual(none, []);
    const before = new Date();
    const [{ result, predicted }, changes] = await since(() => inStep(pods().deletePod, asked));
    assert.deepEqual([result, changes, predicted], [{ wanted: 3, ready: 3 }, [`delete pods ${victim!.name}`], dry.predicted]);
    const request = (await cluster.audit(before)).find(({ verb }) => verb === 'delete');
    assert.deepEqual((request!.body as { preconditions: object }).preconditions, { uid: asked.uid });
    const [, twice] = await since(() => inStep(pods().deletePod, asked));
    assert.deepEqual(twice, []);
    const [other] = (await look()).instances;
    const [, wrong] = await since(() => inStep(pods().deletePod, { ...asked, pod: other!.name }));
    assert.deepEqual(wrong, []);
    assert.ok((await look()).instances.some(({ name }) => name === other!.name));
  });

  it('replaces a pod that crashes while the others serve', async () => {
    await well();
    const [first] = (await look()).instances;
    await cluster.fault({ namespace, pod: first!.name }, 'crash');
    const [worst] = (await saw('a crash', ({ instances }) => instances[0]!.trouble === 'crashing')).instances;
    assert.equal(worst!.name, first!.name);
    await inStep(pods().deletePod, { ...east, pod: worst!.name, uid: uidOf(worst!) });
    await saw('all ready', ({ ready, instances }) => ready === 3 && instances.every(({ trouble }) => trouble === null));
  });

  it('deletes neither the last pod that serves, nor one that nothing makes anew, nor one of somebody else', async () => {
    await well({ replicas: 1 });
    const [only] = (await look()).instances;
    await cluster.apply(podNamed('stray', namespace));
    await cluster.deploy({ namespace, name: 'cart', image });
    await cluster.ready(namespace, 'cart');
    const found = await cluster.json<{ items: { metadata: { name: string; uid: string } }[] }>(['get', 'pods', '-n', namespace]);
    const named = (start: string) => found.items.find(({ metadata }) => metadata.name.startsWith(start))!.metadata;
    const cases: [string, string, RegExp][] = [
      [only!.name, uidOf(only!), /it is the last one that serves/],
      ['stray', named('stray').uid, /nothing would make it anew/],
      [named('cart').name, named('cart').uid, /it belongs to ReplicaSet cart-.*, not to deployment\/shop/],
    ];
    for (const [pod, uid, why] of cases) {
      const [{ name, message }, changes] = await since(() => failureOf(inStep(pods().deletePod, { ...east, pod, uid })));
      assert.deepEqual([name, changes], ['RefusedBySafetyRule', []]);
      assert.match(message, why);
    }
  });

  it('gives pods more memory, which heals those that were killed for it, and tells what they had', async () => {
    await well({ resources: { requests: { memory: '64Mi' }, limits: { memory: '256Mi' } } });
    await cluster.fault({ namespace, ...shop }, 'oom', { enoughMemory: '512Mi' });
    await saw('memory', ({ instances }) => instances.some(({ trouble }) => trouble === 'memory'));
    const asked = { ...east, limits: { memoryBytes: 512 * mib } };
    const [dry, none] = await since(() => limitPods(asked, { mode: 'simulate' }));
    assert.deepEqual([none, dry.predicted.length], [[], 1]);
    const [{ result, predicted }, changes] = await since(() => limitPods(asked));
    assert.deepEqual([changes, predicted], [['patch deployments shop'], dry.predicted]);
    assert.deepEqual(result, { former: { memoryBytes: 256 * mib, cpu: null } });
    const { instances } = await look();
    assert.ok(instances.every(({ memory, trouble }) => memory.limitBytes === 512 * mib && trouble === null));
    const [, twice] = await since(() => limitPods(asked));
    assert.deepEqual(twice, []);
  });

  it('gives no limit that no node, limit range or quota has room for', async () => {
    await well({ resources: { requests: { memory: '64Mi' }, limits: { memory: '256Mi' } } });
    const refused = async (memoryBytes: number) => {
      const [{ name, message }, changes] = await since(() => failureOf(limitPods({ ...east, limits: { memoryBytes } })));
      assert.deepEqual([name, changes], ['RefusedBySafetyRule', []]);
      return message;
    };
    assert.match(await refused(9 * 1024 * mib), /none of 2 open nodes has room/);
    await cluster.apply({
      ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'most', namespace } },
      spec: { limits: [{ type: 'Container', max: { memory: '1Gi' } }] },
    });
    assert.match(await refused(2 * 1024 * mib), /the limit range most allows 1Gi memory at most/);
    await cluster.apply({
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all', namespace } },
      spec: { hard: { 'limits.memory': '1Gi' } },
    });
    await eventually(
      'the quota to be counted',
      () => cluster.kubectl(['get', 'resourcequota', 'all', '-n', namespace, '-o', 'jsonpath={.status.used}']),
      (text) => text.includes('768Mi'),
    );
    assert.match(await refused(512 * mib), /the quota all has 768Mi of 1Gi memory taken/);
  });

  it('says what it may not do, instead of trying for ever', async () => {
    await well({ replicas: 1 });
    const { readPods, restartPods } = kubernetesPodActivities(
      environmentOn('/manifests', undefined, { context: cluster.viewer, namespace }),
    );
    for (const ask of [() => inStep(readPods, east), () => inStep(restartPods, east)]) {
      const { name, message } = await failureOf(ask());
      assert.equal(name, 'Permanent');
      assert.match(message, /is forbidden: User "viewer" cannot/);
    }
  });

  it('takes no hostile names, and asks nobody with them', async () => {
    await well({ replicas: 1 });
    const hostile = [
      '-n',
      '--all',
      '--kubeconfig=/etc/passwd',
      'a b',
      '$(id)',
      '; rm -rf /',
      'a\nb',
      'a\0b',
      '../x',
      '@/etc/passwd',
      'Ä',
      '<pod-name>',
      '',
    ];
    const before = new Date();
    for (const pod of hostile) {
      const asked = [
        () => inStep(pods().podLogs, { ...east, pod, lines: 1 }),
        () => inStep(pods().deletePod, { ...east, pod, uid: 'a' }),
        () => inStep(pods().deletePod, { ...east, pod: 'shop', uid: pod }),
        () => inStep(pods().readPods, { service: pod, region: 'east' }),
        () => inStep(pods().restartPods, { service: 'shop', region: pod }),
      ];
      for (const ask of asked) assert.equal((await failureOf(ask())).name, 'InvalidInput', pod);
    }
    for (const memoryBytes of [0, -1, 1.5, NaN, Infinity]) {
      assert.equal((await failureOf(limitPods({ ...east, limits: { memoryBytes } }))).name, 'InvalidInput');
    }
    assert.equal((await failureOf(limitPods({ ...east, limits: {} }))).name, 'InvalidInput');
    assert.deepEqual(
      (await cluster.audit(before)).filter(({ user }) => user === 'muster'),
      [],
    );
  });
});

/** A pod with the labels of the Deployment that belongs to nobody. */
const podNamed = (name: string, namespace: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: 'stray' } } },
  spec: { containers: [{ name: 'shop', image: 'shop:0.0.1' }] },
});
