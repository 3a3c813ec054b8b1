import assert from 'node:assert/strict';
import { changed } from '../../src/tapes/change.ts';
import { carryLengths, carryTimes } from '../../src/tapes/carry.ts';
import { TapeClock } from '../../src/tapes/clock.ts';
import { Answers } from '../../src/tapes/match.ts';
import { answerOf } from '../../src/tapes/people.ts';
import { recordTape } from '../../src/tapes/record.ts';
import { scoreOf } from '../../src/tapes/score.ts';
import { readTape, type Tape, type TapeCall } from '../../src/tapes/tape.ts';
import { pastRun, tapeOf } from './recorded.ts';

/** Changes what one payload of a history holds, wherever it is. */
const inPayloads = (change: (text: string) => string) => (history: string) =>
  history.replace(/"data":\s*"([A-Za-z0-9+/=]+)"/g, (_whole, data: string) => {
    const text = Buffer.from(data, 'base64').toString();
    return `"data":"${Buffer.from(change(text)).toString('base64')}"`;
  });

const call = (activity: string, step: string, args: unknown, value: unknown): TapeCall => ({
  ...{ activity, step, args: [args], at: '2026-03-14T03:00:00.000Z', tookMs: 10, attempts: 1, uses: [] },
  outcome: { is: 'result', value },
});
const valueOf = (found: { call: TapeCall } | undefined) => (found?.call.outcome.is === 'result' ? found.call.outcome.value : undefined);

describe('a tape', () => {
  let tape: Tape;
  before(async () => {
    tape = await tapeOf('fail-over-region');
  });

  it('holds what every activity answered, for which step and how long that took', () => {
    const { calls } = tape.runs[0]!;
    const promotion = calls.filter(({ activity }) => activity === 'promoteDatabase');
    assert.deepEqual(
      promotion.map(({ step, args, uses, outcome }) => [step, args, uses.includes('rds'), outcome.is]),
      [['Promote the database in west', [{ database: 'orders', region: 'west' }], true, 'result']],
    );
    // The worker had died meanwhile: the run noticed only ten seconds later, and customers waited for that too.
    assert.ok(promotion[0]!.tookMs > 17_000, String(promotion[0]!.tookMs));
    assert.deepEqual(
      tape.runs[0]!.outcome.gates[0]!.decisions.map(({ by }) => by),
      ['ana', 'ben'],
    );
    assert.deepEqual(readTape(JSON.stringify(tape)), tape);
  });

  it('has no secrets, wherever they were', async () => {
    const secrets = ['visibly-fake-1', 'visibly-fake-2'];
    const leaky = await tapeOf(
      'fail-over-region',
      inPayloads((text) =>
        text
          .replaceAll('"database":"orders"', '"database":"orders","password":"visibly-fake-1"')
          .replaceAll('"detail":"answered 503"', '"detail":"postgres://app:visibly-fake-2@db.example.com/orders did not answer"'),
      ),
    );
    const text = JSON.stringify(leaky);
    assert.deepEqual(
      secrets.filter((secret) => text.includes(secret)),
      [],
    );
    assert.match(text, /\[redacted\]/);
  });

  it('is not made of a simulation, nor of a run that goes on', async () => {
    await assert.rejects(tapeOf('fail-over-region-simulated'), /was a simulation/);
    const open = pastRun('fail-over-region');
    open.history.events = open.history.events!.slice(0, 60);
    await assert.rejects(
      recordTape(open, async () => undefined, '0.0.0'),
      /has not ended/,
    );
  });

  it('names runs that were steps of it and of which there is no history', async () => {
    const { missing, runs } = await tapeOf('recover-everything');
    assert.equal(runs.length, 1);
    assert.ok(missing.length > 0);
  });

  it('is refused with the place where it is none', () => {
    assert.throws(() => readTape('{'), /no JSON/);
    assert.throws(() => readTape(JSON.stringify({ ...tape, version: 2 })), /no tape of version 1: version/);
  });
});

describe('an answer of a tape', () => {
  it('is that of the same step and arguments, in order, and the last one again', () => {
    const answers = new Answers([
      ...[call('look', 'a', { region: 'east' }, 1), call('look', 'a', { region: 'west' }, 2), call('look', 'a', { region: 'east' }, 3)],
    ]);
    const look = (region: string) => valueOf(answers.take({ activity: 'look', step: 'a', args: [{ region }] }));
    assert.deepEqual([look('east'), look('east'), look('east'), look('west')], [1, 3, 3, 2]);
  });

  it('comes from another step rather than not at all, and never from another region', () => {
    const answers = new Answers([call('look', 'a', { region: 'east' }, 1)]);
    assert.equal(valueOf(answers.take({ activity: 'look', step: 'b', args: [{ region: 'east' }] })), 1);
    assert.equal(answers.take({ activity: 'look', step: 'a', args: [{ region: 'west' }] }), undefined);
    assert.equal(answers.take({ activity: 'act', step: 'a', args: [{ region: 'east' }] }), undefined);
  });
});

