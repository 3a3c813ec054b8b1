import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import { newDesk, takeSummary, type Desk } from '../../src/workflows/incident/desk.ts';
import { mostListed, takeAlert } from '../../src/workflows/incident/desk-alerts.ts';
import { pack, unpack } from '../../src/workflows/incident/desk-book.ts';
import type { IncidentState } from '../../src/workflows/incident/view.ts';

const noon = Date.parse('2026-03-01T12:00:00.000Z');
const minute = (count: number) => new Date(noon + count * 60_000).toISOString();
const fires = (startMinute: number, more: Partial<AlertFact> = {}): AlertFact => ({
  ...{ fingerprint: 'f1', rule: 'shop-down', cause: 'shop-down/east', status: 'firing', startsAt: minute(startMinute) },
  ...{ service: 'shop', severity: 'P0', summary: 'The shop is down' },
  ...more,
});
const clears = (startMinute: number, endMinute: number, more: Partial<AlertFact> = {}): AlertFact => ({
  ...fires(startMinute, more),
  ...{ status: 'resolved', endsAt: minute(endMinute) },
});
const deskOf = () => newDesk('test');
const take = (desk: Desk, ...facts: AlertFact[]) => facts.map((fact) => takeAlert(desk, fact, noon + 3_600_000).what);
const told = (desk: Desk, number = 1) =>
  [...desk.incidents.values()][number - 1]!.toTell.map(({ startsAt, endsAt, status }) => [status, startsAt, endsAt]);
const becomes = (desk: Desk, number: number, state: IncidentState) => {
  const incident = [...desk.incidents.values()][number - 1]!;
  takeSummary(desk, { ...incident.summary, state });
};

