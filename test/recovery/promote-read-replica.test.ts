import assert from 'node:assert/strict';
import { oldPrimaryFact } from '../../src/workflows/facts/assess.ts';
import type { ReplicaPromotion } from '../../src/workflows/plans/plan.ts';
import { eventually } from '../eventually.ts';
import type { TestRun } from '../kit/harness.ts';
import { approveAll, atRest, everyWay } from './every-way.ts';
import { fakes, type Fakes } from './fakes.ts';

const plan: Omit<ReplicaPromotion, 'run'> = {
  ...{ service: 'shop', title: 'The shop', database: 'orders', from: 'east', to: 'west', planned: false },
  ...{ targets: { rtoMs: 60_000, rpoMs: 5_000 }, maxLagMs: 5_000 },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 }, escalateTo: [] },
    ...{ withinMs: 15 * 60_000, expiresAfterMs: 60 * 60_000 },
  },
  watch: { forMs: 1_000, errorRate: 0.05 },
  protection: { multiAz: true, alarms: ['storage', 'cpu'] },
};

/** East is the primary and answers, west follows it. */
const promotable = (more: Record<string, unknown> = {}) => {
  const state = { primaryAnswers: true, lagMs: 120 as number | null, missing: 0, replicaStatus: 'available' };
  const made = fakes({
    describeDatabase: ({ region }: { region: string }) => ({
      ...{ reachable: true, instance: `orders-${region}`, role: region === 'east' ? 'primary' : 'replica' },
      status: region === 'east' ? (state.primaryAnswers ? 'available' : 'stopped') : state.replicaStatus,
    }),
    replicationState: ({ region }: { region: string }) =>
      region === 'west'
        ? { reachable: true, inRecovery: true, lagMs: state.lagMs, lastReplayedAt: '2026-11-21T03:00:00Z', replayLsn: '0/2', writers: 0 }
        : { reachable: state.primaryAnswers, inRecovery: false, lagMs: null, lastReplayedAt: null, replayLsn: '0/2', writers: 0 },
    compareReplica: [
      { setting: 'parameter group', primary: 'orders-postgres', replica: 'orders-postgres' },
      { setting: 'instance class', primary: 'db.m7g.large', replica: 'db.t4g.small' },
      { setting: 'Multi-AZ', primary: 'on', replica: 'off' },
    ],
    missingOrders: () => ({ acknowledged: 100, missing: [], count: state.missing, lostMs: state.lagMs }),
    vantage: [{ name: 'control room', healthy: true, detail: 'answered 200', ms: 1 }],
    fenceDatabase: { lsn: '0/2' },
    observeService: { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 },
    customersOutage: { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true },
    checkIntegrity: [{ name: 'whole', value: 0, expected: 0, holds: true }],
    ...more,
  });
  return Object.assign(made, { state });
};
type Promotable = ReturnType<typeof promotable>;

