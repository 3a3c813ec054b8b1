import assert from 'node:assert/strict';
import { autoscalerActivities } from '../../src/activities/kubernetes/autoscalers.ts';
import { deliveryActivities } from '../../src/activities/service/delivery.ts';
import { kubernetesActivities } from '../../src/activities/kubernetes/deployments.ts';
import { manifestActivities, objectsIn } from '../../src/activities/kubernetes/manifests.ts';
import type { EvidenceEntry } from '../../src/record/evidence.ts';
import { digests, environmentOn, standInCluster, type StandInCluster } from './cluster.ts';
import { failureOf, inStep } from './in-step.ts';

describe('kubectl', () => {
  let cluster: StandInCluster;
  before(() => void (cluster = standInCluster()));
  after(() => cluster.remove());
  beforeEach(() => cluster.reset());

  const east = { service: 'shop', region: 'east' };
  const tools = (place: object = {}) => kubernetesActivities(environmentOn(cluster.manifests, undefined, place));
  const good = { ...east, revision: '6', image: 'shop:1.4.0', digest: digests.good };
  const bad = { ...east, revision: '7', image: 'shop:1.5.0', digest: digests.bad };
  /** Verbs of the calls that change something. */
  const changes = () =>
    cluster
      .calls()
      .map((call) => call.slice(5).join(' '))
      .filter((call) => /^(scale|patch|apply|rollout undo)/.test(call));
  const acts = (evidence: EvidenceEntry[]) => evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));

  it('is always told its cluster, its namespace and how long to wait', async () => {
    await inStep(tools().readRevisions, east);
    await inStep(tools().rollBackToRevision, good);
    for (const call of cluster.calls()) {
      assert.deepEqual([call[0], call[1], call[2], call[3]], ['--context', 'prod-east', '-n', 'shop']);
      assert.match(call[4]!, /^--request-timeout=\d+s$/);
    }
  });

  it('tells revisions with their digests, pods with what their nodes run, and what happened, newest first', async () => {
    const { result } = await inStep(tools().readRevisions, east);
    assert.deepEqual(
      [result.wanted.image, result.wanted.digest, result.wanted.revision, result.underWay],
      ['shop:1.5.0', digests.bad, '7', null],
    );
    assert.deepEqual(
      result.releases.map(({ revision, image, schema }) => [revision, image, schema]),
      [
        ['7', 'shop:1.5.0', '2'],
        ['6', 'shop:1.4.0', '1'],
        ['3', 'shop:1.3.0', '1'],
      ],
    );
    assert.deepEqual(result.rollouts[0], { revision: '7', state: 'Successful', startedAt: '2026-11-21T02:58:30Z' });
    assert.deepEqual(result.instances[0], { id: 'shop-b-0', digest: digests.bad, state: 'Running, 2 restarts' });
    assert.deepEqual(result.events, [
      '2026-11-21T03:01:00Z shop-c-1 BackOff: it happened',
      '2026-11-21T03:00:00Z shop-c-0 Pulled: it happened',
    ]);
  });

  it('takes the oldest pod for the rollout of a revision that is used again, since its ReplicaSet is older', async () => {
    await inStep(tools().rollBackToRevision, good);
    const { result } = await inStep(tools().readRevisions, east);
    assert.equal(result.wanted.image, 'shop:1.4.0');
    assert.equal(result.rollouts[0]!.startedAt, cluster.state().podsSince);
  });

  it('rolls back to a pinned revision once, predicts that very command, and proves it by the digest of every pod', async () => {
    const dry = await inStep(tools().rollBackToRevision, good, { mode: 'simulate' });
    assert.deepEqual(changes(), []);
    const { result, evidence, predicted } = await inStep(tools().rollBackToRevision, good);
    assert.deepEqual(result, { revision: '8', digest: digests.good, instances: 3 });
    assert.deepEqual([acts(evidence), dry.predicted], [predicted, predicted]);
    assert.deepEqual(changes(), ['rollout undo deployment/shop --to-revision=6']);
  });

  it('never toggles: asked again it finds that the digest runs, although the revision has another number now', async () => {
    await inStep(tools().rollBackToRevision, good);
    await inStep(tools().rollBackToRevision, good);
    assert.equal(changes().length, 1);
    await inStep(tools().rollBackToRevision, bad);
    assert.equal(cluster.state().revisions.find(({ id }) => id === 'b')!.revision, 9);
  });

  it('rolls back once although the answer is lost after it took effect', async () => {
    cluster.change({ fault: { on: 'rollout undo', after: 'Unable to connect to the server: context deadline exceeded' } });
    await inStep(tools().rollBackToRevision, good);
    assert.deepEqual(changes(), ['rollout undo deployment/shop --to-revision=6']);
    cluster.reset();
    cluster.change({ fault: { on: 'rollout undo', before: 'dial tcp 10.0.0.1:443: connect: connection refused' } });
    assert.equal((await failureOf(inStep(tools().rollBackToRevision, good))).name, 'Transient');
    assert.equal(cluster.state().current, 7);
  });

  it('refuses a revision that does not hold the digest that people approved', async () => {
    for (const wrong of [
      { ...good, revision: '3' },
      { ...good, revision: '5' },
    ]) {
      const { name, message } = await failureOf(inStep(tools().rollBackToRevision, wrong));
      assert.equal(name, 'RefusedBySafetyRule');
      assert.match(message, new RegExp(`^revision ${wrong.revision} holds .*, not ${digests.good}$`));
    }
    assert.deepEqual(changes(), []);
  });

  it('does not believe the template when nodes run another digest, nor a rollout that somebody has rolled over', async () => {
    await inStep(tools().rollBackToRevision, good);
    await inStep(tools().proveRevision, good);
    cluster.change({ current: 7 });
    const { name, message } = await failureOf(inStep(tools().proveRevision, good));
    assert.deepEqual([name, message], ['Permanent', `${digests.bad} has been rolled out over it: hold the deliveries`]);
    const simulated = await inStep(tools().proveRevision, good, { mode: 'simulate' });
    assert.equal(simulated.result, undefined);
  });

  it('scales, has the autoscaler keep at least that size without forbidding more, and gives it its limits back', async () => {
    const { scaleDeployment, readDeployment } = tools();
    const { holdAutoscaler, releaseAutoscaler } = autoscalerActivities(environmentOn(cluster.manifests));
    await inStep(holdAutoscaler, { ...east, replicas: 5 });
    await inStep(holdAutoscaler, { ...east, replicas: 5 });
    await inStep(scaleDeployment, { ...east, desired: 5 });
    assert.deepEqual((await inStep(readDeployment, east)).result.inService, 5);
    const limits = () => cluster.state().objects['horizontalpodautoscalers/shop'];
    assert.deepEqual(limits(), { metadata: { annotations: { 'muster/limits': '2..10' } }, spec: { minReplicas: 5, maxReplicas: 10 } });
    await inStep(releaseAutoscaler, east);
    assert.deepEqual(limits(), { metadata: { annotations: {} }, spec: { minReplicas: 2, maxReplicas: 10 } });
    assert.deepEqual(
      changes().map((call) => call.split(' ')[0]),
      ['patch', 'scale', 'patch'],
    );
  });

  it('applies the manifests of a region once, after it has read what they would change', async () => {
    const { applyManifests, readManifestDifference } = manifestActivities(environmentOn(cluster.manifests));
    const { rolloutStatus } = tools();
    assert.equal((await inStep(readManifestDifference, east)).result.length, 1);
    const dry = await inStep(applyManifests, east, { mode: 'simulate' });
    assert.deepEqual([changes(), cluster.state().applied], [[], undefined]);
    const { evidence } = await inStep(applyManifests, east);
    assert.deepEqual(acts(evidence), dry.predicted);
    await inStep(applyManifests, east);
    assert.deepEqual(changes(), [`apply -k ${cluster.manifests}`]);
    assert.deepEqual((await inStep(readManifestDifference, east)).result, []);
    assert.deepEqual((await inStep(rolloutStatus, east)).result, { replicas: 3 });
  });

  it('names what the manifests would change by kind and name', () => {
    const said = [
      'diff -u -N /tmp/LIVE-287/apps.v1.Deployment.shop.api.v2 /tmp/MERGED-198/apps.v1.Deployment.shop.api.v2',
      '-  replicas: 3',
      '+  replicas: 4',
      'diff -u -N /tmp/LIVE-287/v1.ConfigMap.shop.settings /tmp/MERGED-198/v1.ConfigMap.shop.settings',
      'diff -u -N /tmp/LIVE-287/rbac.authorization.k8s.io.v1.ClusterRole..reader /tmp/MERGED-198/rbac.authorization.k8s.io.v1.ClusterRole..reader',
    ];
    assert.deepEqual(objectsIn(said.join('\n')), ['Deployment api.v2', 'ConfigMap settings', 'ClusterRole reader']);
    assert.deepEqual(objectsIn('-a\n+b\n'), ['something that kubectl diff does not name']);
  });

  it('says what kubectl said when it says no, and tries again only when that can help', async () => {
    const cases: [string, string][] = [
      ['Error from server (Forbidden): deployments.apps "shop" is forbidden', 'Permanent'],
      ['Error from server (NotFound): deployments.apps "shop" not found', 'Permanent'],
      ['Unable to connect to the server: net/http: TLS handshake timeout', 'Transient'],
      ['Error from server (TooManyRequests): too many requests', 'Transient'],
      ['Error from server (InternalError): an error on the server', 'Transient'],
    ];
    for (const [before, expected] of cases) {
      cluster.change({ fault: { on: 'get deployment', before } });
      const { name, message } = await failureOf(inStep(tools().readRevisions, east));
      assert.equal(name, expected, before);
      assert.ok(message.includes(before), message);
    }
  });

  it('takes no hostile names, sizes or revisions, and is not even called with them', async () => {
    const hostile = ['-n', '--all', 'a b', '$(id)', 'a;b', 'a\nb', '../x', 'Ä', ''];
    for (const name of hostile) {
      assert.throws(
        () => tools({ deployment: name }),
        /kubernetes\.yaml:\d+:\d+ \/services\/shop\/regions\/east\/kubernetes\/deployment/,
        name,
      );
      assert.throws(() => tools({ context: name }), /regions\/east\/kubernetes\/context/, name);
      assert.equal((await failureOf(inStep(tools().rollBackToRevision, { ...good, revision: name }))).name, 'InvalidInput', name);
    }
    assert.throws(() => environmentOn('-k'), /use a path/);
    for (const desired of [-1, 1.5, NaN]) {
      assert.equal((await failureOf(inStep(tools().scaleDeployment, { ...east, desired }))).name, 'InvalidInput');
    }
    assert.deepEqual(changes(), []);
  });

  it('is for regions that say so: a region has either an Auto Scaling group or a Deployment', () => {
    const both = { autoScalingGroup: 'shop-east', targetGroup: 'shop-east' };
    for (const more of [both, { kubernetes: undefined }, { kubernetes: undefined, targetGroup: 'shop-east' }]) {
      assert.throws(
        () => environmentOn(cluster.manifests, undefined, {}, more),
        /\/services\/shop\/regions\/east say either autoScalingGroup and targetGroup, or kubernetes/,
      );
    }
  });

  describe('holds deliveries', () => {
    const where = { context: 'prod-{region}', namespace: 'shop' };
    const cases: [string, object, string, unknown, unknown][] = [
      [
        'of Argo CD, and puts the sync back as it was',
        { by: 'argocd', ...where, application: 'shop-{region}' },
        'applications.argoproj.io/shop-east',
        { prune: true, selfHeal: true },
        undefined,
      ],
      ['of Flux', { by: 'flux', ...where, kustomization: 'shop' }, 'kustomizations.kustomize.toolkit.fluxcd.io/shop', false, true],
    ];
    for (const [title, delivery, object, on, off] of cases) {
      it(title, async () => {
        const { readDelivery, pauseDelivery, resumeDelivery } = deliveryActivities(environmentOn(cluster.manifests, delivery));
        const sync = () => {
          const { spec } = cluster.state().objects[object] as { spec: { suspend?: boolean; syncPolicy?: { automated?: object } } };
          return spec.syncPolicy ? spec.syncPolicy.automated : spec.suspend;
        };
        assert.deepEqual([(await inStep(readDelivery, east)).result.paused, sync()], [false, on]);
        const dry = await inStep(pauseDelivery, east, { mode: 'simulate' });
        assert.deepEqual([dry.predicted.length, changes()], [1, []]);
        await inStep(pauseDelivery, east);
        await inStep(pauseDelivery, east);
        assert.deepEqual([(await inStep(readDelivery, east)).result.paused, sync()], [true, off]);
        const { annotations } = cluster.state().objects[object]!['metadata'] as { annotations: Record<string, string> };
        assert.equal(annotations['muster/paused-by'], 'run-1');
        await inStep(resumeDelivery, east);
        await inStep(resumeDelivery, east);
        assert.deepEqual([sync(), changes().length], [on, 2]);
      });
    }

    it('of Argo CD that somebody else holds are not let go by guessing how they synced', async () => {
      const delivery = { by: 'argocd', ...where, application: 'shop-east' };
      const { pauseDelivery, resumeDelivery } = deliveryActivities(environmentOn(cluster.manifests, delivery));
      const { objects } = cluster.state();
      cluster.change({ objects: { ...objects, 'applications.argoproj.io/shop-east': { metadata: {}, spec: { syncPolicy: {} } } } });
      await inStep(pauseDelivery, east);
      const { name, message } = await failureOf(inStep(resumeDelivery, east));
      assert.equal(name, 'Permanent');
      assert.match(message, /does not say how it synced before/);
      assert.deepEqual(changes(), []);
    });
  });
});
