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
  this.timeout(300_000);
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
});
