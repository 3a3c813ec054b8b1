import { createHash } from 'node:crypto';
import type { EvidenceEntry } from '../../src/record/evidence.ts';
import type { Fact, GateView, RunView, StepView } from '../../src/workflows/messages.ts';

const midnight = Date.parse('2026-03-14T09:00:00.000Z');
/** Seconds after 09:00 UTC, when the region was lost, as a time. */
export const at = (seconds: number): string => new Date(midnight + Math.round(seconds * 1_000)).toISOString();

/** 87 acknowledged orders that the standby never got, placed in the 2.38 s before the loss. */
export const lostOrders = Array.from({ length: 87 }, (_, index) => {
  const hex = createHash('sha256').update(`order ${index}`).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { id, at: at(-2.38 + (2.38 * index) / 86) };
});

type Call = Pick<EvidenceEntry, 'tool' | 'call' | 'kind'> & Partial<EvidenceEntry> & { from: number; ms: number };
const evidence = ({ from, outcome = 'ok', ok = true, attempt = 1, ...rest }: Call): EvidenceEntry => ({
  ...rest,
  at: at(from),
  outcome,
  ok,
  attempt,
});
const read = (from: number, ms: number, tool: EvidenceEntry['tool'], call: string, args?: unknown, more: Partial<EvidenceEntry> = {}) =>
  evidence({ from, ms, tool, call, kind: 'read', ...(args === undefined ? {} : { args }), ...more });
const change = (from: number, ms: number, tool: EvidenceEntry['tool'], call: string, args: unknown, more: Partial<EvidenceEntry> = {}) =>
  evidence({ from, ms, tool, call, kind: 'change', args, operation: '4f1c0e6a92d34b7f8a51c06de7b3f912', ...more });

