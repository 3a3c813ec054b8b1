import assert from 'node:assert/strict';
import { Route53RecoveryClusterClient, UpdateRoutingControlStateCommand } from '@aws-sdk/client-route53-recovery-cluster';
import { arcActivities } from '../../src/activities/traffic/arc.ts';
import { consumerActivities } from '../../src/activities/traffic/consumers.ts';
import type { EvidenceEntry, PredictedCall } from '../../src/record/evidence.ts';
import { trafficSwitchActivities } from '../../src/activities/traffic/switch.ts';
import { warmUpActivities } from '../../src/activities/traffic/warm-up.ts';
import type { Environment } from '../../src/config/environment.ts';
import { createHttpSwitch, type HttpSwitch } from '../../src/range/shop/http-switch.ts';
import { practice, type Practice } from '../range/gateway-clients.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallServer, type SmallServer } from './small-server.ts';

describe('the tools that move traffic without Route 53', () => {
  let range: Practice;
  let environment: Environment;
  let takeover: HttpSwitch;
  let workers: Record<'east' | 'west', HttpSwitch>;
  let shops: Record<'east' | 'west', SmallServer>;
  let edge: SmallServer;
  const shop = { ready: true, delayMs: 0, arrives: 'east' };

  before(async () => {
    takeover = await createHttpSwitch(false);
    workers = { east: await createHttpSwitch(true), west: await createHttpSwitch(false) };
    range = await practice({ switchPort: takeover.port });
    const region = () =>
      smallServer(async () => {
        await new Promise((resolve) => setTimeout(resolve, shop.delayMs));
        shop.delayMs = Math.max(0, shop.delayMs - 100);
        return { status: shop.ready ? 200 : 503, body: { ready: true } };
      });
    shops = { east: await region(), west: await region() };
    edge = await smallServer(() => ({ status: 200, headers: { 'x-region': shop.arrives } }));
    const { arc, endpoints, secret } = range.gateway;
    environment = environmentWith({
      ...{ AWS_GLOBAL: endpoints.global, AWS_EAST: endpoints.east, AWS_WEST: endpoints.west, AWS_SECRET: secret },
      ...{ SHOP_EAST: shops.east.url, SHOP_WEST: shops.west.url, EDGE: edge.url },
      ...{ TAKEOVER_WEST: takeover.url, TAKEOVER_WEST_TOKEN: takeover.token },
      ...{ WORKER_EAST: workers.east.url, WORKER_EAST_TOKEN: workers.east.token },
      ...{ WORKER_WEST: workers.west.url, WORKER_WEST_TOKEN: workers.west.token },
      ...Object.fromEntries(arc!.endpoints.map(({ url }, index) => [`ARC_${index + 1}`, url])),
      ...{ ARC_CONTROL_EAST: arc!.controls.east, ARC_CONTROL_WEST: arc!.controls.west, ARC_GATE: arc!.gate },
    });
  });
  after(async () => {
    await Promise.all([range?.gateway.stop(), takeover, edge, ...Object.values(workers ?? {}), ...Object.values(shops ?? {})].map(ended));
  });
  beforeEach(async () => {
    Object.assign(shop, { ready: true, delayMs: 0, arrives: 'east' });
    await Promise.all([takeover.open(), workers.east.open(), workers.west.open(), range.gateway.arc!.down(0)]);
    range.gateway.healFaults();
    range.gateway.clearCalls();
  });

  const ended = (part: unknown) => {
    const { stop, close } = (part ?? {}) as { stop?: () => unknown; close?: () => unknown };
    return (stop ?? close)?.();
  };
  const acts = (evidence: EvidenceEntry[]): PredictedCall[] =>
    evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
  const changes = () =>
    range.gateway
      .calls()
      .filter(({ stateChanging }) => stateChanging)
      .map(({ action, status, fault }) => [action, status, ...(fault === undefined ? [] : [fault])]);

  describe('switches', () => {
    const asked = { service: 'shop', dns: 'shop-switch', to: 'west' };
    const back = { ...asked, to: 'east' };

    it('are predicted, turned once, read back, and left alone when it is so already', async () => {
      const { turnTrafficSwitches, readTrafficSwitches } = trafficSwitchActivities(environment);
      const dry = await inStep(turnTrafficSwitches, asked, { mode: 'simulate' });
      assert.equal(takeover.isOn(), false);
      const live = await inStep(turnTrafficSwitches, asked);
      assert.deepEqual(acts(live.evidence), live.predicted);
      assert.deepEqual(dry.predicted, live.predicted);
      assert.deepEqual((await inStep(readTrafficSwitches, asked)).result, [{ region: 'west', on: true, detail: 'on' }]);
      assert.deepEqual(acts((await inStep(turnTrafficSwitches, asked)).evidence), []);
      await inStep(turnTrafficSwitches, back);
      assert.deepEqual([takeover.isOn(), changes()], [false, []]);
      assert.ok(!JSON.stringify(live).includes(takeover.token), 'the token is in no evidence');
    });

    it('count as off with their region, but not where the return of it is awaited', async () => {
      const { turnTrafficSwitches } = trafficSwitchActivities(environment);
      await inStep(turnTrafficSwitches, asked);
      await takeover.close();
      assert.deepEqual(acts((await inStep(turnTrafficSwitches, back)).evidence), []);
      assert.equal((await failureOf(inStep(turnTrafficSwitches, { ...back, everyone: true }))).name, 'Transient');
      assert.equal((await failureOf(inStep(turnTrafficSwitches, asked))).name, 'Transient');
      await takeover.open();
      await inStep(turnTrafficSwitches, { ...back, everyone: true });
      assert.equal(takeover.isOn(), false);
    });

    it('send nobody to a region that is not ready', async () => {
      shop.ready = false;
      const { name, message } = await failureOf(inStep(trafficSwitchActivities(environment).turnTrafficSwitches, asked));
      assert.deepEqual([name, takeover.isOn()], ['RefusedBySafetyRule', false]);
      assert.match(message, /not ready: it answers 503/);
    });

    it('are not asked about a name that is moved in another way', async () => {
      const { name } = await failureOf(inStep(trafficSwitchActivities(environment).readTrafficSwitches, { dns: 'shop' }));
      assert.equal(name, 'InvalidInput');
    });
  });

  describe('arrivals', () => {
    it('are awaited until customers come to the region several times in a row', async () => {
      const { awaitArrivals } = trafficSwitchActivities(environment);
      const awaited = inStep(awaitArrivals, { service: 'shop', dns: 'shop-switch', region: 'west' });
      setTimeout(() => (shop.arrives = 'west'), 300);
      const { result, evidence } = await awaited;
      assert.deepEqual(result, { region: 'west' });
      assert.ok(evidence.length > 0);
    });

    it('are told by the addresses of the name where no header tells them', async () => {
      const plain = structuredClone(environment);
      delete plain.services['shop']!.customers.regionHeader;
      plain.dns['shop-arc']!.name = 'localhost.';
      plain.services['shop']!.regions['west']!.url = 'http://192.0.2.1:80';
      const { awaitArrivals } = trafficSwitchActivities(plain);
      const { result } = await inStep(awaitArrivals, { service: 'shop', dns: 'shop-arc', region: 'east' });
      assert.deepEqual(result, { region: 'east' });
    });
  });

  describe('routing controls', () => {
    const asked = { service: 'shop', dns: 'shop-arc', to: 'west' };
    const back = { ...asked, to: 'east' };
    afterEach(async () => {
      await range.gateway.arc!.down(0);
      await inStep(arcActivities(environment).setRoutingControls, back);
    });

    it('are changed both in one call, exactly as predicted, and no call goes to Route 53', async () => {
      const { setRoutingControls, readRoutingControls } = arcActivities(environment);
      const dry = await inStep(setRoutingControls, asked, { mode: 'simulate' });
      assert.deepEqual(changes(), []);
      const live = await inStep(setRoutingControls, asked);
      assert.deepEqual(acts(live.evidence), live.predicted);
      assert.deepEqual(dry.predicted, live.predicted);
      assert.doesNotMatch(JSON.stringify(live.predicted), /SafetyRulesToOverride/);
      assert.deepEqual(changes(), [['UpdateRoutingControlStates', 200]]);
      assert.ok(range.gateway.calls().every(({ service }) => service === 'route53-recovery-cluster'));
      const { result } = await inStep(readRoutingControls, asked);
      assert.deepEqual(result.states, [
        { region: 'east', state: 'Off' },
        { region: 'west', state: 'On' },
      ]);
      assert.deepEqual([result.gate, result.endpoints.filter(({ answers }) => answers).length], ['On', 5]);
    });

    it('work with three of five endpoints dead, and say which one answered', async () => {
      await range.gateway.arc!.down(3);
      const { evidence, result } = await inStep(arcActivities(environment).setRoutingControls, asked);
      assert.deepEqual(result, { to: 'west' });
      const [made] = evidence.filter(({ kind }) => kind === 'change');
      assert.match(made!.outcome, /^answered by ap-(northeast-1|southeast-2)/);
      const controls = await inStep(arcActivities(environment).readRoutingControls, asked);
      assert.equal(controls.result.endpoints.filter(({ answers }) => answers).length, 2);
    });

    it('say that no endpoint answers when all five are dead, and may be tried again', async () => {
      await range.gateway.arc!.down(5);
      const { name, message } = await failureOf(inStep(arcActivities(environment).setRoutingControls, asked));
      assert.equal(name, 'Transient');
      assert.match(message, /none of the 5 endpoints/);
    });

    it('are set once more at another endpoint when the answer of the first is lost: a state is set, nothing is toggled', async () => {
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'UpdateRoutingControlStates' });
      await inStep(arcActivities(environment).setRoutingControls, asked);
      assert.deepEqual(changes(), [
        ['UpdateRoutingControlStates', 200, 'reset after'],
        ['UpdateRoutingControlStates', 200],
      ]);
    });

    it('ask nothing of a cluster whose gating control is off: a person turns it on', async () => {
      const { endpoints, gate } = range.gateway.arc!;
      const person = new Route53RecoveryClusterClient({ ...range.at('global'), region: endpoints[0]!.region, endpoint: endpoints[0]!.url });
      const turn = (RoutingControlState: 'On' | 'Off') =>
        person.send(new UpdateRoutingControlStateCommand({ RoutingControlArn: gate, RoutingControlState }));
      await turn('Off');
      range.gateway.clearCalls();
      const { name, message } = await failureOf(inStep(arcActivities(environment).setRoutingControls, asked));
      assert.deepEqual([name, changes()], ['RefusedBySafetyRule', []]);
      assert.match(message, /the gating control is off/);
      assert.equal((await inStep(arcActivities(environment).readRoutingControls, asked)).result.gate, 'Off');
      await turn('On');
    });

    it('fail for good when a safety rule refuses, and override none', async () => {
      const { gate } = range.gateway.arc!;
      const { setRoutingControls } = arcActivities(environment);
      const alone = structuredClone(environment);
      const way = alone.dns['shop-arc']!.traffic;
      assert.ok(way.by === 'arc-routing-control');
      const { gate: _, ...withoutGate } = way;
      alone.dns['shop-arc']!.traffic = withoutGate;
      // The gate of the cluster as one of the controls: turning it on is all that this may do, and west off stays refused.
      withoutGate.controls = { west: gate, east: way.controls['east']! };
      const refused = await failureOf(inStep(arcActivities(alone).setRoutingControls, { ...asked }));
      assert.deepEqual([refused.name, refused.nonRetryable], ['RefusedBySafetyRule', true]);
      assert.match(refused.message, /a safety rule of the cluster refuses it, and Muster overrides none: .*at least one region/);
      shop.ready = false;
      assert.equal((await failureOf(inStep(setRoutingControls, asked))).name, 'RefusedBySafetyRule');
      assert.ok(changes().every(([, status]) => status === 409));
    });
  });

  describe('background consumers', () => {
    const states = async () =>
      (await inStep(consumerActivities(environment).readConsumers, { service: 'shop' })).result.map(({ region, on }) => [region, on]);

    it('are turned off in one region before they are turned on in the other, and never on in two', async () => {
      const { turnConsumers } = consumerActivities(environment);
      const on = { service: 'shop', region: 'west', on: true };
      const twice = await failureOf(inStep(turnConsumers, on));
      assert.deepEqual([twice.name, workers.west.isOn()], ['RefusedBySafetyRule', false]);
      assert.match(twice.message, /the same work would be done twice: consumers east on/);
      await inStep(turnConsumers, { service: 'shop', region: 'east', on: false });
      const { evidence, predicted } = await inStep(turnConsumers, on);
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(await states(), [
        ['east', false],
        ['west', true],
      ]);
      await inStep(turnConsumers, { service: 'shop', region: 'west', on: false });
    });

    it('of a region that is away must be recorded as such before others are turned on', async () => {
      const { turnConsumers } = consumerActivities(environment);
      await workers.east.close();
      const on = { service: 'shop', region: 'west', on: true };
      assert.equal((await failureOf(inStep(turnConsumers, on))).name, 'RefusedBySafetyRule');
      await inStep(turnConsumers, { ...on, apart: ['east'] });
      assert.equal(workers.west.isOn(), true);
      await inStep(turnConsumers, { ...on, on: false });
    });
  });

  describe('warming up', () => {
    const west = { service: 'shop', region: 'west' };

    it('asks until answers are fast, and says what it took', async () => {
      shop.delayMs = 700;
      const { result } = await inStep(warmUpActivities(environment).warmCaches, west);
      assert.ok(result!.firstMs >= 650 && result!.lastMs < 500, JSON.stringify(result));
      assert.ok(result!.requests >= 12 && result!.requests < 40, JSON.stringify(result));
    });

    it('gives up after its requests, and is not done in simulate', async () => {
      const bounded = structuredClone(environment);
      Object.assign(bounded.services['shop']!.regions['west']!.warmUp!, { atMost: 3 });
      shop.ready = false;
      const { warmCaches } = warmUpActivities(bounded);
      const { name, message } = await failureOf(inStep(warmCaches, west));
      assert.equal(name, 'DoesNotHold');
      assert.match(message, /not warm after 3 requests/);
      assert.equal((await inStep(warmCaches, west, { mode: 'simulate' })).result, undefined);
    });
  });
});
