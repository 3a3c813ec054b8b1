import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../src/config/environment.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { barest } from '../config/without.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

/** What a plan cannot do without, and the times of practice. */
const kept = new RegExp(
  [
    '^(version|name|title|orchestrator|aws|regions|people|notify|archive|failover)',
    String.raw`^dns$|^dns\.shop($|\.(?!traffic))`,
    String.raw`^services(\.shop)?$|^services\.shop\.(title|database|dns|vantagePoints|customers$|customers\.url|regions)(?!.*warmUp)`,
    String.raw`^databases(\.orders)?$|^databases\.orders\.(engine|regions)(?!.*settings)`,
  ].join('|'),
);

const notDone = ({ steps }: RunView) =>
  steps.filter(({ state }) => !['completed', 'planned'].includes(state)).map(({ title, state }) => `${title}: ${state}`);

/** A system whose owners have written down no more than they must: no receipts, no meter, no ledger, no proof, no record of the database. */
describe('a service of which the environment says the least', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'muster-bare-'));
  const rangeEnvironment = join(folder, 'range.yaml');
  const text = barest(readFileSync('environments/range.yaml', 'utf8'), kept);
  writeFileSync(rangeEnvironment, text);
  before(() => {
    process.env['MUSTER_RANGE_OWN_NAMES'] = 'yes';
  });
  const estate = practiceEstate({ rangeEnvironment });
  after(() => {
    delete process.env['MUSTER_RANGE_OWN_NAMES'];
    rmSync(folder, { recursive: true, force: true });
  });

  it('is described without what only the practice shop has', () => {
    const { services, databases } = parseEnvironment(text, rangeEnvironment);
    const { customers, health, proofs, consumers } = services['shop']!;
    assert.deepEqual([Object.keys(customers), health, proofs, consumers], [['url'], undefined, [], undefined]);
    assert.deepEqual([databases['orders']!.endpointRecord, databases['orders']!.ledger], [undefined, undefined]);
  });

  it('leaves a lost region and comes back, and nothing is called measured that nobody measured', async () => {
    await estate.range.break({ kind: 'lose-region', region: 'east' });
    const out = await estate.approveUntilEnd(await estate.failOver());
    assert.equal(out.state, 'completedWithExceptions', out.status);
    assert.deepEqual(notDone(out), ['Ask how long customers waited: notMeasured']);
    assert.equal((out.measures['lost'] as { count: number | null }).count, null);
    assert.equal(out.measures['outage'], undefined);
    const said = out.gates[0]!.facts.filter(({ verdict }) => verdict === 'unknown').map(({ name, value }) => `${name}: ${String(value)}`);
    for (const fact of ['what proves a write in shop: nothing', 'what shop answers when it is well: nobody has said'])
      assert.ok(
        said.some((line) => line.startsWith(fact)),
        `${fact} in ${said.join('; ')}`,
      );

    await estate.range.heal();
    const input = { service: 'shop', from: 'west', to: 'east' };
    const back = await eventually(
      'the start of the way back, once the cool-down is over',
      () => estate.start('sam', { runbook: 'fail-back-region', reason: 'a test', input }),
      ({ status }) => status === 201,
      60_000,
      500,
    );
    const home = await estate.approveUntilEnd(back.body.runId!);
    assert.equal(home.state, 'completedWithExceptions', home.status);
    assert.deepEqual(notDone(home), ['Ask how long customers waited: notMeasured']);
    const { regions } = await estate.range.status();
    assert.deepEqual([regions.east.database, regions.west.database], ['primary', 'replica']);
  });

  /** Ends as it should, with nothing left open but what nobody could measure. */
  const endsWell = async (runbook: string, input: object) => {
    const { status, body } = await estate.start('sam', { runbook, reason: 'a test', input });
    assert.equal(status, 201, JSON.stringify(body));
    const view = await estate.approveUntilEnd(body.runId!);
    assert.match(view.state, /^completed/, view.status);
    assert.deepEqual(
      notDone(view).filter((line) => line !== 'Ask how long customers waited: notMeasured'),
      [],
    );
    return view;
  };
  const east = { service: 'shop', region: 'east' };

  it('rolls a bad release back although nobody can tell when the trouble began, by the stronger approval', async () => {
    await estate.range.break({ kind: 'bad-release', region: 'east' });
    // What brings releases out is not in the environment: its owner stops it by hand.
    const { MUSTER_RANGE_DELIVERY: robot = '', MUSTER_RANGE_DELIVERY_TOKEN: token } = estate.stack.variables;
    const paused = await fetch(robot.replace('{region}', 'east'), {
      ...{ method: 'PUT', body: JSON.stringify({ paused: true }) },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    assert.equal(paused.status, 200);
    const { gates } = await endsWell('roll-back-deployment', east);
    assert.equal(gates.find(({ question }) => question.startsWith('Roll shop'))!.of, 'data-owner');
  });

  it('brings the database back to a point in time, and says that nobody counted what was lost', async () => {
    const { measures } = await endsWell('restore-database-to-point-in-time', { ...east, at: new Date(Date.now() - 3_000).toISOString() });
    assert.equal((measures['writesLost'] as { count: number | null }).count, null);
  });

  it('looks for damage with nothing to look by but the pages themselves', async () => {
    const { measures } = await endsWell('recover-corrupted-database', east);
    assert.equal((measures['decision'] as { why: string }).why, 'no damage was found');
  });

  it('goes on in the other region from a snapshot', async () => {
    await estate.range.break({ kind: 'lose-region', region: 'east' });
    await endsWell('restore-from-snapshot', { service: 'shop', from: 'east', to: 'west', despiteReplica: true });
    assert.equal((await estate.range.status()).regions.west.database, 'primary');
  });
});
