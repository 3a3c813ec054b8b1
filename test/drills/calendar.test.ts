import assert from 'node:assert/strict';
import type { DrillEntry, DrillTimes } from '../../src/config/schema/incidents.ts';
import { drill as drillSchema, drillTimes as timesSchema } from '../../src/config/schema/drills.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { occurrences, type Occurrence } from '../../src/drills/calendar.ts';
import { icalOf } from '../../src/drills/ical.ts';
import { muster } from '../cli/support/muster.ts';

const environments = ['iot-anomaly', 'ml-platform', 'observer-coordinator', 'pynomaly-aws', 'pynomaly-kubernetes', 'range'];
const file = (name: string) => `environments/${name}.yaml`;
const drill = (more: object = {}): DrillEntry => drillSchema.parse({ name: 'region', title: 'Loss of a region', on: {}, ...more });
const times = (more: object = {}): DrillTimes => timesSchema.parse(more);
const [from, until] = [new Date('2026-01-01T00:00:00Z'), new Date('2031-01-01T00:00:00Z')];
const days = (found: readonly Occurrence[]) => found.map(({ at }) => at.toISODate());

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** The same calendar, found the slow way: every day of five years is asked whether it is one. */
function dayByDay({ on }: DrillEntry): string[] {
  const found: string[] = [];
  for (let at = from.getTime(); at < until.getTime(); at += 86_400_000) {
    const day = new Date(at);
    const [month, date] = [day.getUTCMonth(), day.getUTCDate()];
    const isMonth = { month: true, quarter: [0, 3, 6, 9].includes(month), year: month === 0 }[on.every];
    const isLast = new Date(at + 7 * 86_400_000).getUTCMonth() !== month;
    const isWeek = on.week === 'last' ? isLast : ['first', 'second', 'third', 'fourth'][Math.ceil(date / 7) - 1] === on.week;
    if (isMonth && isWeek && dayNames[day.getUTCDay()] === on.day) found.push(day.toISOString().slice(0, 10));
  }
  return found;
}

