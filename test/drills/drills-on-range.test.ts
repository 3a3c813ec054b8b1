import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { attend } from '../../src/cli/drill/attend.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import { createIncidentApiClient } from '../../src/cli/incident-api-client.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import type { DrillScore } from '../../src/workflows/plans/drill-plan.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';

/** The four exercises of the range's calendar, one after the other on one estate, which each must leave as it was. */
describe('an exercise on the practice range', function () {
  this.timeout(240_000);
  const estate = practiceEstate();

  // The cluster is built when it is first asked about; an exercise that notes the estate meanwhile would find it another one afterwards.
  before('the cluster is built', async () => {
    const { variables } = estate.stack;
    for (const [region, place, member] of [
      ['us-east-2', 'EAST', 'ledger-east-2'],
      ['us-west-2', 'WEST', 'ledger-west-1'],
    ] as const) {
      const credentials = { accessKeyId: 'practice', secretAccessKey: variables['MUSTER_RANGE_AWS_SECRET']! };
      const rds = new RDSClient({ region, endpoint: variables[`MUSTER_RANGE_AWS_${place}`]!, credentials });
      await rds.send(new DescribeDBClustersCommand({}));
      await eventually(
        `${member} as a reader that is there`,
        () => rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: member })),
        ({ DBInstances = [] }) => DBInstances[0]?.DBInstanceStatus === 'available',
        60_000,
      );
    }
  });

  /** Starts it, and lets two colleagues decide everything that it and its runs ask, until it ends. */
  async function practise(name: string, hear: (line: string) => void = () => undefined): Promise<RunView> {
    const { status, body } = await estate.start('sam', { runbook: 'drill', mode: 'live', reason: 'a test', input: { name } });
    assert.equal(status, 201, JSON.stringify(body));
    const as = (subject: string) => createApiClient({ url: estate.stack.addresses.api, token: estate.stack.tokens[subject] });
    return attend(body.runId!, { as, asked: new AbortController().signal, hear: ({ text }) => hear(text) });
  }
  const score = ({ measures }: RunView) => measures['drill'] as DrillScore;

  for (const name of ['database-failover', 'application-rollback', 'region-failover', 'full'])
    it(`passes unattended and leaves nothing behind: ${name}`, async () => {
      const view = await practise(name);
      assert.deepEqual([view.state, view.measures['residue']], ['completed', []], view.status);
      assert.deepEqual([score(view).passed, score(view).score], [true, 100]);
    });

  it('fails, and names what is left, when something is another than before', async () => {
    const { MUSTER_RANGE_RATE_LIMIT: url = '', MUSTER_RANGE_EDGE_TOKEN: token } = estate.stack.variables;
    const limit = (on: boolean) =>
      fetch(url, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(on ? { on, value: 1_000 } : { on }),
      });
    // Somebody relieves the shop in the middle of it, and forgets that.
    const view = await practise('database-failover', (line) => {
      if (line === 'Recover') void limit(true);
    });
    await limit(false);
    assert.deepEqual([view.state, score(view).passed, score(view).score], ['failed', false, 80], view.status);
    assert.match(view.status, /not passed, 80 of 100: nothing is left behind: needed nothing, have relief of shop: not there → /);
  });

  it('is stopped by a real incident within one step, undoes what it broke, and none begins while that is open', async () => {
    const { status, body } = await estate.start('sam', {
      ...{ runbook: 'drill', mode: 'live', reason: 'a test' },
      input: { name: 'application-rollback' },
    });
    assert.equal(status, 201, JSON.stringify(body));
    const gate = await estate.openGate(body.runId!);
    for (const by of ['ana', 'ben']) await estate.signal(by, body.runId!, 'approve', { gate: gate.id, digest: gate.digest });
    await estate.seen(body.runId!, 'something broken on purpose', ({ steps }) =>
      steps.some(({ title, state }) => title.startsWith('Break it') && state === 'completed'),
    );
    const incidents = createIncidentApiClient({ url: estate.stack.addresses.api, token: estate.stack.tokens['ana'] });
    const { number } = await incidents.declare(
      { title: 'Nobody can order', service: 'shop', severity: 'P0', impact: 'no orders' },
      randomUUID(),
    );
    const stopped = await estate.seen(body.runId!, 'the end', ({ state }) => finalStates.includes(state));
    assert.equal(stopped.state, 'compensated', stopped.status);
    assert.match(stopped.status, new RegExp(`a real incident goes first: ${number} P0 Nobody can order`));
    const undone = stopped.steps.filter(({ kind, state }) => kind === 'undo' && state === 'completed').map(({ title }) => title);
    assert.deepEqual(undone[0], 'Undo: Break it: a bad release is out in east');
    assert.deepEqual((await estate.range.status()).faults, []);
    const refused = await practise('database-failover');
    assert.deepEqual([refused.state, refused.steps.length], ['failed', 1]);
    assert.match(refused.status, /not held: a real incident is open: .* P0 Nobody can order/);
  });
});
