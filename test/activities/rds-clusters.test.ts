import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterActivities } from '../../src/activities/rds/global-clusters.ts';
import type { RegionName } from '../../src/range/contract.ts';
import { createCluster, type LivingCluster } from '../../src/range/databases/cluster.ts';
import { createDatabaseSecrets } from '../../src/range/databases/postgres-settings.ts';
import { eventually } from '../eventually.ts';
import { practice, type Practice } from '../range/gateway-clients.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

describe('the activities on clusters', function () {
  this.timeout(60_000);
  const secrets = createDatabaseSecrets();
  const lost = new Set<RegionName>();
  let folder: string;
  let cluster: LivingCluster;
  let range: Practice;
  let acts: ReturnType<typeof clusterActivities>;

  const east = (instance: string) => ({ cluster: 'ledger', region: 'east', instance });
  const made = (action: string) => range.gateway.calls().filter((call) => call.action === action && call.status === 200).length;
  const connection = (region: RegionName) => `postgres://muster:${secrets.owner}@127.0.0.1:${cluster.endpoint(region).port}/ledger`;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-cluster-acts-'));
    cluster = await createCluster({ folder, secrets, lost: (region) => lost.has(region) });
    range = await practice();
    Object.assign(range.estate, { cluster, lost: (region: RegionName) => lost.has(region) });
    acts = clusterActivities(
      environmentWith({
        ...{ AWS_EAST: range.gateway.endpoints.east, AWS_WEST: range.gateway.endpoints.west, AWS_GLOBAL: range.gateway.endpoints.global },
        ...{ AWS_SECRET: range.gateway.secret, PG_LEDGER_EAST: connection('east'), PG_LEDGER_WEST: connection('west') },
      }),
    );
  });
  after(async () => {
    await range.gateway.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('read members, roles, tiers, lag and the home of the writer', async () => {
    const { result } = await inStep(acts.describeCluster, { cluster: 'ledger' });
    assert.deepEqual(
      result.regions.map(({ region, status, engine, members }) => [
        ...[region, status, engine],
        ...members.map(({ instance, writer, tier, status: state }) => `${instance} ${writer} ${tier} ${state}`),
      ]),
      [
        ['east', 'available', 'aurora-postgresql', 'ledger-east-1 true 0 available', 'ledger-east-2 false 1 available'],
        ['west', 'available', 'aurora-postgresql', 'ledger-west-1 false 1 available'],
      ],
    );
    assert.deepEqual(result.global, { id: 'ledger-global', status: 'available', home: 'east', movesTo: null });
    const lags = async () => {
      const { regions } = (await inStep(acts.describeCluster, { cluster: 'ledger' })).result;
      return [regions[0]!.lag, regions[1]!.lag?.ms, regions[0]!.members[1]!.lag?.ms];
    };
    await eventually('the lag of both readers', lags, ([home, secondary, reader]) => {
      return home === null && [secondary, reader].every((ms) => typeof ms === 'number' && ms < 5_000);
    });
  });

  it('predict one call with its target, and make none in simulate', async () => {
    const { predicted, simulated } = await inStep(acts.failOverCluster, east('ledger-east-2'), { mode: 'simulate' });
    assert.equal(simulated, true);
    assert.deepEqual(predicted, [
      {
        call: 'rds:FailoverDBCluster',
        args: { region: 'us-east-2', DBClusterIdentifier: 'ledger-east', TargetDBInstanceIdentifier: 'ledger-east-2' },
      },
    ]);
    assert.equal(made('FailoverDBCluster'), 0);
  });

  it('move the writer once although the answer is lost, and adopt it when they are asked again', async () => {
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'FailoverDBCluster' });
    const { result, evidence } = await inStep(acts.failOverCluster, east('ledger-east-2'));
    assert.deepEqual(result, { writer: 'ledger-east-2' });
    assert.ok(evidence.some(({ outcome }) => /the answer was lost .* but it happened/.test(outcome)));
    const again = await inStep(acts.failOverCluster, east('ledger-east-2'), { attempt: 2 });
    assert.ok(again.evidence.some(({ outcome }) => /already so/.test(outcome)));
    assert.equal(made('FailoverDBCluster'), 1);
  });

  it('say that it did not happen when the call was lost on its way', async () => {
    await inStep(acts.proveFormerWriter, east('ledger-east-1'));
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'before', action: 'FailoverDBCluster' });
    const { name, message } = await failureOf(inStep(acts.failOverCluster, east('ledger-east-1')));
    assert.deepEqual([name, /did not happen/.test(message)], ['Transient', true]);
    assert.equal(made('FailoverDBCluster'), 1);
  });

  it('refuse a target that is no member, without a call', async () => {
    const { name, message } = await failureOf(inStep(acts.failOverCluster, east('orders-east')));
    assert.deepEqual([name, message], ['Permanent', 'orders-east is no member of ledger-east']);
    assert.equal(made('FailoverDBCluster'), 1);
  });

  it('prove the writer by a write that the member itself takes, and the old one by what it says', async () => {
    const { result } = await inStep(acts.proveClusterWriter, east('ledger-east-2'));
    assert.equal(result!.writer, 'ledger-east-2');
    const former = await inStep(acts.proveFormerWriter, east('ledger-east-1'));
    assert.deepEqual(former.result, { instance: 'ledger-east-1', reader: true, found: 'it answers as a reader' });
  });

  it('measure how long nobody could write, from the last write on the old writer to the first on the new one', async () => {
    const move = { cluster: 'ledger', from: 'east', to: 'west' };
    const since = (await inStep(acts.tryClusterWrite, { cluster: 'ledger', regions: ['east', 'west'] })).result!;
    assert.notEqual(since.at, null);
    const target = { cluster: 'ledger', region: 'west', instance: 'ledger-west-1' };
    const [outage] = await Promise.all([
      inStep(acts.measureWriteOutage, { cluster: 'ledger', regions: ['east', 'west'], target, since, withinMs: 20_000 }),
      inStep(acts.switchOverGlobal, move),
    ]);
    const { over, before, totalMs } = outage.result!;
    assert.deepEqual([over, before, totalMs > 0 && totalMs < 15_000], [true, false, true]);
    assert.equal(made('SwitchoverGlobalCluster'), 1);
    await inStep(acts.switchOverGlobal, move);
    assert.equal(made('SwitchoverGlobalCluster'), 1);
  });

  it('tell of a lost region instead of failing, and fail over with loss only when asked for that', async () => {
    lost.add('west');
    await Promise.all([cluster.lose('west'), range.gateway.loseRegion('west')]);
    const { result } = await inStep(acts.describeCluster, { cluster: 'ledger' });
    assert.deepEqual([result.regions[1]!.reachable, result.regions[1]!.members[0]!.writer, result.global?.home], [false, null, 'west']);
    const { result: state } = await inStep(acts.clusterState, { cluster: 'ledger', region: 'west' });
    assert.equal(state.reachable, false);
    const moved = await inStep(acts.failOverGlobal, { cluster: 'ledger', from: 'west', to: 'east' });
    assert.deepEqual(
      moved.predicted.map(({ call, args }) => [call, (args as { AllowDataLoss: boolean }).AllowDataLoss]),
      [['rds:FailoverGlobalCluster', true]],
    );
    const former = await inStep(acts.proveFormerWriter, { cluster: 'ledger', region: 'west', instance: null });
    assert.equal(former.result!.reader, false);
    assert.match(former.result!.found, /not known to be fenced/);
  });

  it('end the measuring when its time is over', async () => {
    const target = { cluster: 'ledger', region: 'east', instance: 'ledger-east-2' };
    const asked = { cluster: 'ledger', regions: ['west'], target, since: { at: null }, withinMs: 500 };
    const { result } = await inStep(acts.measureWriteOutage, asked);
    assert.deepEqual([result!.over, result!.before, result!.endedAt], [false, true, null]);
    assert.ok(result!.failed >= 1);
  });
});
