import assert from 'node:assert/strict';
import { clusterActivities } from '../../src/activities/rds/global-clusters.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { noReadingOf } from '../../src/activities/kit/refusal.ts';
import { postgresActivities, refuseSecondWriter } from '../../src/activities/postgres/server.ts';
import { rdsActivities } from '../../src/activities/rds/databases.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { refusingPostgres, type Refusal } from './refusing-postgres.ts';
import { deadUrl, smallServers, type Answer } from './small-server.ts';

const east = { database: 'orders', region: 'east' };

describe('a server that says no is not taken for dead', () => {
  const serve = smallServers();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))));
  const refusing = async (refusal: Refusal) => {
    const server = await refusingPostgres(refusal);
    stops.push(server.stop);
    return server;
  };
  const awsWith = (url: string) => environmentWith({ AWS_GLOBAL: url, AWS_EAST: url, AWS_WEST: url, AWS_SECRET: 'practice' });
  const fault = (status: number, code: string): Answer => ({
    status,
    body: `<ErrorResponse><Error><Type>Receiver</Type><Code>${code}</Code><Message>not now</Message></Error></ErrorResponse>`,
    headers: { 'content-type': 'text/xml' },
  });

  const fatal = (C: string, M: string): Refusal => ({ S: 'FATAL', C, M });
  for (const [what, refusal, words] of [
    ['has no connection left', fatal('53300', 'sorry, too many clients already'), /all its connections are taken/],
    ['keeps its last connections to itself', fatal('53300', 'remaining connection slots are reserved'), /all its connections are taken/],
    ['does not take our password', fatal('28P01', 'password authentication failed for user "muster"'), /our password/],
    ['does not know our address', fatal('28000', 'no pg_hba.conf entry for host "10.0.0.5"'), /no pg_hba.conf entry/],
  ] as const) {
    it(`a database that ${what} is there, and says so`, async () => {
      const { url } = await refusing(refusal);
      const { result } = await inStep(postgresActivities(environmentWith({ PG_EAST: url })).replicationState, east);
      assert.deepEqual([result.reachable, result.inRecovery, result.readOnly], [true, null, null]);
      assert.match(result.refusal!, words);
    });
  }

  it('the same refusal in other words is the same fact', () => {
    const pg = (message: string) => Object.assign(new Error(message), { code: '53300', severity: 'FATAL' });
    assert.deepEqual(noReadingOf(pg('sorry, too many clients already')), noReadingOf(pg('remaining connection slots are reserved')));
  });

  it('a fence is not lifted beside a database that refuses us, because it may take writes', async () => {
    const { url } = await refusing(fatal('53300', 'sorry, too many clients already'));
    const { name, message } = await failureOf(
      inStep(
        read((where: typeof east) => refuseSecondWriter(environmentWith({ PG_EAST: url }), where)),
        { database: 'orders', region: 'west' },
      ),
    );
    assert.equal(name, 'RefusedBySafetyRule');
    assert.match(message, /may take writes/);
  });

  it('a database that must be fenced is asked several times before it counts as silent', async () => {
    const environment = environmentWith({ PG_EAST: (await deadUrl()).replace('http', 'postgres') });
    const { result, evidence } = await inStep(postgresActivities(environment).replicationState, { ...east, thoroughly: true });
    assert.deepEqual([result.reachable, result.refusal, evidence[0]!.times], [false, undefined, 3]);
  });

  for (const [status, code] of [
    [503, 'ServiceUnavailable'],
    [500, 'InternalFailure'],
    [400, 'Throttling'],
  ] as const) {
    it(`RDS that answers ${code} leaves the role unknown, in its words`, async () => {
      const { url } = await serve(() => fault(status, code));
      const { describeDatabase, compareReplica } = rdsActivities(awsWith(url));
      const { result } = await inStep(describeDatabase, east);
      assert.deepEqual([result.reachable, result.role], [true, 'unknown']);
      assert.match(result.refusal!, new RegExp(code));
      const parity = await inStep(compareReplica, { database: 'orders', from: 'east', to: 'west' });
      assert.ok(parity.result.every(({ primary, replica }) => primary === null && replica === null));
    });
  }

  it('RDS that is throttled for a moment is asked again', async () => {
    const { url, asked } = await serve((_asked, index) => (index === 0 ? fault(400, 'Throttling') : fault(404, 'DBInstanceNotFound')));
    const { result } = await inStep(rdsActivities(awsWith(url)).describeDatabase, east);
    assert.deepEqual([result.role, asked.length], ['absent', 2]);
  });

  it('a part of a cluster whose RDS is out of order is told as that, and the others all the same', async () => {
    const { url } = await serve(() => fault(503, 'ServiceUnavailable'));
    const { result } = await inStep(clusterActivities(awsWith(url)).describeCluster, { cluster: 'ledger' });
    assert.ok(result.regions.every(({ reachable, refusal }) => !reachable && /ServiceUnavailable/.test(refusal!)));
  });
});
