import assert from 'node:assert/strict';
import { kubernetesLimitActivities } from '../../src/activities/kubernetes/limits.ts';
import { kubernetesPodActivities } from '../../src/activities/kubernetes/pods.ts';
import { environmentOn } from './cluster.ts';
import { failureOf, inStep } from './in-step.ts';
import { broken, container, deploymentOf, podOf, setsOf, smallCluster, type SmallCluster } from './small-cluster.ts';

describe('pods by kubectl', () => {
  let cluster: SmallCluster;
  before(() => void (cluster = smallCluster()));
  after(() => cluster.remove());

  const east = { service: 'shop', region: 'east' };
  const environment = environmentOn('/manifests');
  const { readPods, podLogs, restartPods, deletePod } = kubernetesPodActivities(environment);
  const { limitPods } = kubernetesLimitActivities(environment);
  const runs = (...pods: object[]) => cluster.answer({ on: 'get pods -l', says: { items: pods } });
  const happened = (...events: object[]) => cluster.answer({ on: 'get events', says: { items: events } });
  const event = (name: string, reason: string, message: string, at: object = { lastTimestamp: '2026-11-21T03:00:00Z' }) => ({
    ...{ reason, message, involvedObject: { kind: 'Pod', name, uid: `u-${name}` } },
    ...at,
  });
  const changes = () =>
    cluster
      .calls()
      .map(({ words }) => words)
      .filter((words) => /^(patch|delete|set)/.test(words));
  const look = async () => (await inStep(readPods, east)).result;
  const diedThere = { attempt: 2, heartbeatDetails: undefined };

  beforeEach(() => {
    cluster.reset();
    cluster.answer({ on: 'get deployment shop', says: deploymentOf() }, { on: 'get replicasets', says: setsOf });
    happened();
    runs(podOf('shop-7d9f-a'), podOf('shop-7d9f-b'));
  });

  const killed = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason, finishedAt: '2026-11-21T02:59:00Z' } });
  const waits = (reason: string) => ({ waiting: { reason } });
  const cases: [string, object, object[], string | null][] = [
    ['crashes', broken(waits('CrashLoopBackOff'), killed(1, 'Error')), [], 'crashing'],
    ['was killed by the kernel', broken(waits('CrashLoopBackOff'), killed(137, 'OOMKilled')), [], 'memory'],
    ['was killed without a reason', broken(waits('CrashLoopBackOff'), killed(137, 'Error')), [], 'memory'],
    [
      'was killed because it did not answer',
      broken(waits('CrashLoopBackOff'), killed(137, 'Error')),
      [event('shop-7d9f-a', 'Killing', 'Container shop failed liveness probe, will be restarted')],
      'crashing',
    ],
    ['ended a moment ago', broken(killed(2, 'Error')), [], 'crashing'],
    ['starts again after it was killed for its memory', broken({ running: {} }, killed(137, 'OOMKilled')), [], 'memory'],
    ['cannot be executed', broken(waits('RunContainerError'), killed(127, 'ContainerCannotRun')), [], 'crashing'],
    ['has no image', broken(waits('ErrImagePull'), {}, 0), [], 'image'],
    ['has a name of an image that is none', broken(waits('InvalidImageName'), {}, 0), [], 'image'],
    ['lacks a secret', broken(waits('CreateContainerConfigError'), {}, 0), [], 'configuration'],
    [
      'lacks a file',
      { ...broken(waits('ContainerCreating'), {}, 0), phase: 'Pending' },
      [event('shop-7d9f-a', 'FailedMount', 'MountVolume.SetUp failed for volume "v": configmap "shop-settings" not found')],
      'configuration',
    ],
    ['is only starting', { ...broken(waits('ContainerCreating'), {}, 0), phase: 'Pending' }, [], 'not-ready'],
    ['does not get ready', broken({ running: {} }, {}, 0), [], 'not-ready'],
    [
      'has an init container that crashes',
      {
        ...{ phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] },
        ...broken(waits('PodInitializing'), {}, 0),
        initContainerStatuses: [
          { name: 'migrate', ready: false, restartCount: 4, state: waits('CrashLoopBackOff'), lastState: killed(3, 'Error') },
        ],
      },
      [],
      'crashing',
    ],
    [
      'is ready, whatever was before',
      { containerStatuses: [{ name: 'shop', ready: true, lastState: killed(137, 'OOMKilled') }] },
      [],
      null,
    ],
  ];
  for (const [title, status, events, trouble] of cases) {
    it(`a pod that ${title}: ${trouble ?? 'no trouble'}`, async () => {
      runs(podOf('shop-7d9f-a', status), podOf('shop-7d9f-b'));
      happened(...events);
      const { instances } = await look();
      assert.equal(instances.find(({ name }) => name === 'shop-7d9f-a')!.trouble, trouble);
    });
  }

  it('the worst is told first, with how it ended and how often; a stranger with the same labels and one on its way out are not', async () => {
    const leaving = { metadata: { deletionTimestamp: '2026-11-21T03:00:00Z' } };
    runs(
      podOf('shop-7d9f-b'),
      podOf('stranger', {}, { metadata: { ownerReferences: [] } }),
      podOf('shop-7d9f-x', {}, leaving),
      podOf('shop-7d9f-a', broken(waits('CrashLoopBackOff'), killed(1, 'Error'), 7)),
    );
    const { instances, ready, wanted } = await look();
    assert.deepEqual([wanted, ready, instances.map(({ name }) => name)], [2, 1, ['shop-7d9f-a', 'shop-7d9f-b']]);
    const [worst] = instances;
    assert.deepEqual([worst!.restarts, worst!.incarnation], [7, 'u-shop-7d9f-a/7']);
    assert.deepEqual(worst!.lastEnd, { code: 1, reason: 'Error', at: '2026-11-21T02:59:00Z' });
  });

  it('events are those of the Deployment, newest first, at most 20, also when only the scheduler says when; an eviction is said', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      event('shop-7d9f-a', 'BackOff', `number ${index}`, { lastTimestamp: `2026-11-21T02:00:${String(10 + index)}Z` }),
    );
    happened(
      ...many,
      event('cart-1', 'Other', 'not ours'),
      event('shop-7d9f-gone', 'FailedScheduling', 'no node', { lastTimestamp: null, eventTime: '2026-11-21T04:00:00.000000Z' }),
    );
    runs(
      podOf('shop-7d9f-a'),
      podOf('shop-7d9f-e', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory', conditions: [] }),
    );
    const { events, instances } = await look();
    assert.equal(events.length, 20);
    assert.equal(events[0], 'now shop-7d9f-e Evicted: The node was low on memory');
    assert.equal(events[1], '2026-11-21T04:00:00.000000Z shop-7d9f-gone FailedScheduling: no node');
    assert.match(events[2]!, /number 29$/);
    assert.deepEqual([instances.length, events.some((text) => text.includes('not ours'))], [1, false]);
  });

  it('what a pod uses is told when somebody measures it, and unknown when not', async () => {
    assert.equal((await look()).instances[0]!.memory.usedBytes, null);
    cluster.answer({
      on: 'get --raw /apis/metrics.k8s.io/v1beta1/namespaces/shop/pods',
      says: { items: [{ metadata: { name: 'shop-7d9f-a' }, containers: [{ name: 'shop', usage: { cpu: '250m', memory: '128Mi' } }] }] },
    });
    const { instances } = await look();
    assert.deepEqual(instances[0]!.memory, { usedBytes: 128 * 1024 ** 2, limitBytes: 256 * 1024 ** 2 });
  });

  it('logs are asked for with bounds, of the container that ails, and never followed', async () => {
    runs(podOf('shop-7d9f-a', broken(waits('CrashLoopBackOff'), killed(1, 'Error'))));
    cluster.answer({ on: 'logs', says: 'one\n\u001b[31mtwo\u001b[0m\u0007\nthree\n' });
    const { result } = await inStep(podLogs, { ...east, pod: 'shop-7d9f-a', previous: true, lines: 2, sinceMs: 90_000 });
    assert.deepEqual(result, { lines: ['two', 'three'], cut: true });
    const [asked] = cluster.calls().filter(({ words }) => words.startsWith('logs'));
    assert.equal(asked!.words, 'logs shop-7d9f-a -c shop --tail=3 --limit-bytes=1048576 --previous --since=90s');
  });

  it('logs of many pods are those of the worst three, and one whose node does not answer is left out', async () => {
    const crashing = broken(waits('CrashLoopBackOff'), killed(1, 'Error'));
    runs(podOf('shop-7d9f-a'), podOf('shop-7d9f-b', crashing), podOf('shop-7d9f-c', crashing), podOf('shop-7d9f-d', crashing));
    cluster.answer(
      { on: 'logs shop-7d9f-b', fails: 'Error from server: dial tcp 10.0.0.1:10250: i/o timeout' },
      { on: 'logs shop-7d9f-c', fails: 'Error from server (BadRequest): container "shop" in pod "shop-7d9f-c" is waiting to start' },
      { on: 'logs', says: 'last words\n' },
    );
    const { result, evidence } = await inStep(podLogs, { ...east, lines: 10 });
    assert.deepEqual(result, { lines: ['shop-7d9f-d: last words'], cut: true });
    assert.ok(evidence.some(({ call, outcome }) => call === 'logs left out' && outcome.includes('i/o timeout')));
  });

  it('a restart that took effect although its answer was lost is not made again, also not by the attempt after a worker died', async () => {
    cluster.answer({ on: 'patch', fails: 'Unable to connect to the server: context deadline exceeded' });
    await failureOf(inStep(restartPods, east));
    const operation = /restarted-for":"([0-9a-f]{32})"/.exec(changes()[0]!)![1]!;
    const annotations = { 'muster.dev/restarted-for': operation };
    cluster.answer({ on: 'get deployment shop', says: deploymentOf({ metadata: { annotations } }) });
    runs(podOf('shop-7d9f-c', {}, { metadata: { annotations } }), podOf('shop-7d9f-d', {}, { metadata: { annotations } }));
    const { result } = await inStep(restartPods, east, diedThere);
    assert.deepEqual([result, changes().length], [{ restarted: 2 }, 1]);
  });

  it('a paused Deployment is not restarted, because nothing would come of it', async () => {
    cluster.answer({ on: 'get deployment shop', says: deploymentOf({}, { paused: true }) });
    const { name, message } = await failureOf(inStep(restartPods, east));
    assert.deepEqual([name, /is paused by somebody/.test(message), changes()], ['RefusedBySafetyRule', true, []]);
  });

  it('a pod is deleted with its UID as the condition, and another one that took its name is let be', async () => {
    const found = podOf('shop-7d9f-a', broken(waits('CrashLoopBackOff'), killed(1, 'Error')));
    const asked = { ...east, pod: 'shop-7d9f-a', uid: 'u-shop-7d9f-a' };
    cluster.answer({ on: 'get pods --field-selector=metadata.name=shop-7d9f-a', says: { items: [found] } });
    runs(found, podOf('shop-7d9f-b'));
    cluster.answer({ on: 'delete', fails: 'Error from server (Conflict): the UID in the precondition does not match' });
    assert.equal((await failureOf(inStep(deletePod, asked))).name, 'Transient');
    const [sent] = cluster.calls().filter(({ words }) => words.startsWith('delete'));
    assert.equal(sent!.words, 'delete --raw /api/v1/namespaces/shop/pods/shop-7d9f-a --filename=-');
    assert.deepEqual(JSON.parse(sent!.input), { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u-shop-7d9f-a' } });
    cluster.answer({
      on: 'get pods --field-selector=metadata.name=shop-7d9f-a',
      says: { items: [podOf('shop-7d9f-a', {}, { metadata: { uid: 'another' } })] },
    });
    runs(podOf('shop-7d9f-a', {}, { metadata: { uid: 'another' } }), podOf('shop-7d9f-b'));
    assert.deepEqual((await inStep(deletePod, asked)).result, { wanted: 2, ready: 2 });
    assert.equal(changes().length, 1);
  });

  it('limits of before are known also to the attempt after the worker died', async () => {
    const everywhere = { on: 'get pods --all-namespaces', says: { items: [] } };
    const node = {
      metadata: { name: 'node-1' },
      status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
    };
    const none = { items: [] };
    cluster.answer({ on: 'get nodes', says: { items: [node] } }, everywhere);
    cluster.answer({ on: 'get limitranges', says: none }, { on: 'get resourcequotas', says: none });
    const asked = { ...east, limits: { memoryBytes: 512 * 1024 ** 2 } };
    cluster.answer({ on: 'set resources', fails: 'error: unable to write' });
    let left: unknown;
    await failureOf(inStep(limitPods, asked, { onStart: (mock) => mock.on('heartbeat', (details: unknown) => (left = details)) }));
    assert.deepEqual(changes(), ['set resources deployment/shop -c shop --limits=memory=512Mi']);
    const after = container({ memory: '512Mi', cpu: '500m' });
    cluster.answer({ on: 'get deployment shop', says: deploymentOf({ spec: { containers: [after] } }) });
    runs(podOf('shop-7d9f-a', {}, { spec: { containers: [after] } }));
    const { result } = await inStep(limitPods, asked, { attempt: 2, heartbeatDetails: left });
    assert.deepEqual(result, { former: { memoryBytes: 256 * 1024 ** 2, cpu: 0.5 } });
    assert.equal(changes().length, 1);
  });
});