const steps: StepView[] = [];
function step(phase: string, title: string, from: number, to: number, more: Partial<StepView>): string {
  const id = `${steps.length + 1}-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const plain = {
    state: 'completed',
    tries: 1,
    reversible: false,
    pointOfNoReturn: false,
    evidence: [],
    predicted: [],
    kind: 'step',
  } as const;
  steps.push({ ...plain, id, title, phase, startedAt: at(from), endedAt: at(to), ...more } as StepView);
  return id;
}

const weights = (east: number, west: number) => ({
  HostedZoneId: 'Z08EXAMPLE',
  Changes: [
    { Name: 'shop.practice.example.', SetIdentifier: 'east', Weight: east },
    { Name: 'shop.practice.example.', SetIdentifier: 'west', Weight: west },
  ],
});

step('Assess', 'Check that west can take over', 9.22, 10.48, {
  kind: 'step',
  outcome: '6 checks passed',
  evidence: [
    read(9.24, 92, 'aws', 'sts:GetCallerIdentity', { region: 'us-west-2' }),
    read(9.24, 61, 'aws', 'route53:ListResourceRecordSets', { HostedZoneId: 'Z08EXAMPLE' }),
    read(
      9.4,
      180,
      'aws',
      'rds:DescribeDBInstances',
      { DBInstanceIdentifier: 'orders-west' },
      { outcome: 'replica of orders-east, available' },
    ),
    read(9.61, 12, 'postgres', 'SELECT pg_is_in_recovery()', { region: 'west' }, { outcome: 'true' }),
    read(9.7, 760, 'aws', 'servicequotas:ListServiceQuotas', { ServiceCode: 'ec2' }, { outcome: 'L-1216C47A: have 32, needed 3' }),
  ],
});
step('Assess', 'Remember west as it is', 10.49, 10.61, {
  kind: 'measure',
  evidence: [
    read(
      10.5,
      98,
      'aws',
      'autoscaling:DescribeAutoScalingGroups',
      { AutoScalingGroupNames: ['shop-west'] },
      { outcome: 'desired 1, min 1, max 6' },
    ),
  ],
});
const gateId = step('Decide', 'Fail shop over to west?', 10.63, 74.72, {
  kind: 'gate',
  outcome: 'approved by ben and ana',
  evidence: [
    read(10.65, 2_000, 'http', 'GET http://east.lb.practice.example/health', undefined, { outcome: 'no answer in 2 s', ok: false }),
    read(10.65, 31, 'http', 'GET http://edge.practice.example/vantage/east', undefined, { outcome: '503' }),
    read(10.65, 44, 'postgres', 'SELECT count(*) FROM orders', { region: 'west' }, { outcome: '41 208' }),
  ],
});
step('Decide', 'Warm west to 3 instances', 10.63, 31.9, {
  reversible: true,
  outcome: '3 instances in service',
  evidence: [
    change(
      11.1,
      120,
      'aws',
      'autoscaling:SetDesiredCapacity',
      { AutoScalingGroupName: 'shop-west', DesiredCapacity: 3 },
      { ok: false, outcome: 'Throttling: Rate exceeded' },
    ),
    change(
      11.62,
      131,
      'aws',
      'autoscaling:SetDesiredCapacity',
      { AutoScalingGroupName: 'shop-west', DesiredCapacity: 3 },
      { ok: false, outcome: 'Throttling: Rate exceeded', attempt: 2 },
    ),
    change(12.55, 140, 'aws', 'autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'shop-west', DesiredCapacity: 3 }, { attempt: 3 }),
    ...[13, 18, 24, 31.7].map((from, index) =>
      read(
        from,
        110,
        'aws',
        'autoscaling:DescribeAutoScalingGroups',
        { AutoScalingGroupNames: ['shop-west'] },
        { outcome: `${Math.min(3, index + 1)} in service`, attempt: 3 },
      ),
    ),
  ],
  predicted: [{ call: 'autoscaling:SetDesiredCapacity', args: { AutoScalingGroupName: 'shop-west', DesiredCapacity: 3 } }],
});
step('Decide', 'Freeze automatic scaling in west', 74.74, 75.11, {
  reversible: true,
  evidence: [
    change(74.78, 310, 'aws', 'autoscaling:SuspendProcesses', {
      AutoScalingGroupName: 'shop-west',
      ScalingProcesses: ['AlarmNotification', 'ScheduledActions', 'AZRebalance'],
    }),
  ],
  predicted: [
    {
      call: 'autoscaling:SuspendProcesses',
      args: { AutoScalingGroupName: 'shop-west', ScalingProcesses: ['AlarmNotification', 'ScheduledActions', 'AZRebalance'] },
    },
  ],
});
step('Fence', 'Look whether the old primary in east can be fenced', 75.13, 77.16, {
  kind: 'measure',
  outcome: 'east does not answer',
  evidence: [read(75.15, 2_000, 'postgres', 'connect', { region: 'east' }, { ok: false, outcome: 'ECONNREFUSED' })],
});
const strongGateId = step('Fence', 'Promote west although the primary in east is not fenced?', 77.18, 98.4, {
  kind: 'gate',
  outcome: 'approved by ana and ben',
});
step('Fence', 'Check the lag of west against the budget', 98.42, 98.81, {
  kind: 'measure',
  outcome: '87 orders, 2.38 s',
  evidence: [
    read(98.45, 340, 'postgres', 'SELECT id FROM orders WHERE id = ANY($1)', { region: 'west' }, { outcome: '41 121 of 41 208 found' }),
  ],
});
step('Promote', 'Promote the database in west', 98.83, 110.1, {
  pointOfNoReturn: true,
  outcome: 'orders-west is a primary',
  evidence: [
    read(98.86, 150, 'aws', 'rds:DescribeDBInstances', { DBInstanceIdentifier: 'orders-west' }, { outcome: 'available' }),
    change(99.04, 420, 'aws', 'rds:PromoteReadReplica', { DBInstanceIdentifier: 'orders-west', BackupRetentionPeriod: 7 }),
    ...[99.6, 101.7, 103.8, 105.9, 108, 109.9].map((from, index) =>
      read(
        from,
        150,
        'aws',
        'rds:DescribeDBInstances',
        { DBInstanceIdentifier: 'orders-west' },
        {
          outcome: index === 5 ? 'available, standalone' : 'modifying',
          operation: '4f1c0e6a92d34b7f8a51c06de7b3f912',
        },
      ),
    ),
  ],
  predicted: [{ call: 'rds:PromoteReadReplica', args: { DBInstanceIdentifier: 'orders-west' } }],
});
step('Promote', 'Point shop at the new primary', 110.12, 111.6, {
  evidence: [
    change(110.2, 240, 'aws', 'route53:ChangeResourceRecordSets', {
      HostedZoneId: 'Z08EXAMPLE',
      Changes: [{ Name: '_postgres._tcp.orders.practice.example.', Value: '0 0 5433 127.0.0.1.' }],
    }),
    read(110.5, 90, 'aws', 'route53:GetChange', { Id: 'C1' }, { outcome: 'PENDING' }),
    read(111.45, 90, 'aws', 'route53:GetChange', { Id: 'C1' }, { outcome: 'INSYNC' }),
  ],
  predicted: [
    {
      call: 'route53:ChangeResourceRecordSets',
      args: { HostedZoneId: 'Z08EXAMPLE', Changes: [{ Name: '_postgres._tcp.orders.practice.example.', Value: '0 0 5432 127.0.0.1.' }] },
    },
  ],
});
step('Verify', 'Wait for 3 healthy targets in west', 111.62, 113.2, {
  outcome: '3 of 3 healthy',
  evidence: [111.65, 112.4, 113.1].map((from, index) =>
    read(from, 70, 'aws', 'elbv2:DescribeTargetHealth', { TargetGroup: 'shop-west' }, { outcome: `${index + 1} of 3 healthy` }),
  ),
});
step('Verify', 'Prove a write and a read in west', 113.22, 113.6, {
  outcome: 'order written and read back',
  evidence: [
    change(
      113.25,
      160,
      'http',
      'POST http://west.lb.practice.example/orders',
      { id: '4f1c0e6a-92d3-4b7f-8a51-c06de7b3f912' },
      { outcome: '201' },
    ),
    read(113.43, 120, 'http', 'GET http://west.lb.practice.example/orders/4f1c0e6a-92d3-4b7f-8a51-c06de7b3f912', undefined, {
      outcome: '200',
    }),
  ],
});
step('Move the traffic', 'Send 34 % of the traffic to west', 113.62, 114.9, {
  evidence: [
    change(113.7, 230, 'aws', 'route53:ChangeResourceRecordSets', { ...weights(66, 34), Comment: 'muster 4f1c0e6a' }),
    read(114.7, 90, 'aws', 'route53:GetChange', { Id: 'C2' }, { outcome: 'INSYNC' }),
  ],
  predicted: [{ call: 'route53:ChangeResourceRecordSets', args: weights(66, 34) }],
});
step('Move the traffic', 'Watch west under 34 % of the traffic', 114.92, 117, {
  kind: 'watch',
  outcome: '10 of 10 readings good',
  evidence: [read(114.95, 180, 'http', 'GET http://west.lb.practice.example/health/ready', undefined, { outcome: '200', times: 10 })],
});
step('Move the traffic', 'Send 100 % of the traffic to west', 117.02, 118.3, {
  evidence: [
    change(117.1, 230, 'aws', 'route53:ChangeResourceRecordSets', { ...weights(0, 100), Comment: 'muster 4f1c0e6a' }),
    read(118.1, 90, 'aws', 'route53:GetChange', { Id: 'C3' }, { outcome: 'INSYNC' }),
  ],
  predicted: [{ call: 'route53:ChangeResourceRecordSets', args: weights(0, 100) }],
});
step('Move the traffic', 'Watch the service as customers see it', 118.32, 122.4, {
  kind: 'watch',
  outcome: '16 of 16 readings good',
  evidence: [read(118.35, 336, 'http', 'GET http://edge.practice.example/health/ready', undefined, { outcome: '200', times: 16 })],
});
const backupsId = step('Measure and protect', 'Turn backups of the new primary on', 122.42, 146.9, {
  tries: 2,
  outcome: 'retention 7 days',
  evidence: [
    change(
      122.5,
      260,
      'aws',
      'rds:ModifyDBInstance',
      { DBInstanceIdentifier: 'orders-west', BackupRetentionPeriod: 7 },
      { ok: false, outcome: 'InvalidDBInstanceState: orders-west is backing-up' },
    ),
    change(146.2, 320, 'aws', 'rds:ModifyDBInstance', { DBInstanceIdentifier: 'orders-west', BackupRetentionPeriod: 7 }),
    read(146.6, 150, 'aws', 'rds:DescribeDBInstances', { DBInstanceIdentifier: 'orders-west' }, { outcome: 'retention 7' }),
  ],
  predicted: [
    { call: 'rds:ModifyDBInstance', args: { DBInstanceIdentifier: 'orders-west', BackupRetentionPeriod: 7 } },
    { call: 'rds:AddTagsToResource', args: { ResourceName: 'orders-west' } },
  ],
});
step('Measure and protect', 'Allow automatic scaling in west again', 146.92, 147.3, {
  evidence: [change(146.95, 300, 'aws', 'autoscaling:ResumeProcesses', { AutoScalingGroupName: 'shop-west' })],
  predicted: [{ call: 'autoscaling:ResumeProcesses', args: { AutoScalingGroupName: 'shop-west' } }],
});

const fact = (name: string, value: Fact['value'], source: string, when: number, more: Partial<Fact> = {}): Fact => ({
  name,
  value,
  source,
  at: at(when),
  ...more,
});
const gates: GateView[] = [
  {
    ...{
      id: gateId,
      question: 'Fail shop over to west?',
      phase: 'Decide',
      of: 'incident-commander',
      quorum: 2,
      state: 'approved',
      round: 2,
    },
    ...{
      openedAt: at(12.7),
      closesAt: at(3_612.7),
      decidedAt: at(74.7),
      digest: '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e4d6b8a9c7e5f3d1b2a4c6e80',
    },
    facts: [
      fact('acknowledged orders that the standby does not have', 87, "customers' receipts against PostgreSQL in west", 40.2, {
        verdict: 'bad',
        tolerance: 0,
      }),
      fact('old primary can be reached and fenced', false, 'PostgreSQL in east', 40.2, { verdict: 'bad' }),
      fact('vantage points that see the region down', 3, 'vantage points', 40.1, { unit: 'of 3', verdict: 'good' }),
      fact('east seen from control room', 'down', 'no answer in 2 s', 40.1, { verdict: 'good', informational: true }),
      fact('replication lag', 2.4, "customers' receipts against PostgreSQL in west", 40.2, { unit: 's', tolerance: 2, verdict: 'good' }),
      fact('last transaction on the standby', at(-2.4), 'PostgreSQL in west', 40.2, { informational: true }),
      fact('standby database orders-west', 'replica, available', 'RDS in west', 40.2, { verdict: 'good' }),
    ],
    decisions: [
      {
        decision: 'approve',
        by: 'ben',
        at: at(58.1),
        digest: '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e4d6b8a9c7e5f3d1b2a4c6e80',
        channel: 'cli',
      },
      {
        decision: 'approve',
        by: 'ana',
        at: at(74.7),
        digest: '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e4d6b8a9c7e5f3d1b2a4c6e80',
        channel: 'api',
        comment: 'East is gone, I accept 87 orders.',
      },
    ],
    escalations: [],
    cannotBeUndone: 'The promotion of the database in west: the way back is a failback',
  },
  {
    ...{
      id: strongGateId,
      question: 'Promote west although the primary in east is not fenced?',
      phase: 'Fence',
      of: 'data-owner',
      quorum: 2,
      state: 'approved',
      round: 1,
    },
    ...{
      openedAt: at(77.2),
      closesAt: at(3_677.2),
      decidedAt: at(98.4),
      digest: '1c0ffee0d15ea5e0beef00c0de00cafe1c0ffee0d15ea5e0beef00c0de00cafe',
    },
    facts: [fact('old primary can be reached and fenced', false, 'PostgreSQL in east', 77.15, { verdict: 'bad' })],
    decisions: [
      {
        decision: 'approve',
        by: 'ana',
        at: at(89),
        digest: '1c0ffee0d15ea5e0beef00c0de00cafe1c0ffee0d15ea5e0beef00c0de00cafe',
        channel: 'api',
      },
      {
        decision: 'approve',
        by: 'ben',
        at: at(98.4),
        digest: '1c0ffee0d15ea5e0beef00c0de00cafe1c0ffee0d15ea5e0beef00c0de00cafe',
        channel: 'temporal',
      },
    ],
    escalations: [],
  },
];

/** An unplanned failover with retries, two decisions, an unfenced primary, lost orders and a step that a person had to try again. */
export function sampleView(): RunView {
  return structuredClone<RunView>({
    version: 1,
    ...{
      runbook: 'failOverRegion',
      title: 'Fail shop over from east to west',
      runId: 'fail-over-region-20260314-0900-a1b2',
      environment: 'range',
      mode: 'live',
    },
    ...{
      state: 'completed',
      status: 'is done',
      requestedBy: 'sam',
      reason: 'Region east is lost: no answer from three places',
      incident: 'INC-42',
    },
    ...{ startedAt: at(9.2), endedAt: at(147.4), phase: 'Measure and protect', verbs: [], pastPointOfNoReturn: true, undoable: [] },
    leases: ['database/orders', 'traffic/shop', 'capacity/shop'],
    steps,
    gates,
    timeline: [
      {
        at: at(9.21),
        kind: 'run',
        text: 'sam starts "Fail shop over from east to west": Region east is lost: no answer from three places',
        by: 'sam',
      },
      { at: at(9.22), kind: 'phase', text: 'Assess' },
      { at: at(10.62), kind: 'phase', text: 'Decide' },
      { at: at(12.7), kind: 'gate', text: 'Fail shop over to west? Asks 2 of incident-commander', step: gateId },
      {
        at: at(40.2),
        kind: 'gate',
        text: 'The facts changed, the gate is open again: acknowledged orders that the standby does not have was 84, is now 87',
        step: gateId,
      },
      { at: at(58.1), kind: 'gate', text: 'ben approves: Fail shop over to west?', by: 'ben', step: gateId },
      { at: at(61), kind: 'note', text: 'Network team: the fibre to east is cut, nobody can fence it. Promote unfenced.', by: 'sam' },
      { at: at(74.7), kind: 'gate', text: 'ana approves: Fail shop over to west?', by: 'ana', step: gateId },
      {
        at: at(98.4),
        kind: 'gate',
        text: 'ben approves: Promote west although the primary in east is not fenced?',
        by: 'ben',
        step: strongGateId,
      },
      {
        at: at(122.8),
        kind: 'step',
        text: 'Turn backups of the new primary on: failed (Permanent): orders-west is backing-up',
        step: backupsId,
      },
      { at: at(145.8), kind: 'operator', text: 'sam: retry "Turn backups of the new primary on"', by: 'sam', step: backupsId },
      { at: at(147.4), kind: 'run', text: 'Fail shop over from east to west is done (completed)' },
    ],
    messages: [
      {
        to: 'slack',
        text: 'Fail shop over from east to west: has started.',
        at: at(9.23),
        state: 'notSent',
        problem: 'connect ECONNREFUSED slack',
      },
      { to: 'statuspage', text: 'Fail shop over from east to west: has started.', at: at(9.23), state: 'sent' },
      { to: 'pagerduty', text: 'Fail shop over to west? Waits for 2 of incident-commander.', at: at(12.7), state: 'sent' },
      {
        to: 'slack',
        text: 'Fail shop over from east to west: is done (completed).',
        at: at(147.4),
        state: 'notSent',
        problem: 'no answer before the run ended',
      },
    ],
    measures: {
      targets: { rtoMs: 60_000, rpoMs: 5_000 },
      lostAt: { at: at(0) },
      detectedAt: { at: at(6) },
      fence: { fenced: false, why: 'the primary in east does not answer; it is fenced when it comes back, before it may serve' },
      lagAtPromotion: { lostMs: 2_380, orders: 87, budgetMs: 5_000 },
      lost: { acknowledged: 41_208, count: 87, lostMs: 2_380, missing: lostOrders },
      outage: { startedAt: at(0.4), endedAt: at(119.9), totalMs: 119_500, failed: 2_391, over: true },
      integrity: [{ name: 'every order has at least one line', value: 0, expected: 0, holds: true }],
    },
    plan: { service: 'shop', from: 'east', to: 'west', planned: false, capacity: 3, traffic: { stages: [34, 100] } },
  });
}
