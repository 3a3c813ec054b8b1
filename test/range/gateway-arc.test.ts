import assert from 'node:assert/strict';
import {
  GetRoutingControlStateCommand,
  ListRoutingControlsCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStateCommand,
  UpdateRoutingControlStatesCommand,
  type RoutingControlState,
} from '@aws-sdk/client-route53-recovery-cluster';
import {
  GetHealthCheckCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { createHttpSwitch, type HttpSwitch } from '../../src/range/shop/http-switch.ts';
import { createTraffic } from '../../src/range/shop/traffic.ts';
import { practice, until, type Practice } from './gateway-clients.ts';

describe('the gateway plays routing controls and health checks', () => {
  let range: Practice;
  let takeover: HttpSwitch;
  const client = (index: number, signedFor?: string) => {
    const { region, url } = range.gateway.arc!.endpoints[index]!;
    const { credentials, maxAttempts } = range.at('global');
    return new Route53RecoveryClusterClient({ region: signedFor ?? region, endpoint: url, credentials, maxAttempts });
  };
  const stateOf = async (arn: string, index = 0) =>
    (await client(index).send(new GetRoutingControlStateCommand({ RoutingControlArn: arn }))).RoutingControlState;
  const set = (states: Record<string, RoutingControlState>, index = 0) =>
    client(index).send(
      new UpdateRoutingControlStatesCommand({
        UpdateRoutingControlStateEntries: Object.entries(states).map(([RoutingControlArn, RoutingControlState]) => ({
          ...{ RoutingControlArn, RoutingControlState },
        })),
      }),
    );
  const whereTo = (name: 'records' | 'switch' | 'arc') => {
    const traffic = createTraffic(() => range.gateway.records());
    traffic.follow(name);
    return async () => (await traffic.lookUp()).find(({ weight }) => weight === 100)?.set;
  };

  before(async () => {
    takeover = await createHttpSwitch(false);
    await takeover.open();
    range = await practice({ switchPort: takeover.port });
  });
  after(async () => {
    await range?.gateway.stop();
    await takeover?.close();
  });
  afterEach(async () => {
    const { arc } = range.gateway;
    await arc!.down(0);
    await set({ [arc!.gate]: 'On' });
    await set({ [arc!.controls.east]: 'On', [arc!.controls.west]: 'Off' });
    range.gateway.clearCalls();
  });

  it('keeps one set of states behind five endpoints, and changes several in one call', async () => {
    const { controls, endpoints } = range.gateway.arc!;
    assert.deepEqual(
      [new Set(endpoints.map(({ region }) => region)).size, await stateOf(controls.east), await stateOf(controls.west)],
      [5, 'On', 'Off'],
    );
    await set({ [controls.east]: 'Off', [controls.west]: 'On' }, 3);
    assert.deepEqual([await stateOf(controls.east, 4), await stateOf(controls.west, 1)], ['Off', 'On']);
    const listed = await client(2).send(new ListRoutingControlsCommand({}));
    assert.equal(listed.RoutingControls!.length, 3);
    const changes = range.gateway.calls().filter(({ stateChanging }) => stateChanging);
    assert.deepEqual(
      changes.map(({ service, action, status }) => [service, action, status]),
      [['route53-recovery-cluster', 'UpdateRoutingControlStates', 200]],
    );
  });

  it('goes on with three of five endpoints away, and with those of a lost region', async () => {
    const { arc } = range.gateway;
    await arc!.down(3);
    await assert.rejects(stateOf(arc!.controls.east, 0), { code: 'ECONNREFUSED' });
    await set({ [arc!.controls.east]: 'Off', [arc!.controls.west]: 'On' }, 3);
    assert.equal(await stateOf(arc!.controls.west, 4), 'On');
    await arc!.down(0);
    const west = arc!.endpoints.findIndex(({ region }) => region === 'us-west-2');
    await range.gateway.loseRegion('west');
    await assert.rejects(stateOf(arc!.controls.east, west), { code: 'ECONNREFUSED' });
    await range.gateway.healRegion('west');
    assert.equal(await stateOf(arc!.controls.east, west), 'Off');
  });

  it('keeps its safety rules: one region at least, and nothing while the gating control is off; nothing of a refused call happens', async () => {
    const { controls, gate } = range.gateway.arc!;
    await assert.rejects(set({ [controls.east]: 'Off' }), { name: 'ConflictException', message: /at least one region/ });
    await assert.rejects(
      client(0).send(new UpdateRoutingControlStateCommand({ RoutingControlArn: controls.east, RoutingControlState: 'Off' })),
      {
        name: 'ConflictException',
      },
    );
    await set({ [gate]: 'Off' });
    await assert.rejects(set({ [controls.east]: 'Off', [controls.west]: 'On' }), {
      name: 'ConflictException',
      message: /changes are allowed/,
    });
    assert.deepEqual([await stateOf(controls.east), await stateOf(controls.west)], ['On', 'Off']);
  });

  it('takes only calls that are signed for the region of the endpoint, and knows its controls', async () => {
    const { controls } = range.gateway.arc!;
    await assert.rejects(client(2, 'us-east-1').send(new GetRoutingControlStateCommand({ RoutingControlArn: controls.east })), {
      name: 'SignatureDoesNotMatch',
    });
    await assert.rejects(stateOf(`${controls.east}-other`), { name: 'ResourceNotFoundException' });
  });

  it('has failover records that were made with health checks, and answers the primary only while it is healthy', async () => {
    const route53 = new Route53Client(range.at('global'));
    const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'practice.example.' }));
    const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: HostedZones![0]!.Id! }));
    const primary = ResourceRecordSets!.find(({ SetIdentifier }) => SetIdentifier === 'switch-east')!;
    const { HealthCheck } = await route53.send(new GetHealthCheckCommand({ HealthCheckId: primary.HealthCheckId! }));
    assert.deepEqual(
      [primary.Failover, HealthCheck!.HealthCheckConfig!.Inverted, HealthCheck!.HealthCheckConfig!.Port],
      ['PRIMARY', true, takeover.port],
    );

    const [records, bySwitch, byControls] = [whereTo('records'), whereTo('switch'), whereTo('arc')];
    assert.deepEqual([await records(), await bySwitch(), await byControls()], ['east', 'east', 'east']);
    const put = (on: boolean, token = takeover.token) =>
      fetch(takeover.url, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ on }),
      });
    assert.equal((await put(true, 'not the token')).status, 401);
    assert.equal((await put(true)).status, 200);
    await until(bySwitch, (region) => region === 'west');
    assert.deepEqual([await records(), await byControls()], ['east', 'east'], 'the other names stay');
    await takeover.close();
    await until(bySwitch, (region) => region === 'east');
    await takeover.open();
    await until(bySwitch, (region) => region === 'west');

    const { controls } = range.gateway.arc!;
    await set({ [controls.east]: 'Off', [controls.west]: 'On' });
    assert.equal(await byControls(), 'west');
  });
});
