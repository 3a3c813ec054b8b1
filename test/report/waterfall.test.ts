import assert from 'node:assert/strict';
import fc from 'fast-check';
import { knownMeasures } from '../../src/report/measures.ts';
import { criticalPath, paint, total, within, type Stretch } from '../../src/report/stretches.ts';
import { buildWaterfall, type Lane, type Split, type Waterfall } from '../../src/report/waterfall.ts';
import type { RunView, StepView } from '../../src/workflows/messages.ts';
import { at, sampleView } from './sample-view.ts';

const waterfallOf = (change: (view: RunView) => void = () => undefined): Waterfall => {
  const view = sampleView();
  change(view);
  return buildWaterfall(view, knownMeasures(view.measures), view.endedAt!);
};
const counted = ({ lanes }: Waterfall) => lanes.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
const laneOf = ({ lanes }: Waterfall, name: RegExp): Lane => lanes.find((lane) => name.test(lane.name))!;
const spent = (lane: Lane, who: Stretch['who']) => total(lane.stretches.filter((stretch) => stretch.who === who));
const addsUp = ({ totalMs, noticeMs, peopleMs, toolsMs, musterMs }: Split) =>
  assert.equal(noticeMs + peopleMs + toolsMs + musterMs, totalMs);

const span = fc.tuple(fc.nat(60_000), fc.nat(60_000)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

describe('the waterfall', () => {
  it('adds up to the time from the loss to the end of the run', () => {
    const waterfall = waterfallOf();
    assert.equal(waterfall.zero, at(0));
    assert.equal(waterfall.endMs, 147_400);
    assert.equal(counted(waterfall), 147_400);
    addsUp(waterfall.run);
    addsUp(waterfall.customers!);
    assert.equal(waterfall.run.totalMs, 147_400 - 9_200);
    assert.equal(waterfall.customers!.totalMs, 119_500);
  });

  it('adds up whatever ran side by side', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), span, (tasks, run) => {
        const segments = criticalPath(tasks, run);
        assert.equal(total(segments), run.to - run.from);
        for (const [index, segment] of segments.entries()) {
          assert.equal(segment.from, index === 0 ? run.from : segments[index - 1]!.to);
          if (segment.task) assert.equal(total(within([segment.task], segment)), segment.to - segment.from);
        }
      }),
    );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), span, (layers, whole) => {
        const painted = paint(
          whole,
          layers.map((layer) => ({ ...layer, who: 'tools' })),
          'muster',
        );
        assert.equal(total(painted), whole.to - whole.from);
      }),
    );
  });

  it('divides the customers’ outage by whom it waited for', () => {
    const { customers } = waterfallOf();
    assert.equal(customers!.noticeMs, 6_000 - 400);
    // From the alert to the start of the run, and the two open gates.
    assert.equal(customers!.peopleMs, 9_200 - 6_000 + (74_700 - 12_700) + (98_400 - 77_200));
  });

  it('books a decision on people from the opening of the gate, and its reading of facts on tools', () => {
    const gate = laneOf(waterfallOf(), /^Fail shop over/);
    assert.equal(gate.kind, 'decide');
    assert.equal(spent(gate, 'people'), 74_700 - 12_700);
    assert.equal(spent(gate, 'tools'), 2_000);
  });

  it('counts no time for work that was done while people decided, and says how much it was', () => {
    const waterfall = waterfallOf();
    const warm = laneOf(waterfall, /^Warm west/);
    assert.equal(warm.criticalMs, 0);
    assert.equal(waterfall.besideDecisionsMs, 31_900 - 12_700);
    const slow = waterfallOf((view) => (view.steps.find(({ title }) => title.startsWith('Warm'))!.endedAt = at(74.73)));
    assert.equal(laneOf(slow, /^Warm west/).criticalMs, 74_730 - 10_630);
    assert.equal(laneOf(slow, /^Fail shop over/).criticalMs, 0);
    assert.equal(counted(slow), 147_400);
  });

  it('shows throttled calls and the pauses after them as trying again', () => {
    assert.equal(spent(laneOf(waterfallOf(), /^Warm west/), 'retries'), 12_550 - 11_100);
  });

  it('shows a failed step as waiting for the person who had it tried again', () => {
    const lane = laneOf(waterfallOf(), /^Turn backups/);
    assert.equal(spent(lane, 'people'), 145_800 - 122_800);
    assert.equal(spent(lane, 'retries'), 122_800 - 122_420);
  });

  it('books a pause between two steps on people until somebody resumed', () => {
    const waterfall = waterfallOf((view) => {
      view.timeline.push(
        { at: at(110.1), kind: 'step', text: 'Promote the database in west: done', step: view.steps[8]!.id },
        { at: at(110.11), kind: 'run', text: 'Paused before the next step by ana' },
        { at: at(114.1), kind: 'operator', text: 'ana resumes the run', by: 'ana' },
      );
      view.timeline.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
      for (const step of view.steps.slice(9)) shift(step, 4);
      view.endedAt = at(151.4);
    });
    assert.equal(spent(laneOf(waterfall, /^Between/), 'people'), 114_100 - 110_100);
    assert.equal(counted(waterfall), 151_400);
  });

  it('measures the DNS tail from the last record change to the end of the outage', () => {
    const waterfall = waterfallOf();
    assert.equal(waterfall.dnsTailMs, 119_900 - (117_100 + 230));
    assert.equal(laneOf(waterfall, /^DNS tail/).criticalMs, 0);
  });

  it('marks who decided when, on the lane of the question, and the point of no return', () => {
    const { marks, lanes } = waterfallOf();
    assert.deepEqual(
      marks.map(({ at: ms, kind, text, lane }) => [ms, kind, text, lanes[lane]!.name.split(' ')[0]]),
      [
        [58_100, 'approve', 'ben', 'Fail'],
        [74_700, 'approve', 'ana', 'Fail'],
        [89_000, 'approve', 'ana', 'Promote'],
        [98_400, 'approve', 'ben', 'Promote'],
        [98_830, 'point of no return', 'Promote the database in west', 'Promote'],
      ],
    );
  });

  it('begins with the run when nobody knows of a loss', () => {
    const waterfall = waterfallOf((view) => (view.measures = {}));
    assert.equal(waterfall.zero, at(9.2));
    assert.equal(counted(waterfall), 147_400 - 9_200);
    assert.deepEqual(
      waterfall.lanes.filter(({ kind }) => kind === 'notice' || kind === 'start' || kind === 'dns'),
      [],
    );
  });

  it('stands a run in which nothing ran, and one whose steps never ended', () => {
    const empty = waterfallOf((view) => Object.assign(view, { steps: [], gates: [], timeline: [], measures: {} }));
    assert.equal(counted(empty), 147_400 - 9_200);
    const open = waterfallOf((view) => {
      for (const step of view.steps) delete step.endedAt;
    });
    assert.equal(counted(open), 147_400);
  });
});

function shift(step: StepView, seconds: number): void {
  const later = (time: string) => new Date(Date.parse(time) + seconds * 1_000).toISOString();
  step.startedAt = later(step.startedAt);
  step.endedAt = later(step.endedAt!);
  for (const call of step.evidence) call.at = later(call.at);
}
