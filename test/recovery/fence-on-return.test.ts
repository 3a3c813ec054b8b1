import assert from 'node:assert/strict';
import { judgeReturn, type ReturnSeen } from '../../src/activities/postgres/returned.ts';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { fakes } from './fakes.ts';
import { plan } from './fake-regions.ts';

type Side = Parameters<typeof judgeReturn>[0];

const primary = (region: string, timeline: number | null): Side => ({
  region,
  reachable: true,
  inRecovery: false,
  readOnly: false,
  timeline,
});
const away = (region: string): Side => ({ region, reachable: false, inRecovery: null, readOnly: null, timeline: null });
const standby = (region: string): Side => ({ region, reachable: true, inRecovery: true, readOnly: true, timeline: null });
const refusing = (region: string): Side => ({ ...away(region), reachable: true, refusal: 'all its connections are taken' });
const closed = (region: string): Side => ({ ...primary(region, 2), readOnly: true });

describe('which of two databases is the promoted primary', () => {
  const cases: [string, Side, Side, ReturnSeen['verdict'], ReturnSeen['verdict']][] = [
    ['the other one, when it was promoted later', primary('east', 1), primary('west', 2), 'proven', 'proven'],
    ['this one, when it was promoted later', primary('east', 3), primary('west', 2), 'refused', 'refused'],
    ['this one, when the other one is a standby', primary('east', 1), standby('west'), 'refused', 'away'],
    ['this one, when the other one takes no writes', primary('east', 1), closed('west'), 'refused', 'away'],
    ['not this one, when it follows', standby('east'), primary('west', 2), 'follows', 'follows'],
    ['nobody can tell by equal logs', primary('east', 1), primary('west', 1), 'doubtful', 'proven'],
    ['nobody can tell when the other one is away', primary('east', 1), away('west'), 'doubtful', 'doubtful'],
    ['nobody can tell when the other one refuses us', primary('east', 1), refusing('west'), 'doubtful', 'doubtful'],
    ['it is waited for when both are away', away('east'), away('west'), 'away', 'away'],
    ['refused at once when the one to be fenced is away and the other one a standby', away('east'), standby('west'), 'refused', 'away'],
  ];
  it('nobody can tell by the logs when the other one was restored from a copy of before this one was promoted', () => {
    const judge = (promised: boolean, restored: boolean) => judgeReturn(primary('east', 5), primary('west', 2), promised, restored).verdict;
    assert.deepEqual([judge(true, true), judge(true, false), judge(false, true)], ['doubtful', 'refused', 'refused']);
    assert.equal(judgeReturn(primary('east', 1), primary('west', 2), true, true).verdict, 'proven');
  });
  for (const [title, old, other, byHand, promised] of cases) {
    it(title, () => {
      assert.equal(judgeReturn(old, other, false).verdict, byHand);
      assert.equal(judgeReturn(old, other, true).verdict, promised, 'when a failover stands by it');
    });
  }
});

describe('fenceOnReturn by hand', function () {
  this.timeout(60_000);
  const leases: unknown[] = [];
  const bench = benchFor(workflowsPath, () =>
    fakes({ acquireLeases: ({ resources }: { resources: string[] }) => (leases.push(...resources), { granted: true }) }),
  );
  const unplanned = { ...plan, planned: false, consumers: true };
  const go = (test: (run: TestRun) => Promise<void>, seen: ReturnSeen) =>
    bench.run('fenceOnReturn', test, { plan: unplanned, prepare: ({ answers }) => void (answers['readReturn'] = seen) });

  it('refuses a database that is the primary, in words, and changes nothing', async () => {
    await go(
      async (run) => {
        await assert.rejects(run.handle.result());
        const { state, status } = await run.view();
        assert.deepEqual([state, status], ['failed', 'ended by the runbook: Nothing was fenced: west is a standby']);
        assert.deepEqual(bench.tools.done, []);
      },
      { verdict: 'refused', why: 'west is a standby' },
    );
  });

  it('holds the lease of the database that it stops', async () => {
    leases.length = 0;
    await go(
      async (run) => {
        await run.handle.result();
        assert.deepEqual(leases, ['database/orders']);
        assert.deepEqual(bench.tools.done, ['fenceDatabase east', 'turnConsumers east']);
      },
      { verdict: 'proven', why: 'west was promoted' },
    );
  });

  it('asks for the stronger approval when nobody can tell which one is the primary', async () => {
    await go(
      async (run) => {
        const gate = await run.gate();
        const [asked] = (await run.view()).gates;
        assert.deepEqual(
          [asked!.of, asked!.question, asked!.facts.map(({ value }) => value)],
          ['data-owner', 'Fence the database in east although it may be the primary?', ['west does not answer']],
        );
        assert.deepEqual(bench.tools.done, []);
        await run.command('approve', { ...gate, by: 'ana' });
        await run.command('approve', { ...gate, by: 'ben' });
        await run.handle.result();
        assert.deepEqual(bench.tools.done, ['fenceDatabase east', 'turnConsumers east']);
      },
      { verdict: 'doubtful', why: 'west does not answer' },
    );
  });

  it('lifts the fence when it is undone', async () => {
    await bench.run(
      'fenceOnReturn',
      async (run) => {
        await run.seen('the step that fails', ({ state }) => state === 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.handle.result();
        assert.deepEqual(bench.tools.done, ['fenceDatabase east', 'unfenceDatabase east']);
      },
      { plan: unplanned, prepare: ({ failing }) => void failing.add('turnConsumers') },
    );
  });

  it('turns nothing off once the other one is no longer the primary', async () => {
    let looks = 0;
    await bench.run(
      'fenceOnReturn',
      async (run) => {
        const { status } = await run.seen('the refusal', ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /west is a standby/);
        assert.deepEqual(bench.tools.done, ['fenceDatabase east']);
      },
      {
        plan: unplanned,
        prepare: ({ answers }) => {
          const now = () => ((looks += 1) > 2 ? { verdict: 'refused', why: 'west is a standby' } : { verdict: 'proven', why: 'so' });
          answers['readReturn'] = now;
        },
      },
    );
  });
});
