import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { startDeskOnTemporal, type DeskOnTemporal } from '../incidents/support/desk-on-temporal.ts';
import { alert, causes, minuteAgo, rule, send, share, webhook } from '../incidents/support/storm.ts';

describe('a storm of alerts', function () {
  // Alone on the machine, because it measures.
  this.timeout(60_000);
  let at: DeskOnTemporal;
  before(async () => {
    at = await startDeskOnTemporal([rule]);
  });
  after(() => at?.stop());

  const heardAll = async (startsAt: string) => {
    const { open } = await at.desk.view();
    assert.equal(open.length, causes, 'incidents');
    assert.equal(new Set(open.map(({ number }) => number.slice(-3))).size, causes);
    const all = await Promise.all(open.map(({ number }) => at.heard(number)));
    for (const { alerts } of all) {
      assert.equal(new Set(alerts.map(({ cause }) => cause)).size, 1, 'one cause an incident');
      assert.ok(alerts.every((fact) => fact.startsAt === startsAt));
    }
    return all.map(({ alerts }) => new Set(alerts.map(({ fingerprint }) => fingerprint)).size);
  };

  it('of 10,000 with 40 causes is 40 incidents; none is lost, none is double, and every sender is answered in time', async () => {
    // A desk and a worker that are at work, as they are before a storm.
    await at.post(webhook([alert(0, minuteAgo, { fingerprint: 'earlier', status: 'resolved' })]));
    const startsAt = new Date().toISOString();
    const bodies = Array.from({ length: 1_000 }, (_, index) =>
      webhook(Array.from({ length: 10 }, (_unused, inner) => alert(index * 10 + inner, startsAt))),
    );
    const began = performance.now();
    const took = await send(at, bodies, 15);
    const seconds = (performance.now() - began) / 1_000;
    const { alerts } = await at.desk.view();
    assert.deepEqual(alerts, { taken: 10_001, repeated: 0, episodes: 10_001 });
    // Of 250 alerts of each cause 200 are listed, and one stands for the others.
    const told = await eventually(
      'what incidents were told',
      () => heardAll(startsAt),
      (counts) => counts.every((count) => count === 201),
    );
    assert.equal(told.length, causes);
    await send(at, bodies.slice(0, 100), 10);
    assert.deepEqual((await at.desk.view()).alerts, { taken: 11_001, repeated: 1_000, episodes: 10_001 });
    console.log(
      `      10,000 alerts in ${seconds.toFixed(1)} s; answered within ${share(took, 0.5)} ms (half), ${share(took, 0.99)} ms (99 of 100)`,
    );
    // The bar is a second on a machine that does nothing else; here it must be well before Alertmanager gives up after ten.
    assert.ok(share(took, 0.99) <= 5_000, `${share(took, 0.99)} ms`);
    assert.ok(seconds <= 60);
  });
});
