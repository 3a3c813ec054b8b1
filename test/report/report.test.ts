import assert from 'node:assert/strict';
import { readContents } from '../../src/report/content.ts';
import { buildReport } from '../../src/report/report.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { at, lostOrders, sampleView } from './sample-view.ts';

const build = { version: '0.1.0', node: 'v20.20.2' };
const contentsOf = (change: (view: RunView) => void = () => undefined) => {
  const view = sampleView();
  change(view);
  return readContents(buildReport(view, { build }));
};

describe('the report of a run', () => {
  it('sets what customers waited and lost against the targets', () => {
    const { objectives } = contentsOf();
    assert.deepEqual(objectives.rto, { targetMs: 60_000, actualMs: 119_500, met: false });
    assert.deepEqual(objectives.rpo, { targetMs: 5_000, actualMs: 2_380, met: true });
    assert.equal(objectives.lostOrders, 87);
    assert.equal(objectives.decisionMs, 74_700 - 12_700 + (98_400 - 77_200));
  });

  it('never counts as kept what nobody measured', () => {
    const { objectives, lost, sentences } = contentsOf((view) => (view.measures = { targets: { rtoMs: 60_000, rpoMs: 5_000 } }));
    assert.deepEqual(objectives.rto, { targetMs: 60_000, actualMs: null, met: null });
    assert.deepEqual(objectives.rpo, { targetMs: 5_000, actualMs: null, met: null });
    assert.equal(lost, undefined);
    assert.doesNotMatch(sentences.join(' '), /lost|waited/);
  });

  it('does not call an outage short that still goes on', () => {
    const going = { startedAt: at(100), endedAt: null, totalMs: 20_000, failed: 12, over: false };
    const { objectives, sentences } = contentsOf((view) => (view.measures['outage'] = going));
    assert.equal(objectives.rto.met, null);
    assert.match(sentences.join(' '), /Customers were still waiting when the run ended, for 20 s by then/);
    const { objectives: late } = contentsOf((view) => (view.measures['outage'] = { ...going, totalMs: 60_001 }));
    assert.equal(late.rto.met, false);
  });

  it('keeps a planned move apart, in which nobody waited and nothing is gone', () => {
    const { objectives, sentences, waterfall } = contentsOf((view) => {
      view.measures['outage'] = { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true };
      view.measures['lost'] = { acknowledged: 1_000, count: 0, lostMs: null, missing: [] };
      delete view.measures['lostAt'];
      delete view.measures['detectedAt'];
      delete view.measures['fence'];
    });
    assert.equal(objectives.rto.met, true);
    assert.equal(objectives.rpo.met, true);
    assert.equal(waterfall.customers, undefined);
    assert.match(sentences.join(' '), /Customers did not notice.*No acknowledged order was lost/);
  });

  it('lists every acknowledged order that is gone, and says how many a cut list leaves out', () => {
    const { lost } = contentsOf();
    assert.deepEqual(lost, { count: 87, acknowledged: 41_208, lostMs: 2_380, orders: lostOrders, unlisted: 0 });
    const cut = contentsOf((view) => (view.measures['lost'] = { acknowledged: 9_000, count: 2_500, lostMs: 9_000, missing: lostOrders }));
    assert.equal(cut.lost!.unlisted, 2_500 - 87);
  });

  it('holds every call, decision, event and message of the run, each as an entry', () => {
    const view = sampleView();
    const { entries } = buildReport(view, { build });
    const datas = (kind: string) => entries.filter((entry) => entry.kind === kind).map(({ data }) => data);
    const calls = view.steps.flatMap(({ id, evidence }) => evidence.map((call) => ({ ...call, step: id })));
    assert.deepEqual(datas('call'), calls);
    assert.deepEqual(datas('gate'), view.gates);
    assert.deepEqual(datas('event'), view.timeline);
    assert.deepEqual(datas('message'), view.messages);
    assert.equal(datas('step').length, view.steps.length);
    assert.ok(datas('measure').some((measure) => (measure as { name: string }).name === 'integrity'));
  });

  it('says in the result what a person must not overlook', () => {
    const said = contentsOf().sentences.join(' ');
    for (const part of [
      /Customers waited 1 min 59\.5 s; 2,391 of their orders failed/,
      /87 acknowledged orders are gone/,
      /was not fenced/,
    ]) {
      assert.match(said, part);
    }
    assert.match(said, /2 messages could not be sent/);
    const skipped = contentsOf((view) => (view.steps.at(-1)!.state = 'skipped')).sentences.join(' ');
    assert.match(skipped, /Left out by a person: “Allow automatic scaling in west again”/);
  });

  it('sets predicted calls beside those that were made', () => {
    const verdicts = contentsOf().steps.flatMap(({ compared }) =>
      compared.map(({ verdict, call, sent }) => `${verdict}: ${call} × ${sent}`),
    );
    assert.deepEqual(verdicts, [
      'as predicted: autoscaling:SetDesiredCapacity × 3',
      'as predicted: autoscaling:SuspendProcesses × 1',
      'as predicted: rds:PromoteReadReplica × 1',
      'other arguments: route53:ChangeResourceRecordSets × 1',
      'not predicted: POST http://west.lb.practice.example/orders × 1',
      'as predicted: route53:ChangeResourceRecordSets × 1',
      'as predicted: route53:ChangeResourceRecordSets × 1',
      'as predicted: rds:ModifyDBInstance × 2',
      'not made: rds:AddTagsToResource × 0',
      'as predicted: autoscaling:ResumeProcesses × 1',
    ]);
  });

  it('pairs equal calls by their arguments, not by their order', () => {
    const args = [{ weight: 34 }, { weight: 100 }];
    const { steps } = contentsOf((view) => {
      const [first] = view.steps;
      first!.predicted = args.map((each) => ({ call: 'shift', args: each }));
      first!.evidence = args.toReversed().map((each) => ({ ...view.steps[3]!.evidence[0]!, call: 'shift', args: each, ok: true }));
    });
    assert.deepEqual(
      steps[0]!.compared.map(({ verdict }) => verdict),
      ['as predicted', 'as predicted'],
    );
  });

  it('is the same for the same run, and answers for a run that has not ended', () => {
    assert.deepEqual(buildReport(sampleView(), { build }), buildReport(sampleView(), { build }));
    const open = contentsOf((view) => {
      delete view.endedAt;
      delete view.steps.at(-1)!.endedAt;
      view.state = 'inProgress';
    });
    assert.equal(open.run.endedAt, at(147.4));
    assert.match(open.sentences[0]!, /in progress/);
  });
});
