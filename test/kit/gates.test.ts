import assert from 'node:assert/strict';
import { timeSkippingBench, type TestRun } from './harness.ts';

/** The name of the refusal that a command gets. */
async function refusal(command: Promise<unknown>): Promise<string> {
  try {
    await command;
  } catch (error) {
    return ((error as Error).cause as { type?: string }).type ?? String(error);
  }
  return 'accepted';
}

const approve = async (run: TestRun, by: string, digest?: string) => {
  const gate = await run.gate();
  return run.command('approve', { ...gate, by, ...(digest === undefined ? {} : { digest }) });
};

describe('a gate', () => {
  const bench = timeSkippingBench();

  it('opens when enough different people approve the facts that it shows', async () => {
    await bench.run('gated', async (run) => {
      const first = await approve(run, 'ana');
      assert.equal(first.state, 'pendingApproval');
      await approve(run, 'ben');
      assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
      assert.deepEqual(bench.tools.done.filter((name) => name !== 'lag').sort(), ['change', 'warm']);
      const [gate] = (await run.view()).gates;
      assert.deepEqual(
        gate!.decisions.map(({ by, digest }) => [by, digest === gate!.digest]),
        [
          ['ana', true],
          ['ben', true],
        ],
      );
    });
  });

  it('refuses the requester, strangers, viewers, people without the duty, a second vote and a stale digest, and goes on waiting', async () => {
    await bench.run('gated', async (run) => {
      assert.equal(await refusal(approve(run, 'sam')), 'OwnRequest');
      assert.equal(await refusal(approve(run, 'nobody')), 'NotEntitled');
      assert.equal(await refusal(approve(run, 'vic')), 'NotEntitled');
      assert.equal(await refusal(approve(run, 'kim')), 'NotEntitled');
      assert.equal(await refusal(approve(run, 'ana', 'f'.repeat(64))), 'StaleDigest');
      await approve(run, 'ana');
      assert.equal(await refusal(approve(run, 'ana')), 'AlreadyApproved');
      const { digest } = await run.gate();
      assert.equal(await refusal(run.command('approve', { gate: 'no-such-gate', digest, by: 'ben' })), 'UnknownGate');
      assert.equal((await run.view()).state, 'pendingApproval');
      assert.ok(!bench.tools.done.includes('change'));
    });
  });

  it('opens again with the new facts when they changed before the approval', async () => {
    await bench.run('gated', async (run) => {
      await approve(run, 'ana');
      bench.tools.state.lag = 7_000;
      const before = await run.gate();
      assert.equal(await refusal(run.command('approve', { ...before, by: 'ben' })), 'FactsChanged');
      const [gate] = (await run.view()).gates;
      assert.deepEqual([gate!.round, gate!.state, gate!.decisions.length, gate!.facts[0]!.value], [2, 'open', 0, 7_000]);
      assert.equal(await refusal(run.command('approve', { ...before, by: 'ben' })), 'StaleDigest');
      await approve(run, 'ana');
      await approve(run, 'ben');
      await run.handle.result();
    });
  });

  it('keeps its approvals when a number moves on the same side of its verdict, and says so', async () => {
    await bench.run('judged', async (run) => {
      await approve(run, 'ana');
      bench.tools.state.lag = 9_000;
      await approve(run, 'ben');
      assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
      const { gates, timeline } = await run.view();
      assert.deepEqual([gates[0]!.round, gates[0]!.decisions.length], [1, 2]);
      assert.ok(timeline.some(({ text }) => /The approval holds, though facts moved: lag was 1 s, is now 9 s/.test(text)));
    });
  });

  for (const runbook of ['judged', 'gated']) {
    it(`keeps its approvals when one reading flickers (${runbook})`, async () => {
      await bench.run(runbook, async (run) => {
        await approve(run, 'ana');
        bench.tools.state.flicker = [20_000];
        await approve(run, 'ben');
        assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
        assert.equal((await run.view()).gates[0]!.round, 1);
      });
    });
  }

  it('opens again when a verdict is crossed in two readings, and names the fact', async () => {
    await bench.run('judged', async (run) => {
      await approve(run, 'ana');
      bench.tools.state.lag = 20_000;
      assert.equal(await refusal(approve(run, 'ben')), 'FactsChanged');
      const { gates, timeline } = await run.view();
      assert.deepEqual([gates[0]!.round, gates[0]!.decisions.length], [2, 0]);
      assert.ok(timeline.some(({ text }) => /open again: lag was 1 s, is now 20 s \(good before, bad now\)/.test(text)));
    });
  });

  it('takes changes within the tolerance for the same facts', async () => {
    await bench.run('gated', async (run) => {
      await approve(run, 'ana');
      bench.tools.state.lag = 2_500;
      await approve(run, 'ben');
      await run.handle.result();
    });
  });

  it('asks for the stronger approval when the facts do', async () => {
    await bench.run(
      'gated',
      async (run) => {
        await run.gate();
        assert.equal((await run.view()).gates[0]!.of, 'data-owner');
      },
      { prepare: ({ state }) => (state.lag = 40_000) },
    );
  });

  it('ends the run when it is declined, and undoes what was prepared meanwhile', async () => {
    await bench.run('gated', async (run) => {
      await run.seen('the warm-up', ({ steps }) => steps.some(({ title, state }) => title === 'Warm up' && state === 'completed'));
      await run.command('decline', { ...(await run.gate()), by: 'ana', comment: 'not the region, the network' });
      assert.equal(((await run.handle.result()) as { state: string }).state, 'canceled');
      assert.ok(bench.tools.done.includes('undo warm') && !bench.tools.done.includes('change'));
    });
  });

  it('never takes silence for consent: it asks the next on the ladder, then expires and undoes', async () => {
    await bench.run('gated', async (run) => {
      await run.gate();
      const asked = Date.parse((await run.view()).gates[0]!.openedAt);
      assert.equal(((await run.handle.result()) as { state: string }).state, 'timedOut');
      const [gate] = (await run.view()).gates;
      assert.deepEqual(
        gate!.escalations.map(({ to }) => to),
        ['vp'],
      );
      assert.equal(Math.round((Date.parse(gate!.escalations[0]!.at) - asked) / 60_000), 15);
      assert.equal(gate!.state, 'expired');
      assert.ok(bench.tools.done.includes('undo warm') && !bench.tools.done.includes('change'));
    });
  });

  it('lets those decide too whom the escalation asked', async () => {
    await bench.run('gated', async (run) => {
      await run.gate();
      await bench.env.sleep('16m');
      await approve(run, 'kim');
      await approve(run, 'ana');
      assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
    });
  });

  it('takes a plain signal with the same payload, and records why one is refused', async () => {
    await bench.run('gated', async (run) => {
      const gate = await run.gate();
      await run.signal('approve', { ...gate, by: 'sam' });
      await run.seen('the refusal in the record', ({ timeline }) =>
        timeline.some(({ text }) => /Refused approve by sam: sam asked for this run/.test(text)),
      );
      await run.signal('approve', { ...gate, by: 'ana' });
      await run.signal('approve', { ...gate, by: 'ben' });
      assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
    });
  });

  it('counts one decision when five copies of a command arrive', async () => {
    await bench.run('gated', async (run) => {
      const gate = await run.gate();
      const copies = Array.from({ length: 5 }, () => run.command('approve', { ...gate, by: 'ana', id: 'one-click' }));
      await Promise.all(copies);
      assert.equal((await run.view()).gates[0]!.decisions.length, 1);
    });
  });

  it('has exactly one outcome when approval and refusal arrive together', async () => {
    await bench.run('gated', async (run) => {
      await approve(run, 'ana');
      const gate = await run.gate();
      const outcomes = await Promise.all([
        refusal(run.command('approve', { ...gate, by: 'ben' })),
        refusal(run.command('decline', { ...gate, by: 'kim' })),
        refusal(run.command('decline', { ...gate, by: 'ben' })),
      ]);
      assert.equal(outcomes.filter((outcome) => outcome === 'accepted').length, 1, outcomes.join());
      await run.handle.result();
    });
  });

  it('asks nobody in a simulation and says whom it would ask', async () => {
    await bench.run(
      'gated',
      async (run) => {
        assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
        const view = await run.view();
        assert.equal(view.gates[0]!.state, 'simulated');
        assert.match(view.steps[0]!.outcome!, /would ask 2 of incident-commander/);
      },
      { request: { mode: 'simulate' } },
    );
  });

  it('is left when the run is aborted, and nothing goes on behind it', async () => {
    await bench.run('gated', async (run) => {
      await run.gate();
      await run.command('abort', { by: 'sam', how: 'undo', reason: 'false alarm' });
      assert.equal(((await run.handle.result()) as { state: string }).state, 'compensated');
      assert.equal((await run.view()).gates[0]!.state, 'canceled');
    });
  });
});
