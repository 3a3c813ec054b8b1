import assert from 'node:assert/strict';
import { renderRun } from '../../../src/cli/view/render-run.ts';
import type { RunView } from '../../../src/workflows/messages.ts';
import { at, gate, run, step } from '../support/views.ts';

const picture = (view: RunView, width = 110) => renderRun(view, { now: Date.parse(at(10)), width, color: false });

const deciding = run({
  state: 'pendingApproval',
  status: 'asks: Fail over?',
  phase: 'Decide',
  verbs: ['approve', 'decline', 'pause', 'undo', 'abort', 'note'],
  undoable: ['Warm west'],
  waitingFor: { what: 'Fail over?', who: '2 of 2 approvals by incident-commander', since: at(5), until: '2026-03-01T11:00:05.000Z' },
  steps: [
    step('Check that west can take over', 0, 4, { outcome: 'orders-west is a replica' }),
    step('Fail over?', 5, undefined, { id: 'fail-over?', kind: 'gate', phase: 'Decide', state: 'pendingApproval' }),
    step('Warm west', 5, undefined, { phase: 'Decide', reversible: true }),
  ],
  gates: [gate()],
});

describe('renderRun', () => {
  it('shows a run at its gate: steps by phase, side by side, the facts, whom it waits for, what can be done', () => {
    assert.equal(
      picture(deciding),
      [
        'Fail shop over from east to west',
        '? waits for approval: asks: Fail over?',
        'run-1 · range · started 10:00:00Z · 10 s',
        'asked for by sam: east is lost',
        '',
        'Assess',
        '  ✔ done        Check that west can take over           4 s  orders-west is a replica',
        '',
        'Decide',
        '┌ ? waits       Fail over?                              5 s',
        '      ✖ bad       replication lag   10.2 s              1 s old, PostgreSQL in west',
        '      ✔ good      standby database  replica, available  2 s old, RDS in west',
        '      ·           last transaction  not known           1 s old, PostgreSQL in west',
        '      cannot be undone: the promotion',
        '      waits for 2 of incident-commander (0 of 2), closes in 59 min 55 s',
        '      gate fail-over?, facts --digest digest-1',
        '└ ▸ running     Warm west                               5 s',
        '',
        'Waits for 2 of 2 approvals by incident-commander: Fail over? (for 5 s, closes in 59 min 55 s)',
        'Answer muster approve run-1, muster decline run-1',
        'Can be undone: Warm west',
        'You can approve, decline, pause, undo, abort, note',
      ].join('\n'),
    );
  });

  it('shows who decided, and no more facts, when a gate is closed', () => {
    const decisions = [
      { decision: 'approve' as const, by: 'ana', at: at(7), digest: 'digest-1', channel: 'api' as const, comment: 'seen twice' },
    ];
    const text = picture({ ...deciding, gates: [gate({ state: 'approved', decisions })] });
    assert.match(text, /✔ approved +Fail over\?/);
    assert.match(text, /ana approved at 10:00:07Z \(api\): seen twice/);
    assert.doesNotMatch(text, /replication lag/);
  });

  it('tells that facts were replaced and who else is asked', () => {
    const text = picture({ ...deciding, gates: [gate({ round: 3, escalations: [{ at: at(9), to: 'vp-engineering' }] })] });
    assert.match(text, /the facts have changed 2 time\(s\)/);
    assert.match(text, /waits for 2 of incident-commander or vp-engineering \(0 of 2\)/);
  });

  it('shows why a step failed, how often it was tried, and what was undone', () => {
    const failure = { name: 'UnknownOutcome', message: 'no answer from RDS' };
    const text = picture(
      run({
        state: 'pausedByFailedStep',
        steps: [
          step('Promote the database', 1, undefined, { state: 'failed', tries: 2, failure, pointOfNoReturn: true }),
          step('Undo: Warm west', 5, 6, { kind: 'undo', state: 'compensated' }),
        ],
      }),
    );
    assert.match(text, /✖ failed +Promote the database ! .*try 2\n +UnknownOutcome: no answer from RDS/);
    assert.match(text, /↩ undone +Undo: Warm west/);
  });

  it('lists what a simulation would call', () => {
    const predicted = [{ call: 'rds:PromoteReadReplica' }];
    const text = picture(run({ mode: 'simulate', steps: [step('Promote', 1, 2, { state: 'simulated', predicted })] }));
    assert.match(text, /DRY RUN: nothing is changed/);
    assert.match(text, /~ predicted +Promote.*\n +would call rds:PromoteReadReplica/);
  });

  it('tells what a simulation did not try from what could not be read', () => {
    const read = { kind: 'duration' as const, source: 'a test', at: at(1), value: null };
    const facts = [
      { ...read, id: 'lag', name: 'lag', verdict: 'unknown' as const },
      { ...read, id: 'effect', name: 'effect', verdict: 'notTried' as const },
    ];
    const steps = [
      step('Watch it', 1, 2, { state: 'notTried', outcome: 'not tried in a dry run' }),
      step('Go on?', 2, 3, { kind: 'gate' }),
    ];
    const asked = gate({ id: steps[1]!.id, state: 'simulated', facts });
    const text = picture(run({ mode: 'simulate', steps, gates: [asked] }));
    assert.match(text, /– not tried +Watch it .*not tried in a dry run/);
    assert.match(text, /\? not known +lag +not known/);
    assert.match(text, /– not tried +effect +not tried in a dry run/);
  });

  it('tells which messages were not sent', () => {
    const text = picture(run({ messages: [{ to: 'slack', text: 'It has started.', at: at(1), state: 'notSent', problem: 'refused' }] }));
    assert.match(text, /Messages not sent\n {2}✖ slack: "It has started\." \(refused\)/);
  });

  it('offers nothing when the run has ended', () => {
    const text = picture(run({ state: 'completed', status: 'is done', endedAt: at(9), verbs: [] }));
    assert.match(text, /✔ completed: is done\nrun-1 · range · started 10:00:00Z · 9 s/);
    assert.doesNotMatch(text, /You can/);
  });

  it('keeps to the width, and lets no control character through', () => {
    const evil = '\u001b[2J\u001b]0;title\u0007 long '.repeat(20);
    const text = picture({ ...deciding, title: evil, status: evil, steps: [step(evil, 1, 2, { outcome: evil })] }, 60);
    assert.ok(
      text.split('\n').every((line) => line.length <= 60),
      text,
    );
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('cuts no error, status or fact: they go on below, and in a pipe on one line', () => {
    const endless = 'RDS says that the instance cannot be promoted while '.repeat(8).trim();
    const failure = { name: 'UnknownOutcome', message: endless };
    const fact = { ...gate().facts[0]!, name: endless, value: endless, source: endless };
    const view = {
      ...{ ...deciding, status: endless, reason: endless, gates: [gate({ facts: [fact], cannotBeUndone: endless })] },
      steps: [step('Promote the database', 1, 2, { state: 'failed', failure, outcome: endless }), deciding.steps[1]!],
      messages: [{ to: 'slack' as const, text: endless, at: at(1), state: 'notSent' as const, problem: endless }],
    };
    for (const width of [80, 100, Infinity]) {
      const text = picture(view, width);
      assert.ok(
        text.split('\n').every((line) => line.length <= width),
        text,
      );
      assert.ok(!text.includes('…'), text);
      const words = text.replace(/\s+/g, ' ');
      assert.equal(words.split(endless).length - 1, 10, text);
    }
  });

  it('paints only when colours are wanted', () => {
    const view = run({ steps: [step('Warm west', 1, 2)] });
    assert.ok(renderRun(view, { now: Date.parse(at(10)), width: 80, color: true }).includes('\u001b[32m✔'));
    assert.ok(!picture(view).includes('\u001b'));
  });
});
