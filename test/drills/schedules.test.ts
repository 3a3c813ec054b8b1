import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DateTime } from 'luxon';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { toolPath } from '../../src/config/tools.ts';
import { occurrences } from '../../src/drills/calendar.ts';
import { differences, synchronise, wantedSchedules } from '../../src/drills/schedules.ts';
import { eventually } from '../eventually.ts';
import '../quiet-runtime.ts';

const text = readFileSync('environments/range.yaml', 'utf8');
const times = `  drillTimes:
    zone: ZONE
    at: '09:30'
    holidays: [{ on: 2026-12-25, title: Christmas }, { on: 2027-01-01, title: New Year }, { on: 2028-02-29, title: A leap day }]
    freezes: [{ from: 2026-12-18, to: 2027-01-05, title: The end of the year }]
`;
/** The range with another calendar, in a time zone. */
const environmentIn = (zone: string, drills: string): Environment => {
  const cut = text.slice(0, text.indexOf('  drillsStoppedBy:'));
  return parseEnvironment(`${cut}${times.replace('ZONE', zone)}  drills:\n${drills}archive: { folder: /tmp/nowhere }\n`, 'range.yaml');
};
const everyKind = [
  ...['first', 'second', 'third', 'fourth', 'last'].map(
    (week) => `    - { name: friday-${week}, title: A, on: { week: ${week}, day: friday } }\n`,
  ),
  '    - { name: quarterly, title: A, on: { every: quarter } }\n',
  '    - { name: yearly, title: A, on: { every: year, week: last, day: monday } }\n',
].join('');

/** The calendar that people see and the schedules that Temporal keeps are made apart; a real Temporal says when it would start what. */
describe('the schedules of exercises', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path: toolPath('temporal') } } });
  });
  after(() => env?.teardown());

  const sync = async (environment: Environment) => {
    const wanted = wantedSchedules(environment, { searchable: false });
    const found = await differences(env.client, environment, wanted);
    await synchronise(env.client, wanted, found);
    return found;
  };
  const timestamp = (at: DateTime) => ({ seconds: Math.floor(at.toSeconds()) as never, nanos: 0 });

  for (const zone of ['UTC', 'Europe/Zurich', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])
    it(`start exercises on the days of the calendar and no others, for five years in ${zone}`, async () => {
      const environment = environmentIn(zone, everyKind);
      await sync(environment);
      const [from, until] = [DateTime.fromISO('2026-11-23', { zone: 'utc' }), DateTime.fromISO('2031-11-23', { zone: 'utc' })];
      const { drills, drillTimes } = environment.incidents!;
      for (const entry of drills) {
        const { startTime = [] } = await env.client.workflowService.listScheduleMatchingTimes({
          ...{ namespace: 'default', scheduleId: `drill/range/${entry.name}` },
          ...{ startTime: timestamp(from), endTime: timestamp(until) },
        });
        const fired = (startTime ?? []).map(({ seconds }) => new Date(Number(seconds) * 1_000).toISOString());
        const wanted = occurrences([entry], drillTimes, from.toJSDate(), until.toJSDate())
          .filter(({ off }) => off === null)
          .map(({ at }) => at.toJSDate().toISOString());
        assert.ok(wanted.length >= (entry.on.every === 'year' ? 4 : 15), `${entry.name}: ${wanted.length}`);
        assert.deepEqual(fired, wanted, entry.name);
      }
    });

  it('are told apart from the file before anything is changed, and agree with it afterwards', async () => {
    const one = '    - { name: tabletop, title: A, on: { week: first } }\n';
    await sync(environmentIn('UTC', one));
    const moved = environmentIn(
      'UTC',
      '    - { name: tabletop, title: A, on: { week: second } }\n    - { name: more, title: B, on: {} }\n',
    );
    const what = (found: { drill: string; what: string }[]) => found.map((line) => `${line.what} ${line.drill}`);
    const wanted = wantedSchedules(moved, { searchable: false });
    const first = (found: { drill: string; what: string }[]) => what(found).slice(0, 2);
    assert.deepEqual(first(await differences(env.client, moved, wanted)), ['change tabletop', 'create more']);
    await sync(moved);
    assert.deepEqual(first(await differences(env.client, moved, wanted)), ['same tabletop', 'same more']);
    const less = environmentIn('UTC', one);
    const fewer = wantedSchedules(less, { searchable: false });
    const found = await eventually(
      'the one that nobody wants any more',
      () => differences(env.client, less, fewer),
      (lines) => what(lines).includes('remove more'),
    );
    assert.deepEqual(what(found).slice(0, 1), ['change tabletop']);
    await synchronise(env.client, fewer, found);
    const description = await env.client.schedule.getHandle('drill/range/tabletop').describe();
    assert.deepEqual([description.policies.overlap, description.policies.catchupWindow], ['SKIP', 3_600_000]);
  });
});
