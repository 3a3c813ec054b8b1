import assert from 'node:assert/strict';
import { changed } from '../../src/tapes/change.ts';
import { compareOutcomes } from '../../src/tapes/compare.ts';
import type { Tape } from '../../src/tapes/tape.ts';
import { whatIf } from '../../src/tapes/what-if.ts';
import '../quiet-runtime.ts';
import { tapeOf } from './recorded.ts';

describe('a what-if of the loss of a region', function () {
  this.timeout(60_000);
  let tape: Tape;
  before(async () => {
    tape = await tapeOf('fail-over-region');
  });
  const beside = async (other: Tape, options?: Parameters<typeof whatIf>[1]) => {
    const { outcome, stopped } = await whatIf(other, options);
    return { ...compareOutcomes(tape.runs[0]!.outcome, outcome), outcome, stopped };
  };
  const stepsOf = ({ steps }: { steps: readonly { title: string; state: string }[] }) =>
    steps.map(({ title, state }) => `${title}: ${state}`);

  it('with nothing changed comes to the same end in the same time, and decisions of 20 minutes make it 20 minutes longer, within seconds', async () => {
    const same = await beside(tape);
    assert.deepEqual([same.stopped, same.outcome.state], [undefined, 'completed']);
    // How scaling is held has changed since the tape was made.
    const others = (steps: string[]) => steps.filter((step) => !/automatic scaling|Keep at least/.test(step));
    assert.deepEqual(others(stepsOf(same.outcome)), others(stepsOf(tape.runs[0]!.outcome)));
    assert.ok(Math.abs(same.now.rto.actualMs! - same.recorded.rto.actualMs!) < 3_000, `${same.now.rto.actualMs}`);

    const began = Date.now();
    const slow = await beside(changed(tape, { decisionMs: 20 * 60_000 }));
    assert.ok(Date.now() - began < 20_000);
    assert.equal(slow.outcome.state, 'completed');
    const longer = slow.now.rto.actualMs! - same.now.rto.actualMs!;
    assert.ok(Math.abs(longer - 20 * 60_000) < 5_000, `${longer}`);
    assert.equal(slow.now.rto.met, false);
  });

  it('with a lag over the budget ends at the gate that asks about it, and shows its cost when somebody approves', async () => {
    const lagging = changed(tape, { lagMs: 40_000 });
    const { outcome, stopped, first } = await beside(lagging);
    assert.equal(outcome.state, 'pendingApproval');
    assert.match(stopped!, /“Fail shop over to west\?” waits for people.*replication lag was 0 s, is 40 s/);
    assert.match(first!, /was asked with other facts/);
    // What went on beside the question came to its end.
    assert.equal(outcome.steps.find(({ title }) => title.startsWith('Warm west'))!.state, 'completed');

    const approved = await beside(lagging, { approveAfterMs: 120_000 });
    assert.equal(approved.outcome.state, 'completed');
    assert.deepEqual([approved.now.rpo.actualMs, approved.now.rpo.met, approved.now.ordersLost], [40_000, false, 40]);
  });

  it('asks the stronger approval when only the lag is over the budget, which nobody on the tape gave', async () => {
    const planned = await tapeOf('fail-over-region-by-switch');
    const { outcome, stopped } = await whatIf(changed(planned, { lagMs: 40_000 }));
    assert.equal(outcome.state, 'pendingApproval');
    assert.match(
      stopped!,
      /“Fail shop over to west\?” waits for people: it asks 2 of data-owner; on the tape it asked 2 of incident-commander/,
    );
  });

  it('shows that Route 53 was asked too often', async () => {
    const asToday = (await beside(tape)).outcome;
    const { outcome } = await beside(changed(tape, { throttle: [{ uses: 'route53', times: 3 }] }));
    const { first } = compareOutcomes(asToday, outcome);
    assert.equal(outcome.state, 'completed');
    assert.match(first!, /“Check that west can take over” takes \d.*s longer/);
    const never = await beside(changed(tape, { throttle: [{ uses: 'route53', times: 50 }] }));
    assert.deepEqual([never.outcome.state, never.outcome.steps[0]!.failure!.name], ['pausedByFailedStep', 'Transient']);
  });

  it('pauses for people, in a clear sentence, where the run asks what the tape has no answer to', async () => {
    const [run, ...rest] = tape.runs;
    const calls = run!.calls.filter(({ activity }) => activity !== 'protectDatabase');
    const { outcome, stopped } = await whatIf({ ...tape, runs: [{ ...run!, calls }, ...rest] });
    assert.equal(outcome.state, 'pausedByFailedStep');
    assert.match(outcome.status, /the tape has no answer for protectDatabase, asked by “Turn backups of the new primary on”/);
    assert.match(stopped!, /waits for people: this step did not fail on the tape/);
  });
});