describe('promoteReadReplica', function () {
  this.timeout(120_000);
  const bench = everyWay({ workflow: 'promoteReadReplica', plan, tools: promotable });
  const tools = () => bench.tools as Promotable;
  const go = (test: (run: TestRun) => Promise<void>, more: { plan?: object; prepare?: (made: Promotable) => void } = {}) =>
    bench.run('promoteReadReplica', test, {
      plan: { ...plan, ...more.plan },
      ...(more.prepare ? { prepare: (made: Fakes) => more.prepare!(made as Promotable) } : {}),
    });
  const rebuilt = ['fenceDatabase east', 'setAsideDatabase east', 'createReplica east'];

  it('fences before it promotes, promotes before it points, protects the new primary and replaces the old one', async () => {
    await go(async (run) => {
      const view = await approveAll(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(bench.tools.done, [
        ...['fenceDatabase east', 'promoteDatabase west', 'unfenceDatabase west', 'pointDatabaseRecord west', 'proveOrder'],
        ...['protectDatabase west', 'setMultiAz west', 'protectWithAlarms west', ...rebuilt],
      ]);
      assert.deepEqual(
        view.gates.map(({ question, of }) => [question, of]),
        [['Make the replica of orders in west the primary?', 'incident-commander']],
        'the replica has every write, so nobody need be asked about the old data',
      );
    });
  });

  it('shows how the replica differs from the primary before anybody decides', async () => {
    await go(async (run) => {
      await run.gate();
      const { facts } = (await run.view()).gates[0]!;
      const seen = (name: string) => facts.find((fact) => fact.name === name);
      assert.deepEqual(
        [seen('instance class of the replica')?.verdict, seen('instance class of the replica')?.value],
        ['bad', 'db.t4g.small'],
      );
      assert.equal(seen('parameter group of the replica')?.verdict, 'good');
      assert.match(seen('Multi-AZ of the replica')!.source, /the primary has on/);
      assert.deepEqual(bench.tools.done, []);
    });
  });

  it('has a person point the service where no record does, says so before the promotion, and goes on', async () => {
    await go(
      async (run) => {
        const asked = await approveAll(run, ({ gates }) => gates.length === 2);
        assert.ok(asked.gates[0]!.facts.some(({ id, verdict }) => id === 'pointer' && verdict === 'unknown'));
        const gate = asked.gates[1]!;
        assert.equal(gate.question, 'Does shop use the database in west now? The environment names nothing that points it there');
        await run.command('approve', { gate: gate.id, digest: gate.digest, by: 'ana', comment: 'its configuration is changed' });
        assert.equal((await approveAll(run)).state, 'completed');
        assert.ok(!bench.tools.done.includes('pointDatabaseRecord west'));
        assert.ok(bench.tools.done.includes('protectDatabase west'));
      },
      { plan: { pointer: 'none' } },
    );
  });

  it('waits for a backup to end before it stops any write', async () => {
    let ended = false;
    const order: string[] = [];
    await go(
      async (run) => {
        await approveAll(run, ({ steps }) => steps.some(({ title, state }) => /no backup holds/.test(title) && state === 'running'));
        assert.deepEqual(bench.tools.done, []);
        ended = true;
        await approveAll(run);
        assert.deepEqual(order, ['awaitPromotable', 'fenceDatabase', 'promoteDatabase', 'fenceDatabase']);
      },
      {
        prepare: (made) => {
          made.state.replicaStatus = 'backing-up';
          const noted = (name: string, answer: unknown) => () => (order.push(name), answer);
          made.answers['awaitPromotable'] = async () => {
            await eventually('the end of the backup', () => ended, Boolean);
            order.push('awaitPromotable');
          };
          made.answers['fenceDatabase'] = noted('fenceDatabase', { lsn: '0/2' });
          made.answers['promoteDatabase'] = noted('promoteDatabase', {});
        },
      },
    );
  });

  it('takes the stronger approval for a primary that does not answer, leaves its fence behind, and does not touch its data', async () => {
    await go(
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.equal(view.gates[0]!.of, 'data-owner');
        assert.deepEqual(view.measures['fence'], { fenced: false, why: 'the primary in east does not answer' });
        assert.ok(!bench.tools.done.some((act) => /setAside|createReplica/.test(act)), bench.tools.done.join());
        assert.equal((view.measures['replica'] as { region: string | null }).region, null);
        await eventually(
          'the fence on return',
          () => bench.tools.done,
          (done) => done.includes('fenceDatabase east'),
        );
        await bench.env.client.workflow.getHandle(`${view.runId}-fenceOnReturn`).result();
      },
      { prepare: ({ state }) => Object.assign(state, { primaryAnswers: false, missing: 3, lagMs: 900 }) },
    );
  });

  it('protects the new primary although its service looks bad to customers, who are in a region that it cannot mend', async () => {
    await go(
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completedWithExceptions', view.status);
        const failed = view.steps.filter(({ state }) => state === 'failed').map(({ title }) => title);
        assert.deepEqual(failed, ['Prove a write and a read as a customer', 'Watch the service as customers see it']);
        assert.ok(bench.tools.done.includes('protectDatabase west'));
      },
      {
        prepare: (made) => {
          made.failing.add('proveOrder');
          made.answers['observeService'] = { readings: 10, good: 3, bad: 7, missing: 0, errorRate: 0.7, worstMs: 5 };
          made.answers['vantage'] = ['control room', 'edge'].map((name) => ({ name, healthy: false, detail: 'answered 503', ms: 1 }));
        },
      },
    );
  });

  it('takes a primary that refuses us for one that may still write: it says so, asks for the stronger approval, and fences it later', async () => {
    const refusal = 'all its connections are taken (53300)';
    const prepare = (made: Promotable) => {
      const asBefore = made.answers['replicationState'] as (asked: { region: string }) => object;
      made.answers['replicationState'] = (asked: { region: string }) =>
        asked.region === 'west'
          ? asBefore(asked)
          : { reachable: true, refusal, inRecovery: null, readOnly: null, lagMs: null, replayLsn: null };
    };
    await go(
      async (run) => {
        await run.gate();
        const [gate] = (await run.view()).gates;
        const seen = gate!.facts.find(({ id }) => id === oldPrimaryFact)!;
        assert.deepEqual([seen.value, seen.verdict, gate!.of], [`cannot be read: ${refusal}`, 'unknown', 'data-owner']);
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(view.measures['fence'], { fenced: false, why: `the primary in east refuses us, ${refusal}` });
      },
      { prepare },
    );
  });

  it('calls a loss that nobody counts unknown, never 0 and good', async () => {
    const prepare = (made: Promotable) =>
      void (made.answers['missingOrders'] = { acknowledged: null, missing: [], count: null, lostMs: null });
    await go(
      async (run) => {
        await run.gate();
        const { facts } = (await run.view()).gates[0]!;
        const seen = facts.find(({ name }) => name === 'acknowledged orders that the standby does not have')!;
        assert.deepEqual([seen.value, seen.verdict, seen.source], [null, 'unknown', 'customers keep no receipts']);
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.equal((view.measures['lost'] as { count: number | null }).count, null);
      },
      { prepare },
    );
  });

  it('opens the gate anew, for the stronger approval, when the lag grows over the budget before somebody approves', async () => {
    await go(async (run) => {
      const gate = await run.gate();
      tools().state.lagMs = 30_000;
      await assert.rejects(run.command('approve', { ...gate, by: 'ana' }));
      const [again] = (await run.view()).gates;
      assert.deepEqual([again!.state, again!.round, again!.of], ['open', 2, 'data-owner']);
      assert.deepEqual(bench.tools.done, []);
    });
  });

  it('asks for the stronger approval when the lag is over the budget by less than people see', async () => {
    await go(
      async (run) => {
        await run.gate();
        const [gate] = (await run.view()).gates;
        const lag = gate!.facts.find(({ id }) => id === 'lag')!;
        assert.deepEqual([lag.kind, lag.value, lag.verdict], ['duration', 5_040, 'bad']);
        assert.equal(gate!.of, 'data-owner');
      },
      { plan: { planned: false }, prepare: ({ state }) => Object.assign(state, { lagMs: 5_040 }) },
    );
  });

  it('asks again before it promotes when more would be lost than people approved', async () => {
    await go(
      async (run) => {
        const stuck = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(stuck.status, /every write of east/);
        Object.assign(tools().state, { lagMs: 40_000, missing: 800 });
        bench.tools.failing.clear();
        await run.command('skipStep', { by: 'sam', reason: 'the primary cannot ship any more' });
        const view = await run.seen('a second gate', ({ gates }) => gates.length === 2);
        assert.deepEqual([view.gates[1]!.question, view.gates[1]!.of], ['Lose 800 acknowledged orders?', 'data-owner']);
        assert.ok(!bench.tools.done.includes('promoteDatabase west'));
        const end = await approveAll(run);
        assert.equal(end.state, 'completedWithExceptions');
        assert.equal(end.gates[2]!.question, 'Set the old database in east aside and rebuild it from west?');
      },
      { prepare: ({ failing }) => failing.add('awaitCaughtUp') },
    );
  });

  describe('of a service that nothing proves a write of', () => {
    const unproven = 'nothing proves a write in shop: services.shop.proofs names none';
    const question = 'Nothing proves a write in shop: has somebody seen that it works?';
    const unprovenPlan = { plan: { unproven }, prepare: (made: Promotable) => void Object.assign(made.answers, answers) };
    const answers = {
      proveOrder: { id: '', url: 'http://shop', passed: ['it says that it is well'], leftBehind: [], unproven },
      serviceHealth: { well: true, detail: 'answers 200', ms: 1, asked: 'http://shop/health', answered: true },
    };
    const asked = (run: TestRun, times = 1) =>
      approveAll(run, ({ gates }) => gates.filter((gate) => gate.question === question).length === times).then(({ gates }) =>
        gates.at(-1)!,
      );
    const answer = (run: TestRun, decision: 'approve' | 'decline', { id, digest }: { id: string; digest: string }, comment?: string) =>
      run.command(decision, { gate: id, digest, by: 'ana', ...(comment === undefined ? {} : { comment }) });

    it('says so at its start and to whoever decides, and asks a person who has seen it', async () => {
      await go(async (run) => {
        const gate = await asked(run);
        const { timeline, gates, steps } = await run.view();
        assert.equal(timeline[1]!.text, `A person will be asked whether it works: ${unproven}`);
        assert.equal(gates[0]!.facts.find(({ id }) => id === 'proof')!.value, 'nothing: a person is asked whether it works');
        assert.equal(steps.find(({ title }) => title === 'Prove a write and a read as a customer')!.outcome, 'it says that it is well');
        assert.deepEqual([gate.quorum, gate.facts.find(({ id }) => id === 'health')!.value], [1, 'answers 200']);
        await assert.rejects(answer(run, 'approve', gate), ({ cause }: Error) => /say in a comment what you saw/.test(String(cause)));
        await answer(run, 'approve', gate, 'I have placed an order');
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(view.measures['proof'], { unproven, answer: 'approved' });
      }, unprovenPlan);
    });

    it('goes on when nobody answers, and waits when somebody has seen that it does not work', async () => {
      await go(async (run) => {
        await asked(run);
        await atRest(run);
        await bench.env.sleep('2h');
        const view = await approveAll(run);
        assert.deepEqual([view.state, view.measures['proof']], ['completed', { unproven, answer: 'expired' }]);
      }, unprovenPlan);
      await go(async (run) => {
        await answer(run, 'decline', await asked(run), 'it answers 500');
        const { status } = await run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /Wait until shop works/);
        await run.command('retryStep', { by: 'sam' });
        await answer(run, 'approve', await asked(run, 2), 'now it takes orders');
        assert.equal((await approveAll(run)).state, 'completed');
      }, unprovenPlan);
    });
  });

  it('does not begin when the replica is none, or a planned promotion finds no primary', async () => {
    const wrong: [(made: Promotable) => void, object, RegExp][] = [
      [
        (made) => (made.answers['describeDatabase'] = () => ({ reachable: true, instance: 'orders-west', role: 'absent', status: '' })),
        {},
        /orders-west in west: needed a replica, have absent/,
      ],
      [({ state }) => (state.primaryAnswers = false), { planned: true }, /a planned promotion needs the primary in east/],
    ];
    for (const [prepare, more, reason] of wrong) {
      await go(
        async (run) => {
          const { status } = await run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
          assert.match(status, reason);
          assert.deepEqual(bench.tools.done, []);
        },
        { prepare, plan: more },
      );
    }
  });

  it('undoes the fence, and nothing else, when the promotion fails', async () => {
    await go(
      async (run) => {
        await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'a test' });
        const view = await run.seen('the end', ({ state }) => state === 'compensated');
        assert.deepEqual(bench.tools.done, ['fenceDatabase east', 'unfenceDatabase east'], view.status);
      },
      { prepare: ({ failing }) => failing.add('promoteDatabase') },
    );
  });
});