describe('the clock of a tape', () => {
  it('moves everything after a longer wait of people by what it was longer', () => {
    const clock = new TapeClock({ recorded: 1_000, now: 50_000 });
    const first = clock.call({ at: 1_100, tookMs: 100 }, 50_100);
    const afterGate = clock.call({ at: 2_000, tookMs: 500 }, 90_000);
    assert.equal(first.now(900), 49_900);
    assert.equal(afterGate.now(1_150), 50_150);
    assert.equal(afterGate.now(2_200), 90_200);
    assert.equal(afterGate.now(3_000), 91_000);
  });

  it('counts in full what is played faster', () => {
    const clock = new TapeClock({ recorded: 0, now: 0 }, 20);
    const { now, full } = clock.call({ at: 0, tookMs: 20_000 }, 0);
    assert.deepEqual([now(20_000), full(20_000)], [1_000, 20_000]);
    const beside = clock.call({ at: 0, tookMs: 10_000 }, 0);
    assert.equal(beside.full(10_000), 10_000);
    assert.equal(clock.call({ at: 30_000, tookMs: 2_000 }, 6_000).full(32_000), 27_000);
  });

  it('carries times in texts and lengths that follow from them', () => {
    const value = {
      startedAt: '2026-03-14T03:00:00Z',
      endedAt: '2026-03-14T03:00:10Z',
      totalMs: 10_000,
      note: 'since 2026-03-14T03:00:00Z',
    };
    const from = Date.parse(value.startedAt);
    const later = (time: number) => time + 60_000 + (time > from ? 5_000 : 0);
    assert.deepEqual(carryTimes(carryLengths(value, later), from, later), {
      startedAt: '2026-03-14T03:01:00.000Z',
      endedAt: '2026-03-14T03:01:15.000Z',
      totalMs: 15_000,
      note: 'since 2026-03-14T03:01:00.000Z',
    });
  });
});

describe('people on a tape', () => {
  let tape: Tape;
  before(async () => {
    tape = await tapeOf('fail-over-region');
  });
  const asked = (more: object = {}) => {
    const { question, of, quorum, facts } = tape.runs[0]!.outcome.gates[0]!;
    return { kind: 'gate' as const, title: question, round: 1, of, quorum, facts: facts as never, ...more };
  };

  it('decide the same question again after the same time', () => {
    const { commands } = answerOf(tape.runs[0]!, asked(), 0);
    assert.deepEqual(
      commands.map(({ verb, by, afterMs }) => [verb, by, afterMs > 0 && afterMs < 1_000]),
      [
        ['approve', 'ana', true],
        ['approve', 'ben', true],
      ],
    );
  });

  it('have no answer to other facts, to a stronger approval, or to what they were not asked', () => {
    const facts = asked().facts as { name: string; value: unknown }[];
    const lagging = facts.map((fact) => (fact.name === 'replication lag' ? { ...fact, value: 40_000 } : fact));
    assert.match(answerOf(tape.runs[0]!, asked({ facts: lagging }), 0).because!, /replication lag was 0 s, is 40 s/);
    assert.match(answerOf(tape.runs[0]!, asked({ quorum: 3 }), 0).because!, /asks 3 of data-owner; on the tape it asked 2/);
    assert.match(answerOf(tape.runs[0]!, asked({ title: 'Really?' }), 0).because!, /not asked on the tape/);
    assert.match(answerOf(tape.runs[0]!, { kind: 'step', title: 'Lift', round: 1 }, 0).because!, /did not fail/);
  });
});

describe('a what-if', () => {
  it('says what it changes, and refuses what is not on the tape', async () => {
    const tape = await tapeOf('fail-over-region');
    const other = changed(tape, { lagMs: 40_000, decisionMs: 1_200_000, throttle: [{ uses: 'route53', times: 2 }] });
    assert.deepEqual(other.edits, ['the standby lags 40 s behind', 'every decision takes 20 min', 'route53 refuses its first 2 calls']);
    assert.equal(tape.edits.length, 0);
    assert.throws(() => changed(tape, { throttle: [{ uses: 'sqs', times: 1 }] }), /speaks to sqs; it speaks to autoscaling, /);
    assert.throws(() => changed(tape, { answers: [{ activity: 'fly', path: ['x'], value: 1 }] }), /fly has no answer/);
    assert.throws(() => changed(tape, { answers: [{ activity: 'readCapacity', path: ['mux'], value: 1 }] }), /no field mux/);
  });
});

describe('the score of a drill', () => {
  it('is full for the original, and names each point that is missing', async () => {
    const { outcome } = (await tapeOf('fail-over-region')).runs[0]!;
    assert.deepEqual([scoreOf(outcome, outcome).total, scoreOf(outcome, outcome).lost], [100, []]);
    const [gate] = outcome.gates;
    const slow = { ...gate!, decidedAt: new Date(Date.parse(gate!.openedAt) + 90_000).toISOString() };
    const steps = outcome.steps.map((step) => (step.title.startsWith('Prove') ? { ...step, state: 'skipped' } : step));
    const late = { ...outcome.measures, outage: { ...(outcome.measures['outage'] as object), totalMs: 100_000 } };
    const { total, lost } = scoreOf(outcome, { ...outcome, state: 'completedWithExceptions', gates: [slow], steps, measures: late });
    assert.deepEqual(
      lost.map(({ points }) => points),
      [10, 10, 13.3, 10],
    );
    assert.equal(total, 57);
    assert.match(
      lost.map(({ why }) => why).join('\n'),
      /left out by a person[^]*took 1 min 30 s; 30 s would do[^]*RTO of 1 min was missed/,
    );
  });
});