describe('alerts at the desk', () => {
  it('open one incident for one cause, and are told to it once each', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, fires(0), fires(0), fires(1, { fingerprint: 'f2' })), ['opened', 'repeated', 'added']);
    assert.deepEqual([...desk.incidents.keys()], ['INC-2026-03-01-001']);
    assert.deepEqual(told(desk), [
      ['firing', minute(0), undefined],
      ['firing', minute(1), undefined],
    ]);
    assert.deepEqual(desk.counts, { taken: 3, repeated: 1 });
  });

  it('of other causes open other incidents', () => {
    const desk = deskOf();
    take(desk, fires(0), fires(0, { fingerprint: 'f2', cause: 'shop-down/west' }));
    assert.equal(desk.incidents.size, 2);
  });

  it('that are resolved stay so, however often and late their firing is told again', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, fires(0), clears(0, 5), clears(0, 5), fires(0)), ['opened', 'cleared', 'repeated', 'repeated']);
    assert.deepEqual(told(desk).at(-1), ['resolved', minute(0), minute(5)]);
  });

  it('that were over before they were heard of open nothing, also when their firing comes afterwards', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, clears(0, 5), fires(0)), ['late', 'repeated']);
    assert.equal(desk.incidents.size, 0);
  });

  it('that fire again after they were resolved are a new episode of the same incident', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, fires(0), clears(0, 5), fires(6)), ['opened', 'cleared', 'added']);
    assert.equal(desk.incidents.size, 1);
  });

  it('open a new incident when the one of their cause is resolved, closed or dismissed, and none when they only go on', () => {
    for (const state of ['resolved', 'closed', 'dismissed'] as const) {
      const desk = deskOf();
      take(desk, fires(0));
      becomes(desk, 1, state);
      assert.deepEqual(take(desk, fires(0), clears(0, 5), fires(6)), ['repeated', 'cleared', 'opened'], state);
      assert.equal(desk.incidents.size, 2);
    }
  });

  it('go to an incident that was reopened', () => {
    const desk = deskOf();
    take(desk, fires(0));
    becomes(desk, 1, 'resolved');
    becomes(desk, 1, 'acknowledged');
    assert.deepEqual(take(desk, fires(7)), ['added']);
  });

  it('whose start was moved back by their sender are still found when they are resolved', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, fires(2), fires(1), clears(1, 9)), ['opened', 'late', 'cleared']);
    assert.deepEqual(told(desk), [
      ['firing', minute(2), undefined],
      ['resolved', minute(2), minute(9)],
    ]);
  });

  it('end an older episode whose end was lost', () => {
    const desk = deskOf();
    take(desk, fires(0), fires(10));
    assert.deepEqual(told(desk), [
      ['firing', minute(0), undefined],
      ['resolved', minute(0), minute(10)],
      ['firing', minute(10), undefined],
    ]);
  });

  it('of an episode do not end the one that begins in the very moment of its end', () => {
    const desk = deskOf();
    assert.deepEqual(take(desk, fires(0), fires(5), clears(0, 5)), ['opened', 'added', 'repeated']);
    assert.equal(told(desk).at(-1)![0], 'firing');
  });

  it('are right at the end in whatever order, and however often, they come', () => {
    const times = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 8 });
    const events = times.map((gaps) => {
      let at = 0;
      const edges = gaps.map((gap) => (at += gap));
      return edges.flatMap((edge, index) => (index % 2 === 0 ? [fires(edge)] : [clears(edges[index - 1]!, edge)]));
    });
    const shuffled = events.chain((all) =>
      fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }).map((order) => ({ all, order })),
    );
    fc.assert(
      fc.property(shuffled, ({ all, order }) => {
        const desk = deskOf();
        const outcomes = take(desk, ...order);
        const firing = desk.episodes.get('f1')!.filter(({ endMs }) => endMs === undefined);
        assert.equal(firing.length, all.at(-1)!.status === 'firing' ? 1 : 0);
        assert.ok(desk.incidents.size <= 1);
        assert.equal(outcomes.length, order.length);
        // What the incident heard ends where the alert is.
        const heard = new Map([...desk.incidents.values()].flatMap(({ toTell }) => toTell).map((fact) => [fact.startsAt, fact.status]));
        assert.equal([...heard.values()].filter((status) => status === 'firing').length, firing.length);
      }),
      { numRuns: 500 },
    );
  });

  it('beyond what an incident can list are told to it as one, which is cleared with the last of them', () => {
    const desk = deskOf();
    const many = mostListed + 50;
    const one = (index: number) => ({ fingerprint: `f${index}` });
    take(desk, ...Array.from({ length: many }, (_, index) => fires(0, one(index))));
    const incident = [...desk.incidents.values()][0]!;
    assert.equal(incident.toTell.length, mostListed + 1);
    assert.match(incident.toTell.at(-1)!.summary, /more than 200 alerts/);
    incident.toTell.length = 0;
    take(desk, ...Array.from({ length: many - 1 }, (_, index) => clears(0, 5, one(index))));
    assert.equal(incident.toTell.length, mostListed, 'all that are listed');
    take(desk, clears(0, 6, one(many - 1)));
    const { fingerprint, status, endsAt } = incident.toTell.at(-1)!;
    assert.deepEqual([fingerprint, status, endsAt], ['more/1/shop-down/east', 'resolved', minute(6)]);
    take(desk, fires(7, one(many + 1)));
    assert.equal(incident.toTell.at(-1)!.fingerprint, 'more/2/shop-down/east', 'a new episode');
  });

  it('are remembered over the runs of the desk, in less than Temporal takes, with what fires before what is over', () => {
    const desk = deskOf();
    for (let index = 0; index < 30_000; index++) {
      const fact = fires(0, { fingerprint: index.toString(16).padStart(16, '0'), cause: `cause-${index % 1_200}` });
      takeAlert(desk, fact, noon);
      if (index % 3 !== 0) takeAlert(desk, { ...fact, status: 'resolved', endsAt: minute(2) }, noon);
    }
    for (let number = 1; number <= 1_200; number++) becomes(desk, number, 'closed');
    for (const incident of desk.incidents.values()) {
      incident.toTell.length = 0;
      delete incident.toStart;
    }
    const packed = JSON.stringify(pack(desk));
    assert.ok(packed.length < 1_800_000, `${packed.length} characters`);
    const again = unpack(JSON.parse(packed) as ReturnType<typeof pack>);
    const firing = [...again.episodes.values()].flat().filter(({ endMs }) => endMs === undefined);
    assert.equal(firing.length, 10_000);
    assert.equal(again.incidents.size, 800);
    assert.deepEqual(take(again, fires(0, { fingerprint: '0'.repeat(16) })), ['repeated']);
  });

  it('are the same desk again after it was packed', () => {
    const desk = deskOf();
    take(desk, fires(0), clears(0, 5), fires(6), fires(0, { fingerprint: 'f2', cause: 'other' }), clears(1, 2, { fingerprint: 'f3' }));
    const again = unpack(JSON.parse(JSON.stringify(pack(desk))) as ReturnType<typeof pack>);
    assert.deepEqual(again, desk);
  });
});
