import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CopyDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ChangeAction,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Environment } from '../../src/config/schema.ts';
import { eventually } from '../eventually.ts';
import type { PracticeEstate } from '../recovery/estate.ts';

/** Something that would be found missing only in the middle of a recovery. */
export interface Defect {
  name: string;
  /** What must turn red by it, and be ready again without it. */
  plan: string;
  check: string;
  resource: RegExp;
  needed: RegExp;
  have: RegExp;
  bring(): Promise<unknown>;
  mend(): Promise<unknown>;
}

/** Changes the environment file and announces it, as a worker that starts with it does. */
export type Announce = (change?: (environment: Environment) => void) => Promise<void>;

/** Defects that the practice range can really have; `changed` counts the calls that change it. */
export function defectsOf(estate: PracticeEstate, announce: Announce, changed: (count: number) => void): Defect[] {
  const moving = 'fail-over-region shop east west';
  const restoring = 'restore-from-snapshot shop east west';
  const aws = awsOf(estate, changed);
  const arc = { resource: /^endpoints of the ARC cluster$/, needed: /^2$/, have: /^1$/ };
  return [
    {
      ...{ name: 'a replica that is 15 s behind', plan: moving, check: 'replica-lag' },
      ...{ resource: /^orders in west$/, needed: /at most 5 s/, have: /^\d+(\.\d+)? s$/ },
      bring: () => estate.range.break({ kind: 'lag-replica', ms: 15_000 }),
      mend: () => estate.range.heal({ kind: 'lag-replica' }),
    },
    {
      ...{ name: 'a replica that does not run', plan: moving, check: 'standby-database' },
      ...{ resource: /^orders-west in west$/, needed: /a standby that answers/, have: /no answer/ },
      bring: () => estate.range.break({ kind: 'crash-database', region: 'west' }),
      mend: () => estate.range.heal({ kind: 'crash-database' }),
    },
    {
      ...{ name: 'too low a maximum of the group', plan: moving, check: 'capacity' },
      ...{ resource: /^Auto Scaling maximum in west$/, needed: /^3$/, have: /^2$/ },
      bring: () => aws.maximum(2),
      mend: () => aws.maximum(6),
    },
    {
      ...{ name: 'too small a quota', plan: moving, check: 'capacity' },
      ...{ resource: /^quota Running On-Demand .* in west$/, needed: /^800$/, have: /^64$/ },
      bring: () => announce(({ services }) => void (services['shop']!.regions['west']!.fullCapacity = 400)),
      mend: () => announce(),
    },
    {
      ...{ name: 'a record that clients keep for five minutes', plan: moving, check: 'traffic' },
      ...{ resource: /^record west of shop$/, needed: /at most 60 s/, have: /^300 s$/ },
      bring: () => aws.record('UPSERT', { TTL: 300 }),
      mend: () => aws.record('UPSERT', { TTL: 1 }),
    },
    {
      ...{ name: 'a record that is gone', plan: restoring, check: 'traffic' },
      ...{ resource: /^shop$/, needed: /a record for west/, have: /none/ },
      bring: () => aws.record('DELETE', {}),
      mend: () => aws.record('UPSERT', {}),
    },
    {
      ...{ name: 'no snapshot in the standby region', plan: restoring, check: 'snapshot' },
      ...{ resource: /^newest snapshot of orders in west$/, needed: /at most 26 h 00 min old/, have: /none/ },
      bring: () => aws.dropCopy(),
      mend: () => aws.copy(),
    },
    {
      ...{ name: 'backups that are turned off', plan: 'restore-database-to-point-in-time shop east', check: 'restorable-window' },
      ...{ resource: /^orders-east in east$/, needed: /automated backups/, have: /none/ },
      bring: () => aws.retention(0),
      mend: () => aws.retention(7),
    },
    {
      ...{ name: 'credentials that nobody can vouch for', plan: moving, check: 'credentials' },
      ...{ resource: /^credentials in west$/, needed: /an answer/, have: /callerIdentity: .*[Tt]hrottl|[Rr]ate exceeded/ },
      bring: () => estate.range.break({ kind: 'aws', how: 'throttle', when: 'before', action: 'GetCallerIdentity', times: 500 }),
      mend: () => estate.range.heal({ kind: 'aws' }),
    },
    {
      ...{ name: 'Slack that does not answer', plan: moving, check: 'reach' },
      ...{ resource: /^Slack$/, needed: /an answer to our token/, have: /ECONNREFUSED|refused|does not answer/i },
      bring: () => estate.range.break({ kind: 'inbox-down', which: ['slack'] }),
      mend: () => estate.range.heal({ kind: 'inbox-down' }),
    },
    {
      ...{ name: 'a quorum that nobody can make up', plan: moving, check: 'approvers' },
      ...{ resource: /duty incident-commander$/, needed: /^2 beside whoever starts/, have: /^1: Ana/ },
      bring: () => announce(({ people }) => people.forEach((person) => person.subject !== 'ana' && (person.duties = []))),
      mend: () => announce(),
    },
    {
      ...{ name: 'Muster in the region that would be left', plan: moving, check: 'orchestrator' },
      ...{ resource: /^Muster itself$/, needed: /a place outside east/, have: /^east$/ },
      bring: () => announce((environment) => void (environment.orchestrator.region = 'east')),
      mend: () => announce(),
    },
    {
      ...{ name: 'a delivery that was left paused', plan: 'roll-back-deployment shop east', check: 'left-behind' },
      ...{ resource: /^deliveries of shop to east$/, needed: /^on$/, have: /paused, by no run of Muster/ },
      bring: () => pause(estate, true),
      mend: () => pause(estate, false),
    },
    {
      ...{ name: 'routing controls that hardly answer', plan: 'fail-over-region shop east west shop-arc', check: 'traffic', ...arc },
      bring: () => estate.range.break({ kind: 'arc-endpoints-down', count: 4 }),
      mend: () => estate.range.heal({ kind: 'arc-endpoints-down' }),
    },
  ];
}

