import assert from 'node:assert/strict';
import type { Declaration } from '../../src/workflows/incident/commands.ts';
import { eventually } from '../eventually.ts';
import { startDeskOnTemporal, type DeskOnTemporal } from '../incidents/support/desk-on-temporal.ts';
import type { Heard } from '../workflows/desk-workflows.ts';
import { alert, causes, rule, send, webhook } from '../incidents/support/storm.ts';

describe('a storm of alerts', () => {
  let at: DeskOnTemporal;
  afterEach(() => at?.stop());

  it('that kills the worker twice, with people who declare 50 incidents meanwhile, loses nothing and doubles nothing', async () => {
    at = await startDeskOnTemporal([rule]);
    const startsAt = new Date().toISOString();
    const bodies = Array.from({ length: 400 }, (_, index) =>
      webhook(Array.from({ length: 10 }, (_unused, inner) => alert(index * 10 + inner, startsAt))),
    );
    const sending = send(at, bodies, 10);
    const declaration = (index: number): Declaration => ({
      ...{ key: `key-${index}`, by: 'sam', title: `The shop is slow ${index}`, service: 'shop', severity: 'P2' },
    });
    const declaring = Promise.all(Array.from({ length: 50 }, (_, index) => at.queue.declare(declaration(index))));
    for (const taken of [500, 2_000]) {
      await eventually(
        'alerts on the record',
        () => at.desk.view(),
        ({ alerts }) => alerts.taken >= taken,
        30_000,
        5,
      );
      await at.killWorker();
      await at.startWorker();
    }
    await sending;
    const declared = await declaring;
    const { open, alerts } = await at.desk.view();
    assert.deepEqual([alerts.episodes, open.length], [4_000, causes + 50]);
    const numbers = open.map(({ number }) => Number(number.slice(-3))).sort((one, two) => one - two);
    assert.deepEqual(
      numbers,
      Array.from({ length: causes + 50 }, (_, index) => index + 1),
      'no gap',
    );
    assert.equal(new Set(declared.map(({ number }) => number)).size, 50);
    const proposed = open.filter(({ state }) => state === 'proposed');
    const all = await eventually(
      'what incidents were told',
      async () => {
        const heard: Heard[] = [];
        for (const { number } of proposed) heard.push(await at.heard(number));
        return heard;
      },
      (heard) => heard.every((one) => one.alerts.length === 100),
      60_000,
    );
    assert.equal(new Set(all.flatMap((heard) => heard.alerts.map(({ fingerprint }) => fingerprint))).size, 4_000);
  });
});
