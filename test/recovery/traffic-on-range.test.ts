import assert from 'node:assert/strict';
import { Route53RecoveryClusterClient, UpdateRoutingControlStatesCommand } from '@aws-sdk/client-route53-recovery-cluster';
import type { RegionName } from '../../src/range/contract.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** One story: the shop goes west by a switch, and comes home by routing controls while three of their five endpoints are dead. */
describe('traffic that moves without Route 53', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  const changesIn = ({ steps }: RunView) =>
    steps.flatMap(({ evidence }) =>
      evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => `${call} ${JSON.stringify(args)}`),
    );

  /** The only change of a record is the one that names the database. */
  async function movesNoRecord(view: RunView, before: number): Promise<void> {
    const records = changesIn(view).filter((change) => change.startsWith('route53:ChangeResourceRecordSets'));
    assert.deepEqual([records.length, (await estate.changes('ChangeResourceRecordSets')) - before], [1, 1]);
    assert.match(records[0]!, /"Type":"SRV"/);
  }

  async function customersAreIn(region: RegionName): Promise<void> {
    const other = region === 'east' ? 'west' : 'east';
    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions[region].weight, regions[other].weight, customers.outage.over], [100, 0, true]);
  }

  /** The worker of one region goes on, and that of the other stands still. */
  async function worksOnlyIn(region: RegionName): Promise<void> {
    const other = region === 'east' ? 'west' : 'east';
    const before = await estate.range.consumers();
    const after = await eventually(
      `more work in ${region}`,
      () => estate.range.consumers(),
      (now) => now[region].beats >= before[region].beats + 3,
    );
    assert.deepEqual([after[region].on, after[other].on, after[other].beats], [true, false, before[other].beats]);
  }

  it('is only predicted in simulate', async () => {
    const [before, workers] = [await estate.changes(), await estate.range.consumers()];
    for (const dns of ['shop-switch', 'shop-arc']) {
      const runId = await estate.failOver({ planned: true, dns }, { mode: 'simulate' });
      const view = await estate.seen(runId, 'the end', ({ endedAt }) => endedAt !== undefined);
      assert.equal(view.state, 'completed', view.status);
      const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
      const expected = dns === 'shop-arc' ? /^route53-recovery-cluster:UpdateRoutingControlStates$/ : /^PUT http:/;
      assert.ok(
        predicted.some((call) => expected.test(call)),
        predicted.join(),
      );
      assert.deepEqual(changesIn(view), []);
    }
    const { east, west } = await estate.range.consumers();
    assert.deepEqual([await estate.changes(), east.on, west.on], [before, workers.east.on, workers.west.on]);
  });

  it('refuses a dns entry that it does not know, and says which there are', async () => {
    const { status, body } = await estate.start('sam', {
      ...{ runbook: 'fail-over-region', reason: 'a test', input: { service: 'shop', from: 'east', to: 'west', dns: 'shop-other' } },
    });
    assert.equal(status, 422, JSON.stringify(body));
    assert.deepEqual(body.errors?.[0], {
      pointer: '/input/dns',
      detail: '"shop-other" is no dns entry; known: shop, shop-switch, shop-arc',
    });
  });

  it('goes by the switch in the standby: nobody loses an order, customers follow, and one region does the background work', async () => {
    await estate.range.follow('switch');
    const before = await estate.changes('ChangeResourceRecordSets');
    const runId = await estate.failOver({ planned: true, dns: 'shop-switch' });
    const { facts } = await estate.openGate(runId);
    const fact = facts.find(({ name }) => name === 'moving the traffic depends on');
    assert.deepEqual([fact?.value, fact?.verdict], ['the switch in west; all at once', 'good']);
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    assert.match(view.steps.find(({ title }) => title === 'Warm the caches in west')!.outcome!, /requests; the first took/);
    await movesNoRecord(view, before);
    await customersAreIn('west');
    await worksOnlyIn('west');
  });

  it('comes home by routing controls with three of five endpoints dead, in one call that overrides no safety rule', async () => {
    await bothWest();
    await estate.range.follow('arc');
    await estate.range.break({ kind: 'arc-endpoints-down', count: 3 });
    const [records, controls] = [await estate.changes('ChangeResourceRecordSets'), await estate.changes('UpdateRoutingControlStates')];
    const asked = { runbook: 'fail-back-region', reason: 'a test', input: { service: 'shop', from: 'west', to: 'east', dns: 'shop-arc' } };
    const { body } = await eventually(
      'the end of the cool-down',
      () => estate.start('sam', asked),
      ({ status }) => status === 201,
      60_000,
      1_000,
    );
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    assert.equal((await estate.changes('UpdateRoutingControlStates')) - controls, 1);
    assert.doesNotMatch(changesIn(view).join(), /SafetyRulesToOverride/);
    await movesNoRecord(view, records);
    await customersAreIn('east');
    await worksOnlyIn('east');
  });

  /** Customers change names only when both lead to the same region. */
  async function bothWest(): Promise<void> {
    const env = (name: string) => estate.stack.variables[`MUSTER_RANGE_${name}`]!;
    const client = new Route53RecoveryClusterClient({
      ...{ region: 'us-east-1', endpoint: env('ARC_1'), maxAttempts: 1 },
      credentials: { accessKeyId: 'practice', secretAccessKey: env('AWS_SECRET') },
    });
    const entries = [
      { RoutingControlArn: env('ARC_CONTROL_EAST'), RoutingControlState: 'Off' as const },
      { RoutingControlArn: env('ARC_CONTROL_WEST'), RoutingControlState: 'On' as const },
    ];
    await client.send(new UpdateRoutingControlStatesCommand({ UpdateRoutingControlStateEntries: entries }));
  }
});