async function pause({ stack: { variables } }: PracticeEstate, paused: boolean): Promise<void> {
  const response = await fetch(variables['MUSTER_RANGE_DELIVERY']!.replace('{region}', 'east'), {
    method: 'PUT',
    headers: { Authorization: `Bearer ${variables['MUSTER_RANGE_DELIVERY_TOKEN']}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ paused }),
  });
  if (!response.ok) throw new Error(`the delivery answers ${response.status}`);
}

/** What somebody does in the console of AWS; the addresses are known only when the estate is up. */
function awsOf(estate: PracticeEstate, changed: (count: number) => void) {
  const at = (region: string, place: string) => {
    const { variables } = estate.stack;
    return {
      ...{ region, endpoint: variables[`MUSTER_RANGE_AWS_${place}`]!, maxAttempts: 1 },
      credentials: { accessKeyId: 'practice', secretAccessKey: variables['MUSTER_RANGE_AWS_SECRET']! },
    };
  };
  const west = () => new RDSClient(at('us-west-2', 'WEST'));
  const east = () => new RDSClient(at('us-east-2', 'EAST'));
  const snapshot = 'orders-east-daily-copy';
  let kept: ResourceRecordSet | undefined;
  const count = async (change: Promise<unknown>): Promise<void> => {
    changed(1);
    await change;
  };
  return {
    maximum: (MaxSize: number) => {
      const groups = new AutoScalingClient(at('us-west-2', 'WEST'));
      return count(groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'shop-west', MaxSize })));
    },
    record: async (Action: ChangeAction, more: Partial<ResourceRecordSet>) => {
      const dns = new Route53Client(at('us-east-1', 'GLOBAL'));
      const { HostedZones = [] } = await dns.send(new ListHostedZonesByNameCommand({ DNSName: 'practice.example.' }));
      const HostedZoneId = HostedZones[0]!.Id!;
      const { ResourceRecordSets = [] } = await dns.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
      kept = ResourceRecordSets.find(({ Name, SetIdentifier }) => Name === 'shop.practice.example.' && SetIdentifier === 'west') ?? kept;
      const ChangeBatch = { Changes: [{ Action, ResourceRecordSet: { ...kept!, ...more } }] };
      await count(dns.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch })));
    },
    retention: async (BackupRetentionPeriod: number) => {
      const status = async () => {
        const { DBInstances = [] } = await east().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-east' }));
        return DBInstances[0]?.DBInstanceStatus;
      };
      await eventually('orders-east to be available', status, (now) => now === 'available', 20_000, 100);
      const change = { DBInstanceIdentifier: 'orders-east', BackupRetentionPeriod, ApplyImmediately: true };
      await count(east().send(new ModifyDBInstanceCommand(change)));
    },
    dropCopy: () => count(west().send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: snapshot }))),
    copy: async () => {
      const { DBSnapshots = [] } = await east().send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders-east' }));
      const source = DBSnapshots.find(({ Status }) => Status === 'available')!.DBSnapshotArn!;
      await count(west().send(new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier: source, TargetDBSnapshotIdentifier: snapshot })));
    },
  };
}
