import assert from 'node:assert/strict';
import { createOutageMeter } from '../../src/range/shop/outage.ts';

const iso = (time: number) => new Date(time).toISOString();

describe('the outage that customers see', () => {
  it('is none while every order is good', () => {
    const meter = createOutageMeter();
    meter.good(1_000, 1_010);
    assert.deepEqual(meter.read(5_000), { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true, since: null });
  });

  it('grows while orders fail', () => {
    const meter = createOutageMeter();
    meter.failed(1_000);
    meter.failed(2_000);
    assert.deepEqual(meter.read(4_000), { startedAt: iso(1_000), endedAt: null, totalMs: 3_000, failed: 2, over: false, since: null });
  });

  it('ends with the first good order after the last failed one, and is over after a second of good ones', () => {
    const meter = createOutageMeter();
    meter.failed(1_000);
    meter.good(1_500, 1_510);
    meter.failed(2_000);
    meter.good(2_500, 2_520);
    assert.deepEqual(meter.read(2_600), {
      startedAt: iso(1_000),
      endedAt: iso(2_520),
      totalMs: 1_520,
      failed: 2,
      over: false,
      since: null,
    });
    meter.good(3_510, 3_520);
    assert.equal(meter.read(3_600).over, true);
  });

  it('knows a failure by the time of its order, though a customer gives up later', () => {
    const meter = createOutageMeter();
    meter.good(1_100, 1_110);
    meter.good(1_200, 1_210);
    meter.failed(1_000);
    assert.deepEqual(meter.read(2_000), { startedAt: iso(1_000), endedAt: iso(1_110), totalMs: 110, failed: 1, over: false, since: null });
  });

  it('is that of the event when it is asked for a time: trouble that was over by then is none of it', () => {
    const meter = createOutageMeter();
    const trouble = (from: number) => {
      for (const at of [from, from + 500, from + 1_000]) meter.failed(at);
      meter.good(from + 1_100, from + 1_120);
    };
    for (const from of [1_000, 600_000, 605_000]) trouble(from);
    assert.deepEqual([meter.read(700_000).startedAt, meter.read(700_000).totalMs], [iso(1_000), 605_120]);
    const event = meter.read(700_000, 600_800);
    assert.deepEqual([event.startedAt, event.endedAt, event.totalMs, event.failed], [iso(600_000), iso(606_120), 6_120, 6]);
    assert.deepEqual([meter.read(700_000, 606_121).totalMs, meter.read(700_000, 606_121).over], [0, true]);
  });

  it('tells when the present trouble began, whatever failed now and then before', () => {
    const meter = createOutageMeter();
    meter.failed(1_000);
    assert.equal(meter.read(2_000).since, null);
    for (const at of [60_100, 60_000, 60_200, 61_000, 62_000]) meter.failed(at);
    assert.deepEqual([meter.read(63_000).since, meter.read(63_000).startedAt], [iso(60_000), iso(1_000)]);
    meter.failed(70_000);
    assert.equal(meter.read(71_000).since, null);
  });

  it('starts afresh after a reset', () => {
    const meter = createOutageMeter();
    meter.failed(1_000);
    meter.reset();
    assert.equal(meter.read(2_000).failed, 0);
    meter.failed(3_000);
    assert.equal(meter.read(3_500).startedAt, iso(3_000));
  });
});
