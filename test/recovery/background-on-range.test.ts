import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

/** East is lost with its worker on: it must not go on working when it comes back, beside the one in west. */
describe('the background work of a lost region', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  let runId: string;

  it('is taken over by the other region, although it cannot be read whether the old worker is off', async () => {
    await estate.range.follow('switch');
    await estate.range.break({ kind: 'lose-region', region: 'east' });
    runId = await estate.failOver({ dns: 'shop-switch' });
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'completed', view.status);
    const { from, why } = view.measures['consumers'] as { from: string; why: string };
    assert.equal(from, 'out of reach');
    assert.match(why, /cannot be read/);
    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.east.weight, regions.west.weight, customers.outage.over], [0, 100, true]);
    const { beats } = (await estate.range.consumers()).west;
    await eventually(
      'work in west',
      () => estate.range.consumers(),
      ({ west }) => west.on && west.beats > beats,
    );
  });

  it('is turned off in the old region the moment that comes back, so that it is done once', async () => {
    await estate.range.heal();
    await estate.seen(`${runId}-fenceOnReturn`, 'the end of the watch over it', ({ state }) => state === 'completed');
    const before = await estate.range.consumers();
    assert.deepEqual([before.east.on, before.west.on], [false, true]);
    const after = await eventually(
      'more work in west',
      () => estate.range.consumers(),
      ({ west }) => west.beats >= before.west.beats + 3,
    );
    assert.equal(after.east.beats, before.east.beats);
    const { regions } = await estate.range.status();
    assert.deepEqual([regions.east.database, regions.west.database, regions.west.weight], ['fenced', 'primary', 100]);
  });
});
