import assert from 'node:assert/strict';
import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { rdsActivities } from '../../src/activities/rds/databases.ts';
import type { EvidenceEntry, PredictedCall } from '../../src/record/evidence.ts';
import type { Environment } from '../../src/config/environment.ts';
import { practice, until, type Practice } from '../range/gateway-clients.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

describe('the restores of RDS', () => {
  let range: Practice;
  let environment: Environment;
  const east = { database: 'orders', region: 'east' };
  const copy = { ...east, instance: 'orders-east-restored' };

  before(async () => {
    range = await practice();
    const { endpoints, secret } = range.gateway;
    environment = environmentWith({
      ...{ AWS_GLOBAL: endpoints.global, AWS_EAST: endpoints.east, AWS_WEST: endpoints.west, AWS_SECRET: secret },
      ...{ PG_EAST: 'postgres://muster:not-used@127.0.0.1:5401/orders', PG_WEST: 'postgres://muster:not-used@127.0.0.1:5402/orders' },
    });
    await range.gateway.takeFirstBackups();
  });
  after(() => range?.gateway.stop());
  beforeEach(() => {
    range.gateway.clearCalls();
    range.gateway.healFaults();
    range.estate.done.length = 0;
  });

  const rds = () => rdsActivities(environment);
  const changes = () =>
    range.gateway
      .calls()
      .filter(({ stateChanging }) => stateChanging)
      .map(({ region, action }) => `${region} ${action}`);
  const acts = (evidence: EvidenceEntry[]): PredictedCall[] =>
    evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
  const latest = async () => (await inStep(rds().restoreWindow, east)).result.latest!;
  const refused = async (running: Promise<unknown>) => {
    const { name, message } = await failureOf(running);
    assert.deepEqual(changes(), []);
    return `${name}: ${message}`;
  };

  it('know which times an instance can be restored to, and that a replica without backups has none', async () => {
    const window = (await inStep(rds().restoreWindow, east)).result;
    assert.deepEqual([window.instance, window.status], ['orders-east', 'available']);
    const [earliest, now] = [Date.parse(window.earliest!), Date.parse(window.latest!)];
    assert.ok(earliest <= now && now <= Date.now() && now > Date.now() - 10_000);
    const west = { database: 'orders', region: 'west' };
    assert.deepEqual((await inStep(rds().restoreWindow, west)).result, {
      ...{ instance: 'orders-west', earliest: null, latest: null, status: 'available' },
    });
  });

  it('refuse, before any change, what cannot be: with the resource, what is needed and what there is', async () => {
    const { restoreToTime } = rds();
    const at = await latest();
    const early = '2020-01-01T00:00:00.000Z';
    assert.match(
      await refused(inStep(restoreToTime, { ...copy, at: early })),
      /^Permanent: orders-east in east: needed a time from .*, have 2020/,
    );
    const future = new Date(Date.now() + 60_000).toISOString();
    assert.match(
      await refused(inStep(restoreToTime, { ...copy, at: future })),
      /^Permanent: orders-east in east: needed a time in the past/,
    );
    const soon = new Date().toISOString();
    assert.match(await refused(inStep(restoreToTime, { ...copy, at: soon })), /^NotYet: orders-east in east: its log reaches to/);
    assert.match(await refused(inStep(restoreToTime, { ...copy, at: 'yesterday' })), /^InvalidInput: not a time: yesterday/);
    assert.match(
      await refused(inStep(restoreToTime, { ...copy, instance: 'orders-east', at })),
      /^Permanent: orders-east: needed a new name to restore to, have the source's own/,
    );
    assert.match(
      await refused(inStep(restoreToTime, { database: 'orders', region: 'west', instance: 'copy', at })),
      /^Permanent: orders-west in west: needed automated backups to restore from, have none/,
    );
    const gone = {
      ...environment,
      databases: {
        orders: {
          ...environment.databases['orders']!,
          regions: {
            ...environment.databases['orders']!.regions,
            east: { ...environment.databases['orders']!.regions['east']!, instance: 'orders-lost' },
          },
        },
      },
    } as Environment;
    assert.match(
      await refused(inStep(rdsActivities(gone).restoreToTime, { ...copy, at })),
      /^Permanent: orders-lost in east: needed an instance to restore, have none/,
    );
  });

  it('predict exactly the one call that they then make, and make nothing in simulate', async () => {
    const asked = { ...copy, at: await latest() };
    const dry = await inStep(rds().restoreToTime, asked, { mode: 'simulate' });
    assert.deepEqual(changes(), []);
    const { result, evidence, predicted } = await inStep(rds().restoreToTime, asked);
    assert.deepEqual([acts(evidence), dry.predicted], [predicted, predicted]);
    assert.deepEqual(changes(), ['east RestoreDBInstanceToPointInTime']);
    assert.deepEqual([result.instance, result.host], ['orders-east-restored', '127.0.0.1']);
    assert.deepEqual(range.estate.done, ['restore orders-east-restored in east of orders-east']);
  });

  it('carry every setting of the source over, which RDS would not do by itself', async () => {
    assert.deepEqual((await inStep(rds().compareSettings, copy)).result, []);
    const { multiAz, parameterGroup, deletionProtection } = (await inStep(rds().describeInstance, copy)).result;
    assert.deepEqual([multiAz, parameterGroup, deletionProtection], [true, 'orders-postgres', true]);
  });

  it('tell each setting that was changed since', async () => {
    const client = new RDSClient(range.at('east'));
    await client.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: copy.instance,
        MultiAZ: false,
        DeletionProtection: false,
        ApplyImmediately: true,
      }),
    );
    await until(
      async () => (await inStep(rds().describeInstance, copy)).result.status,
      (status) => status === 'available',
    );
    assert.deepEqual((await inStep(rds().compareSettings, copy)).result, [
      { setting: 'Multi-AZ', source: true, restored: false },
      { setting: 'deletion protection', source: true, restored: false },
    ]);
    assert.equal((await inStep(rds().compareSettings, copy, { mode: 'simulate' })).result, undefined);
  });

  it('adopt on the next attempt what this run has begun, and refuse what another one made', async () => {
    const asked = { ...copy, at: await latest() };
    const { evidence } = await inStep(rds().restoreToTime, asked, { attempt: 2 });
    assert.ok(evidence.some(({ outcome }) => outcome.startsWith('already so: orders-east-restored is available')));
    assert.match(
      await refused(inStep(rds().restoreToTime, asked, { runId: 'run-2', activityType: 'another' })),
      /^Permanent: orders-east-restored in east: needed a free name, have an instance that this run did not make/,
    );
  });

  it('restore once though the answer is lost, and again when the request never arrived', async () => {
    const asked = { ...copy, instance: 'orders-east-once', at: await latest() };
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'RestoreDBInstanceToPointInTime' });
    const { evidence } = await inStep(rds().restoreToTime, asked);
    assert.ok(evidence.some(({ outcome }) => /the answer was lost .*, but it happened: orders-east-once is creating/.test(outcome)));
    assert.deepEqual(
      [changes(), range.estate.done],
      [['east RestoreDBInstanceToPointInTime'], ['restore orders-east-once in east of orders-east']],
    );

    const again = { ...copy, instance: 'orders-east-again', at: await latest() };
    range.gateway.fault({ kind: 'aws', how: 'throttle', when: 'before', action: 'RestoreDBInstanceToPointInTime' });
    assert.equal((await failureOf(inStep(rds().restoreToTime, again))).name, 'Transient');
    await inStep(rds().restoreToTime, again, { attempt: 2 });
    assert.equal(range.estate.done.filter((line) => line.includes('orders-east-again')).length, 1);
  });

  it('remove what this run made, with its protection, and nothing else', async () => {
    const { removeInstance } = rds();
    assert.match(
      await refused(inStep(removeInstance, { region: 'east', instance: 'orders-east' })),
      /^Permanent: orders-east in east: needed an instance that this run made, have one that it did not make/,
    );
    const mine = { region: 'east', instance: 'orders-east-once' };
    assert.match(
      await refused(inStep(removeInstance, mine, { runId: 'run-2', activityType: 'another' })),
      /^Permanent: orders-east-once in east: needed an instance that this run made/,
    );
    const { evidence, predicted } = await inStep(removeInstance, mine);
    assert.deepEqual(acts(evidence), predicted);
    assert.deepEqual(changes(), ['east ModifyDBInstance', 'east DeleteDBInstance']);
    assert.deepEqual(range.estate.done, ['remove orders-east-once']);
    await inStep(removeInstance, mine);
    await inStep(removeInstance, { region: 'east', instance: 'orders-east-again' });
    assert.equal(changes().length, 4);
  });

  it('rename an instance once, though the answer is lost, and know it again by its id', async () => {
    const { renameDatabase } = rds();
    const aside = { region: 'east', from: 'orders-east', to: 'orders-east-aside' };
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'ModifyDBInstance' });
    const { result, evidence, predicted } = await inStep(renameDatabase, aside);
    assert.deepEqual([result.instance, acts(evidence)], ['orders-east-aside', predicted]);
    await inStep(renameDatabase, { region: 'east', from: 'orders-east-restored', to: 'orders-east' });
    assert.deepEqual(changes(), ['east ModifyDBInstance', 'east ModifyDBInstance']);
    await inStep(renameDatabase, { region: 'east', from: 'orders-east-restored', to: 'orders-east' }, { attempt: 2 });
    assert.equal(changes().length, 2);
  });

  it('never remove a copy that has taken the name of the database over, and rename only to a free name', async () => {
    assert.match(
      await refused(inStep(rds().removeInstance, { region: 'east', instance: 'orders-east' })),
      /^Permanent: orders-east in east: needed a copy beside the database, have orders-east-restored that took over this name/,
    );
    assert.match(
      await refused(inStep(rds().renameDatabase, { region: 'east', from: 'orders-east-aside', to: 'orders-east' })),
      /^Permanent: orders-east in east: needed a free name, have an instance that is available/,
    );
    assert.match(
      await refused(inStep(rds().renameDatabase, { region: 'east', from: 'orders-never', to: 'orders-east' })),
      /^Permanent: orders-never in east: needed an instance to rename to orders-east, have none/,
    );
    const { renameDatabase } = rds();
    await inStep(renameDatabase, { region: 'east', from: 'orders-east', to: 'orders-east-restored' });
    await inStep(renameDatabase, { region: 'east', from: 'orders-east-aside', to: 'orders-east' });
  });

  it('list the snapshots of a database that lie in a region, also copies from another one', async () => {
    const listed = (await inStep(rds().listSnapshots, { database: 'orders', region: 'west' })).result;
    assert.deepEqual(
      listed.map(({ id, status, automated, sourceInstance, sourceRegion, instanceClass, engine, encrypted, storageGb }) => {
        return { id, status, automated, sourceInstance, sourceRegion, instanceClass, engine, encrypted, storageGb };
      }),
      [
        {
          ...{ id: 'orders-east-daily-copy', status: 'available', automated: false },
          ...{ sourceInstance: 'orders-east', sourceRegion: 'us-east-2', instanceClass: 'db.m7g.large' },
          ...{ engine: 'postgres', encrypted: false, storageGb: 100 },
        },
      ],
    );
    const [automated] = (await inStep(rds().listSnapshots, east)).result;
    assert.deepEqual([automated!.automated, automated!.sourceRegion], [true, null]);
    assert.match(automated!.id, /^rds:orders-east-/);
    // The data of the copy are as old as those of the first.
    assert.equal(listed[0]!.createdAt, automated!.createdAt);
  });

  it('copy a snapshot into another region once, and refuse one that is not there', async () => {
    const { snapshot } = (await inStep(rds().snapshotDatabase, { ...east, label: 'to-copy' })).result;
    range.gateway.clearCalls();
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'CopyDBSnapshot' });
    const { result, evidence, predicted } = await inStep(rds().copySnapshot, { from: 'east', to: 'west', snapshot });
    assert.deepEqual([result, acts(evidence)], [{ snapshot: 'orders-east-to-copy-from-east' }, predicted]);
    await inStep(rds().copySnapshot, { from: 'east', to: 'west', snapshot });
    assert.deepEqual(changes(), ['west CopyDBSnapshot']);
    range.gateway.clearCalls();
    assert.match(
      await refused(inStep(rds().copySnapshot, { from: 'east', to: 'west', snapshot }, { runId: 'run-2', activityType: 'another' })),
      /^Permanent: orders-east-to-copy-from-east in west: needed a free name/,
    );
    assert.match(
      await refused(inStep(rds().copySnapshot, { from: 'east', to: 'west', snapshot: 'none' })),
      /^Permanent: snapshot none in east: needed status available, have none of that name/,
    );
  });

  it('restore a snapshot with the settings of an instance of its region', async () => {
    const asked = { database: 'orders', region: 'west', instance: 'orders-west-restored', snapshot: 'orders-east-daily-copy' };
    const { result, evidence, predicted } = await inStep(rds().restoreSnapshot, { ...asked, like: { region: 'west' } });
    assert.deepEqual([result.instance, acts(evidence)], ['orders-west-restored', predicted]);
    assert.deepEqual(changes(), ['west RestoreDBInstanceFromDBSnapshot']);
    // A replica keeps no backups of its own, what is restored does.
    assert.deepEqual((await inStep(rds().compareSettings, asked)).result, [{ setting: 'backup retention, days', source: 0, restored: 7 }]);
    await inStep(rds().restoreSnapshot, { ...asked, like: { region: 'west' } });
    assert.equal(changes().length, 1);
    range.gateway.clearCalls();
    assert.match(
      await refused(inStep(rds().restoreSnapshot, { ...asked, instance: 'another', snapshot: 'none', like: null })),
      /^Permanent: snapshot none in west: needed status available, have none of that name/,
    );
  });

  it('restore a snapshot without an instance to be like: with what the environment names', async () => {
    const orders = environment.databases['orders']!;
    const settings = { subnetGroup: 'orders', parameterGroup: 'orders-postgres', deletionProtection: true, multiAz: true };
    const regions = { ...orders.regions, west: { ...orders.regions['west']!, settings } };
    const named = rdsActivities({ ...environment, databases: { ...environment.databases, orders: { ...orders, regions } } });
    await range.gateway.loseRegion('east');
    const asked = { database: 'orders', region: 'west', instance: 'orders-west-named', snapshot: 'orders-east-daily-copy' };
    await inStep(named.restoreSnapshot, { ...asked, like: { region: 'east' } });
    await range.gateway.healRegion('east');
    const { multiAz, parameterGroup, deletionProtection } = (await inStep(rds().describeInstance, asked)).result;
    assert.deepEqual([multiAz, parameterGroup, deletionProtection], [true, 'orders-postgres', true]);
  });
});