describe('the calendar of exercises', function () {
  this.timeout(20_000);
  for (const name of environments) {
    it(`of ${name} has five years of the right days, and no other`, async () => {
      const { incidents: policy } = await loadEnvironment(file(name));
      const found = occurrences(policy!.drills, policy!.drillTimes, from, until);
      for (const entry of policy!.drills) {
        const its = found.filter((one) => one.drill.name === entry.name);
        assert.deepEqual(days(its), dayByDay(entry), entry.name);
        assert.equal(its.length, { month: 60, quarter: 20, year: 5 }[entry.on.every]);
      }
    });
  }

  it('knows every week and every day of it, the fourth from the last in months that have five', () => {
    for (const week of ['first', 'second', 'third', 'fourth', 'last'])
      for (const day of dayNames.slice(1, 6)) {
        const entry = drill({ on: { week, day } });
        assert.deepEqual(days(occurrences([entry], times(), from, until)), dayByDay(entry), `${week} ${day}`);
      }
    const january = [new Date('2027-01-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z')] as const;
    const of = (week: string) => days(occurrences([drill({ on: { week, day: 'friday' } })], times(), ...january));
    assert.deepEqual([of('fourth'), of('last')], [['2027-01-22'], ['2027-01-29']]);
  });

  it('keeps the hour of its time zone when clocks are put forward and back', () => {
    for (const zone of ['Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia']) {
      const found = occurrences([drill({ on: { week: 'last', day: 'friday' } })], times({ zone, at: '09:30' }), from, until);
      assert.equal(found.length, 60, zone);
      assert.ok(
        found.every(({ at }) => at.toFormat('cccc HH:mm') === 'Friday 09:30' && at.zoneName === zone),
        zone,
      );
    }
    const [winter, summer] = occurrences([drill()], times({ zone: 'Europe/Zurich' }), from, until).filter(({ at }) =>
      [1, 7].includes(at.month),
    );
    assert.deepEqual(
      [winter, summer].map((one) => one!.at.toUTC().toISO()),
      ['2026-01-06T09:00:00.000Z', '2026-07-07T08:00:00.000Z'],
    );
  });

  it('says why one does not take place: a holiday, or a change freeze from its first to its last day', () => {
    const closed = times({
      holidays: [{ on: '2026-12-25', title: 'Christmas' }],
      freezes: [{ from: '2026-11-27', to: '2026-12-04', title: 'Black Friday' }],
    });
    const year = [new Date('2026-11-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')] as const;
    const weekly = ['first', 'second', 'third', 'fourth'].map((week) => drill({ name: week, on: { week, day: 'friday' } }));
    assert.deepEqual(
      occurrences(weekly, closed, ...year).flatMap(({ at, off }) => (off === null ? [] : [[at.toISODate(), off]])),
      [
        ['2026-11-27', 'change freeze: Black Friday'],
        ['2026-12-04', 'change freeze: Black Friday'],
        ['2026-12-25', 'holiday: Christmas'],
      ],
    );
  });

  it('begins with the very moment that is asked for, and ends before the other one', () => {
    const at = new Date('2026-12-01T10:00:00Z');
    const later = (ms: number) => new Date(at.getTime() + ms);
    assert.deepEqual(days(occurrences([drill()], times(), at, later(1))), ['2026-12-01']);
    assert.deepEqual(days(occurrences([drill()], times(), later(1), later(86_400_000))), []);
    assert.deepEqual(days(occurrences([drill()], times(), later(-1), at)), []);
  });

  it('takes no time that clocks may skip, no zone that is none, and no freeze that ends before it begins', () => {
    const wrong = [
      { at: '02:30' },
      { at: '25:00' },
      { zone: 'Mars/Olympus' },
      { freezes: [{ from: '2026-02-01', to: '2026-01-01', title: 'x' }] },
    ];
    for (const one of [...wrong, { holidays: [{ on: '2026-02-30', title: 'x' }] }])
      assert.equal(timesSchema.safeParse(one).success, false, JSON.stringify(one));
  });

  describe('as a file for calendars', () => {
    const range = { name: 'range', title: 'The practice range' };
    const unfolded = (text: string) => text.replace(/\r\n[ \t]/g, '');
    const lines = (found: readonly Occurrence[], key: string) =>
      [...unfolded(icalOf(range, found)).matchAll(new RegExp(`^${key}:(.*)\\r$`, 'gm'))].map(([, value]) => value);

    it('has what takes place, at its time, each with the word DRILL and a name that stays', () => {
      const found = occurrences([drill({ runbook: 'fail-over-region' })], times({ zone: 'Europe/Zurich' }), from, new Date('2026-03-01'));
      assert.deepEqual(lines(found, 'DTSTART'), ['20260106T090000Z', '20260203T090000Z']);
      assert.deepEqual(lines(found, 'SUMMARY'), ['DRILL: Loss of a region', 'DRILL: Loss of a region']);
      assert.deepEqual(lines(found, 'UID'), ['region-2026-01-06@range.muster', 'region-2026-02-03@range.muster']);
    });

    it('leaves out what is not announced, and what falls on a holiday', () => {
      const hidden = drill({ name: 'surprise', announced: false });
      const found = occurrences(
        [drill(), hidden],
        times({ holidays: [{ on: '2026-01-06', title: 'Epiphany' }] }),
        from,
        new Date('2026-03-01'),
      );
      assert.deepEqual(lines(found, 'UID'), ['region-2026-02-03@range.muster']);
      assert.deepEqual(lines([], 'UID'), []);
    });
  });

  describe('muster drills', () => {
    const say = (...args: string[]) => muster(['drills', ...args], { MUSTER_ENVIRONMENT: file('ml-platform') });

    it('shows what comes next, with its runbook', async () => {
      const { code, stdout } = await say('--months', '2');
      assert.equal(code, 0);
      const [heading, ...rows] = stdout.trim().split('\n');
      assert.match(heading!, /^WHEN +DRILL +TITLE +RUNBOOK/);
      assert.ok(rows.length >= 7 && rows.length <= 10, stdout);
      for (const row of rows)
        assert.match(row, /^Fri \d{4}-\d\d-\d\d 10:00 UTC +(database-failover|rollback|regional-failover|full-recovery) /);
    });

    it('gives the same as JSON and as iCalendar', async () => {
      const asked = JSON.parse((await say('--months', '12', '-o', 'json')).stdout) as { name: string; off: string | null }[];
      const { stdout } = await say('--months', '12', '--ical');
      assert.equal(stdout.match(/BEGIN:VEVENT/g)!.length, asked.length);
    });

    it('says in one sentence how far it can look', async () => {
      const { code, stderr } = await say('--months', '0');
      assert.deepEqual([code, stderr.trim()], [2, 'muster: --months 0: say a number from 1 to 60']);
    });
  });
});
