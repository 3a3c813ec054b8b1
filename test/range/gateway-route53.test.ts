import assert from 'node:assert/strict';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { practice, until, type Practice } from './gateway-clients.ts';

const weighted = (set: string, weight: number): ResourceRecordSet => ({
  Name: 'shop.practice.example.',
  Type: 'CNAME',
  TTL: 1,
  SetIdentifier: set,
  Weight: weight,
  ResourceRecords: [{ Value: `${set}.lb.practice.example.` }],
});
const service = (port: number): ResourceRecordSet => ({
  Name: '_postgres._tcp.orders.practice.example.',
  Type: 'SRV',
  TTL: 1,
  ResourceRecords: [{ Value: `0 0 ${port} 127.0.0.1.` }],
});

describe('the gateway plays Route 53', () => {
  let range: Practice;
  let route53: Route53Client;
  let zoneId: string;

  const change = (...changes: [Change['Action'], ResourceRecordSet][]) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Comment: 'operation 1 & only',
          Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })),
        },
      }),
    );

  before(async () => {
    range = await practice();
    route53 = new Route53Client(range.at('global'));
    const found = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'practice.example.' }));
    zoneId = found.HostedZones![0]!.Id!;
  });
  after(() => range.gateway.stop());

  it('has the seeded records, and tells them without a counted call', async () => {
    range.gateway.clearCalls();
    assert.deepEqual(await range.gateway.records(), {
      shop: [
        { set: 'east', weight: 100, ttl: 1 },
        { set: 'west', weight: 0, ttl: 1 },
      ],
      database: { host: '127.0.0.1', port: 5401 },
    });
    assert.deepEqual(range.gateway.calls(), []);
    const listed = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
    const shop = listed.ResourceRecordSets!.filter(({ Type }) => Type === 'CNAME');
    assert.deepEqual(
      shop.map(({ SetIdentifier, Weight }) => [SetIdentifier, Weight]),
      [
        ['east', 100],
        ['west', 0],
      ],
    );
  });

  it('moves traffic in one batch that is PENDING first and INSYNC later', async () => {
    const { ChangeInfo } = await change(['UPSERT', weighted('east', 0)], ['UPSERT', weighted('west', 100)]);
    assert.equal(ChangeInfo?.Status, 'PENDING');
    const ask = () => route53.send(new GetChangeCommand({ Id: ChangeInfo.Id }));
    assert.equal((await ask()).ChangeInfo?.Status, 'PENDING');
    const done = await until(ask, (answer) => answer.ChangeInfo?.Status === 'INSYNC');
    assert.equal(done.ChangeInfo?.Comment, 'operation 1 & only');
    const { shop } = await range.gateway.records();
    assert.deepEqual(
      shop.map(({ set, weight }) => `${set} ${weight}`),
      ['east 0', 'west 100'],
    );
  });

  it('gives every change an id of its own, and knows no other', async () => {
    const one = await change(['UPSERT', service(5402)]);
    const other = await change(['UPSERT', service(5402)]);
    assert.notEqual(one.ChangeInfo?.Id, other.ChangeInfo?.Id);
    assert.deepEqual((await range.gateway.records()).database, { host: '127.0.0.1', port: 5402 });
    await assert.rejects(route53.send(new GetChangeCommand({ Id: 'C0NEVER' })), { name: 'NoSuchChange' });
  });

  it('refuses to create what exists, and then changes nothing of the batch', async () => {
    const before = await range.gateway.records();
    await assert.rejects(change(['UPSERT', weighted('east', 50)], ['CREATE', weighted('west', 50)]), {
      name: 'InvalidChangeBatch',
      message: /set identifier='west'.*already exists/,
    });
    assert.deepEqual(await range.gateway.records(), before);
  });

  it('deletes only what is named exactly, and creates it again', async () => {
    await assert.rejects(change(['DELETE', service(1)]), { name: 'InvalidChangeBatch', message: /do not match the current values/ });
    await assert.rejects(change(['DELETE', weighted('north', 1)]), { name: 'InvalidChangeBatch', message: /was not found/ });
    await change(['DELETE', service(5402)]);
    assert.equal((await range.gateway.records()).database, null);
    await change(['CREATE', service(5401)]);
    assert.deepEqual((await range.gateway.records()).database, { host: '127.0.0.1', port: 5401 });
    await change(['DELETE', service(5401)], ['CREATE', service(5402)]);
    assert.deepEqual((await range.gateway.records()).database, { host: '127.0.0.1', port: 5402 });
  });

  it('refuses a plain record beside weighted ones', async () => {
    const { SetIdentifier: _, Weight: __, ...plain } = weighted('east', 1);
    await assert.rejects(change(['CREATE', plain]), { name: 'InvalidChangeBatch', message: /other RRSets exist/ });
  });

  it('counts changes as changes and reads as reads', () => {
    const calls = range.gateway.calls().filter(({ status }) => status === 200);
    assert.ok(calls.every(({ action, stateChanging }) => stateChanging === (action === 'ChangeResourceRecordSets')));
    assert.equal(calls.filter(({ stateChanging }) => stateChanging).length, 6);
    assert.ok(calls.every(({ region, service }) => region === 'global' && service === 'route53'));
  });
});
