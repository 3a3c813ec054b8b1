import assert from 'node:assert/strict';
import { catalogue } from '../../src/catalogue.ts';
import type { RegionMove } from '../../src/workflows/plans/plan.ts';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { environmentOn } from '../activities/cluster.ts';
import { approveAll, atRest, everyWay } from './every-way.ts';
import { fakeRegions, plan } from './fake-regions.ts';
import { fakes } from './fakes.ts';

const size = { desired: 1, min: 0, max: 100, inService: 1, suspended: false };
const tools = () =>
  fakes({
    ...fakeRegions().activities,
    readDeployment: size,
    readManifestDifference: [],
    readDelivery: { paused: false, wanted: null },
    awaitOldAnswers: { waitedMs: 1 },
  });
const compute = { platform: 'kubernetes', manifests: true, delivery: true } as const;
const onKubernetes: Omit<RegionMove, 'run'> = { ...plan, compute };

describe('failOverRegion to a region on Kubernetes', function () {
  this.timeout(180_000);
  const bench = everyWay({ workflow: 'failOverRegion', plan: { ...onKubernetes, planned: false, maxLagMs: 60_000 }, tools });
  const go = (test: (run: TestRun) => Promise<void>, more: object) =>
    bench.run('failOverRegion', test, { plan: { ...onKubernetes, ...more } });

  const own = () => bench.tools.done.filter((act) => /Delivery|Manifests|Autoscaler|scaleDeployment|promote/.test(act));
  const sized = ['holdAutoscaler west', 'scaleDeployment west', 'holdAutoscaler west'];
  const end = ['promoteDatabase west', 'releaseAutoscaler west', 'resumeDelivery west'];

  it('holds the deliveries, holds the autoscaler and scales while people decide, and lets go at the end', async () => {
    await go(async (run) => {
      assert.equal((await approveAll(run)).state, 'completed');
      assert.deepEqual(own(), ['pauseDelivery west', ...sized, ...end]);
      assert.ok(!bench.tools.done.some((act) => /setCapacity|suspendScaling|resumeScaling/.test(act)));
    }, {});
  });

  it('shows at the gate what its manifests would change, and applies them only when it is approved', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        const { gates } = await atRest(run);
        assert.deepEqual(own(), []);
        assert.equal(gates[0]!.facts.find(({ name }) => name === 'the manifests of west would change')?.value, 'Deployment shop');
        assert.equal((await approveAll(run)).state, 'completed');
        assert.deepEqual(own(), ['pauseDelivery west', 'applyManifests west', ...sized, ...end]);
      },
      { plan: onKubernetes, prepare: ({ answers }) => (answers['readManifestDifference'] = ['Deployment shop']) },
    );
  });

  it('takes the size back, lets the autoscaler and the deliveries go, when it is declined', async () => {
    await go(async (run) => {
      await run.seen('the scaling', ({ steps }) =>
        steps.some(({ title, state }) => title.startsWith('Warm west') && state === 'completed'),
      );
      const gate = await run.gate();
      await run.command('decline', { ...gate, by: 'ana', comment: 'no' });
      await run.seen('the end', ({ state }) => state === 'canceled');
      assert.deepEqual(bench.tools.done.slice(-3), ['scaleDeployment west', 'releaseAutoscaler west', 'resumeDelivery west']);
    }, {});
  });
});

describe('failBackRegion to a region on Kubernetes', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, tools);

  it('sizes the Deployment before it switches, and lets the autoscaler go at the end', async () => {
    await bench.run(
      'failBackRegion',
      async (run) => {
        assert.equal((await approveAll(run)).state, 'completed');
        const size = bench.tools.done.filter((act) => /Autoscaler|scaleDeployment|promote/.test(act));
        assert.deepEqual(size, ['holdAutoscaler west', 'scaleDeployment west', 'promoteDatabase west', 'releaseAutoscaler west']);
      },
      { plan: onKubernetes },
    );
  });
});

describe('plans for regions', () => {
  const run = { environment: 'range', mode: 'live', requestedBy: 'sam', reason: 'a test', people: [] } as const;
  const resolve = (name: string, input: object) =>
    catalogue.find((entry) => entry.name === name)!.resolve(environmentOn('/srv/east'), input, { ...run, people: [] }) as object;

  it('name the platform only where it is Kubernetes, so that plans of the past stay as they are', () => {
    const move = { service: 'shop', planned: true };
    assert.deepEqual((resolve('fail-over-region', { ...move, from: 'west', to: 'east' }) as RegionMove).compute, compute);
    assert.ok(!('compute' in resolve('fail-over-region', { ...move, from: 'east', to: 'west' })));
    assert.equal((resolve('roll-back-deployment', { service: 'shop', region: 'east' }) as { platform: string }).platform, 'kubernetes');
    assert.ok(!('platform' in resolve('roll-back-deployment', { service: 'shop', region: 'west' })));
  });
});
