import assert from 'node:assert/strict';
import type { RunView } from '../../src/workflows/messages.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

describe('a move of the traffic while Muster dies again and again', function () {
  this.timeout(500_000);
  const estate = practiceEstate();
  const changesIn = ({ steps }: RunView, call: RegExp) =>
    steps.flatMap(({ evidence }) => evidence.filter((entry) => entry.kind === 'change' && call.test(entry.call)));

  it('fail-over-region by routing controls turns both in one call, loses nothing, and has one region at work', async () => {
    await estate.range.follow('arc');
    await estate.range.break({ kind: 'arc-endpoints-down', count: 3 });
    const runId = await estate.failOver({ planned: true, dns: 'shop-arc' });
    const { view, kills } = await killInsideEveryChange(estate, runId, { within: 400_000 });
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills >= 8, `${kills} kills`);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    assert.equal(await estate.changes('UpdateRoutingControlStates'), 1);
    assert.equal(await estate.changes('PromoteReadReplica'), 1);
    const { regions } = await estate.range.status();
    assert.deepEqual([regions.west.weight, regions.east.weight], [100, 0]);
    const { east, west } = await estate.range.consumers();
    assert.deepEqual([east.on, west.on], [false, true]);
    const turned = changesIn(view, /^PUT /).map(({ args }) => (args as { on: boolean }).on);
    assert.deepEqual(turned, [false, true], 'off once, then on once');
  });
});
