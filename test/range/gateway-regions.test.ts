import assert from 'node:assert/strict';
import { DescribeDBInstancesCommand, PromoteReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { practice, until, type Practice } from './gateway-clients.ts';

describe('the endpoints of the gateway', () => {
  let range: Practice;

  const identity = (more: Partial<ReturnType<Practice['at']>> = {}) =>
    new STSClient({ ...range.at('east'), ...more }).send(new GetCallerIdentityCommand({}));

  before(async () => {
    range = await practice();
  });
  afterEach(() => range.gateway.healRegion('east'));
  after(() => range.gateway.stop());

  it('refuse connections while their region is lost, and only then', async () => {
    const east = new RDSClient(range.at('east'));
    const west = new RDSClient(range.at('west'));
    await east.send(new DescribeDBInstancesCommand({}));
    await range.gateway.loseRegion('east');
    const failure = () =>
      east.send(new DescribeDBInstancesCommand({})).then(
        () => 'answered',
        (error: unknown) => (error as { code: string }).code,
      );
    // The first call may still meet a kept connection that has just been cut.
    assert.ok(['ECONNRESET', 'ECONNREFUSED'].includes(await failure()));
    assert.equal(await failure(), 'ECONNREFUSED');
    assert.equal((await west.send(new DescribeDBInstancesCommand({}))).DBInstances!.length, 1);
    await new Route53Client(range.at('global')).send(new ListHostedZonesCommand({}));

    await west.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' }));
    await until(
      () => range.estate.database('orders-west')!.role,
      (role) => role === 'primary',
    );
    await range.gateway.healRegion('east');
    const back = await east.send(new DescribeDBInstancesCommand({}));
    assert.equal(back.DBInstances![0]!.DBInstanceIdentifier, 'orders-east');
  });

  it('answer only calls that are signed with the secret, for their own region', async () => {
    assert.equal((await identity()).Account, '123456789012');
    await assert.rejects(identity({ credentials: { accessKeyId: 'practice', secretAccessKey: 'wrong' } }), {
      name: 'SignatureDoesNotMatch',
    });
    await assert.rejects(identity({ credentials: { accessKeyId: 'nobody', secretAccessKey: range.gateway.secret } }), {
      name: 'InvalidClientTokenId',
    });
    await assert.rejects(identity({ region: 'us-west-2' }), { name: 'SignatureDoesNotMatch', message: /this endpoint is us-east-2/ });
    const unsigned = await fetch(range.gateway.endpoints.east, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity' }),
    });
    assert.equal(unsigned.status, 403);
    assert.match(await unsigned.text(), /MissingAuthenticationToken/);
  });
});
