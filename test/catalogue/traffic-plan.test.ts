import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { InputProblem } from '../../src/catalogue.ts';
import type { RunRequest } from '../../src/workflows/messages.ts';
import { regionMove } from '../../src/catalogue/regions.ts';
import { backgroundPlan, trafficPlan } from '../../src/catalogue/traffic-plan.ts';
import { loadEnvironment, parseEnvironment, type Environment } from '../../src/config/environment.ts';

const file = 'environments/range.yaml';

describe('the traffic part of a plan', () => {
  let environment: Environment;
  before(async () => {
    environment = await loadEnvironment(file);
  });
  const away = { service: 'shop', from: 'east', to: 'west', planned: false };
  const dependency = (asked: Parameters<typeof trafficPlan>[1]) => trafficPlan(environment, asked).dependsOn[0]!;

  it('takes the way of the service unless another dns entry is named', () => {
    assert.deepEqual(
      [undefined, 'shop-switch', 'shop-arc'].map((dns) => {
        const { trafficBy, traffic, dnsTtlMs } = trafficPlan(environment, { ...away, planned: true, dns });
        return [trafficBy, traffic.stages, dnsTtlMs];
      }),
      [
        ['route53-records', [34, 100], 1_000],
        ['route53-health-check', [100], 1_000],
        ['arc-routing-control', [100], 1_000],
      ],
    );
  });

  it('gives a lost region nothing with the first change, whatever the stages are', async () => {
    assert.deepEqual(trafficPlan(environment, away).traffic.stages, [100]);
    const ml = await loadEnvironment('environments/ml-platform.yaml');
    const [service, { regions }] = Object.entries(ml.services).find(([, one]) => Object.keys(one.regions).length > 1)!;
    const [from, to] = Object.keys(regions) as [string, string];
    assert.deepEqual(trafficPlan(ml, { service, from, to, planned: false }).traffic.stages, [100]);
    assert.ok(trafficPlan(ml, { service, from, to, planned: true }).traffic.stages.length > 1);
  });

  it('says that records need a global control plane, and calls it bad only where it can be avoided', () => {
    const { on, verdict } = dependency(away);
    assert.deepEqual([on, verdict], ["Route 53's control plane in us-east-1; shop-switch and shop-arc would do without it", 'bad']);
    const alone = structuredClone(environment);
    delete alone.dns['shop-switch'];
    delete alone.dns['shop-arc'];
    assert.equal(trafficPlan(alone, away).dependsOn[0]!.verdict, 'unknown');
  });

  it('says when the way out hangs on the region that is lost', () => {
    const home = { service: 'shop', from: 'west', to: 'east', dns: 'shop-switch' };
    assert.deepEqual(dependency({ ...home, planned: false }), {
      ...{ what: 'moving the traffic', on: 'the switch in west, the region that is left; all at once', verdict: 'bad' },
    });
    assert.equal(dependency({ ...home, planned: true }).verdict, 'good');
    assert.equal(dependency({ ...away, dns: 'shop-switch' }).on, 'the switch in west; all at once');
    assert.equal(dependency({ ...away, dns: 'shop-arc' }).verdict, 'good');
  });

  it('says that the record of the database needs the control plane whatever moves the traffic', () => {
    const [, record] = trafficPlan(environment, { ...away, dns: 'shop-arc' }).dependsOn;
    assert.deepEqual(record, {
      ...{ what: 'pointing the service at its database', on: "Route 53's control plane in us-east-1", verdict: 'unknown' },
    });
  });

  it('says that nothing is changed where each region has its own name for the database', () => {
    const bare = structuredClone(environment);
    delete bare.databases['orders']!.endpointRecord;
    assert.equal(trafficPlan(bare, away).dependsOn[1]!.verdict, 'good');
    const asked = { ...away, planned: false };
    const run: RunRequest = {
      environment: 'range',
      mode: 'live',
      reason: 'a test',
      requestedBy: 'sam',
      people: [],
      searchAttributes: false,
    };
    assert.deepEqual([regionMove(bare, asked, run).pointer, regionMove(environment, asked, run).pointer], ['none', undefined]);
  });

  it('refuses a dns entry that is not there, and a region without a routing control', () => {
    const refused = (asked: Parameters<typeof trafficPlan>[1], known = environment) => {
      try {
        trafficPlan(known, asked);
      } catch (error) {
        assert.ok(error instanceof InputProblem);
        return error.fields.map(({ pointer }) => pointer);
      }
      return [];
    };
    assert.deepEqual(refused({ ...away, dns: 'elsewhere' }), ['/dns']);
    const half = structuredClone(environment);
    const way = half.dns['shop-arc']!.traffic;
    assert.ok(way.by === 'arc-routing-control');
    delete way.controls['west'];
    assert.deepEqual(refused({ ...away, dns: 'shop-arc' }, half), ['/to']);
  });

  it('knows what else of a service moves, from the environment', () => {
    const shop = environment.services['shop']!;
    assert.deepEqual(backgroundPlan(shop, 'west'), { warmUp: true, consumers: true });
    assert.deepEqual(backgroundPlan({ ...shop, consumers: undefined }, 'north'), { warmUp: false, consumers: false });
  });

  it('is checked in the environment file: five endpoints, known regions, failover records', () => {
    const text = readFileSync(file, 'utf8');
    const problems = (from: string, to: string) => {
      assert.ok(text.includes(from), from);
      try {
        parseEnvironment(text.replace(from, to), 'mine.yaml');
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    assert.match(problems('        - { region: us-east-1, endpoint: env:MUSTER_RANGE_ARC_1 }\n', ''), /name all five endpoints/);
    assert.match(problems('switches: { west:', 'switches: { north:'), /names the region north/);
    assert.match(problems('controls: { east:', 'controls: { north:'), /names the region north/);
    assert.match(problems('strategy: failover', 'strategy: weighted'), /must be failover with route53-health-check/);
    assert.match(problems('token: env:MUSTER_RANGE_TAKEOVER_WEST_TOKEN', 'token: visibly-fake'), /must be a reference/);
  });
});
