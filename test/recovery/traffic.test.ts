import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { eventually } from '../eventually.ts';
import { benchFor } from '../kit/harness.ts';
import { approveAll, everyWay } from './every-way.ts';
import { controls, plans, regions } from './traffic-plans.ts';

describe('failOverRegion moves customers', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, () => regions());
  const moves = ['shiftTraffic', 'turnTrafficSwitches', 'setRoutingControls'];
  const moved = () => bench.tools.done.filter((act) => moves.includes(act.split(' ')[0]!));

  for (const [way, expected] of [
    ['records', ['shiftTraffic', 'shiftTraffic']],
    ['switch', ['turnTrafficSwitches west']],
    ['arc', ['setRoutingControls west']],
  ] as const) {
    it(`by ${way}: after the promotion, and by that way alone`, async () => {
      await bench.run(
        'failOverRegion',
        async (run) => {
          const { state, steps } = await approveAll(run);
          assert.deepEqual([state, moved()], ['completed', expected]);
          const order = bench.tools.done.map((act) => act.split(' ')[0]);
          assert.ok(order.indexOf('promoteDatabase') < order.indexOf(expected[0].split(' ')[0]));
          const waits = steps.filter(({ title }) => /old DNS answers|Wait until customers come/.test(title)).length;
          assert.equal(waits, way === 'records' ? 1 : 2);
          assert.equal(steps.filter(({ title }) => /% of the traffic/.test(title)).length, way === 'records' ? 3 : 0, 'stages');
        },
        { plan: plans[way] },
      );
    });
  }

  it('asks no question of Route 53 for the traffic when it moves by switches or routing controls', async () => {
    for (const way of ['switch', 'arc'] as const) {
      await bench.run('failOverRegion', async (run) => assert.equal((await approveAll(run)).state, 'completed'), {
        plan: plans[way],
        prepare: ({ failing }) => ['readRecordSets', 'shiftTraffic', 'awaitOldAnswers'].forEach((name) => failing.add(name)),
      });
    }
  });

  it('moves the customers although Route 53 takes no change, and points the service once it does', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const { status } = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /"Point shop at the new primary, which was put off" failed/);
        for (const act of ['setRoutingControls west', 'resumeScaling west', 'protectDatabase west'])
          assert.ok(bench.tools.done.includes(act), `${act} in ${bench.tools.done.join(', ')}`);
        bench.tools.failing.delete('pointDatabaseRecord');
        await run.command('retryStep', { by: 'sam' });
        const { state, steps } = await approveAll(run);
        assert.equal(state, 'completedWithExceptions');
        const [first] = steps.filter(({ title }) => title === 'Point shop at the new primary');
        assert.deepEqual([first!.state, first!.failure!.message], ['failed', 'pointDatabaseRecord does not work']);
        assert.ok(bench.tools.done.lastIndexOf('proveOrder west') > bench.tools.done.indexOf('pointDatabaseRecord west'));
      },
      { plan: { ...plans.arc, planned: false }, prepare: ({ failing }) => void failing.add('pointDatabaseRecord') },
    );
  });

  it('changes no record where each region has its own name for the database', async () => {
    for (const runbook of ['failOverRegion', 'failBackRegion'] as const) {
      await bench.run(
        runbook,
        async (run) => {
          const { state, steps } = await approveAll(run);
          assert.equal(state, 'completed');
          assert.ok(steps.some(({ title }) => title === 'Leave shop in west with its own database'));
          assert.ok(!bench.tools.done.some((act) => act.startsWith('pointDatabaseRecord')));
        },
        { plan: { ...plans.records, pointer: 'none' }, prepare: ({ failing }) => void failing.add('pointDatabaseRecord') },
      );
    }
  });

  it('stops for good when a safety rule refuses, offers no undo after the promotion, and ends well once a person has changed the rule', async () => {
    const refused = ApplicationFailure.nonRetryable('a safety rule of the cluster refuses it', 'RefusedBySafetyRule');
    await bench.run(
      'failOverRegion',
      async (run) => {
        const paused = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(paused.status, /a safety rule of the cluster refuses it/);
        assert.ok(!paused.verbs.includes('undo'));
        assert.equal(moved().length, 1, 'it was asked once');
        delete bench.tools.answers['setRoutingControls'];
        await run.command('retryStep', { by: 'sam' });
        assert.equal((await approveAll(run)).state, 'completed');
      },
      {
        plan: plans.arc,
        prepare: ({ answers }) =>
          (answers['setRoutingControls'] = () => {
            throw refused;
          }),
      },
    );
  });

  const checks: [string, keyof typeof plans, Record<string, unknown>, RegExp | undefined][] = [
    ['goes on with three of five endpoints dead', 'arc', { readRoutingControls: controls(2) }, undefined],
    ['does not begin with four of five endpoints dead', 'arc', { readRoutingControls: controls(1) }, /ARC cluster: needed 2, have 1/],
    [
      'does not begin while the gating control is off',
      'arc',
      { readRoutingControls: controls(5, 'Off') },
      /gating control of shop-arc is off/,
    ],
    [
      'does not begin without a routing control for each region',
      'arc',
      { readRoutingControls: { ...controls(5), states: [{ region: 'east', state: 'On' }] } },
      /no routing control for west/,
    ],
    [
      'does not begin when the switch that it would turn does not answer',
      'switch',
      { readTrafficSwitches: [{ region: 'west', on: null, detail: 'cannot be read (a test)' }] },
      /the switch of shop-switch in west cannot be read/,
    ],
  ];
  for (const [title, way, answers, wrong] of checks) {
    it(title, async () => {
      await bench.run(
        'failOverRegion',
        async (run) => {
          const view = await run.seen('the end of the check', ({ state, gates }) => state === 'pausedByFailedStep' || gates.length > 0);
          assert.equal(view.state === 'pausedByFailedStep', wrong !== undefined, view.status);
          if (wrong) assert.match(view.status, wrong);
          if (wrong) assert.deepEqual(bench.tools.done, []);
        },
        { plan: plans[way], prepare: ({ answers: made }) => Object.assign(made, answers) },
      );
    });
  }

  it('does not begin when no endpoint answers at all, unless a person knows better', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.seen('the pause', ({ state }) => state === 'pausedByFailedStep');
        await run.command('skipStep', { by: 'sam', reason: 'the network team brings them back in a minute' });
        assert.equal((await approveAll(run)).state, 'completedWithExceptions');
      },
      { plan: plans.arc, prepare: ({ failing }) => failing.add('readRoutingControls') },
    );
  });

  it('shows at the gate what the way out depends on', async () => {
    const on = "Route 53's control plane in us-east-1; shop-arc would do without it";
    const dependsOn = [{ what: 'moving the traffic', on, verdict: 'bad' }];
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        const [gate] = (await run.view()).gates;
        const fact = gate!.facts.find(({ name }) => name === 'moving the traffic depends on')!;
        assert.deepEqual([fact.value, fact.verdict, gate!.facts[0]!.verdict], [on, 'bad', 'bad']);
      },
      { plan: { ...plans.records, dependsOn } },
    );
  });
});

describe('failOverRegion with caches and background consumers', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, () => regions());
  const plan = { ...plans.arc, consumers: true, warmUp: true };
  const order = () => bench.tools.done.filter((act) => /Consumers|fence|promote|prove|setRouting/.test(act));
  const away = [
    { region: 'east', on: null, detail: 'cannot be read (a test)' },
    { region: 'west', on: false, detail: 'off' },
  ];

  it('turns consumers off before the fence, warms the caches before customers come, and turns the new ones on when customers are there', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const { state, steps } = await approveAll(run);
        assert.equal(state, 'completed');
        assert.deepEqual(order().slice(0, 7), [
          ...['turnConsumers east', 'fenceDatabase east', 'promoteDatabase west', 'unfenceDatabase west', 'proveOrder west'],
          ...['setRoutingControls west', 'turnConsumers west'],
        ]);
        const titles = steps.map(({ title }) => title);
        const warm = steps.find(({ title }) => title === 'Warm the caches in west');
        assert.ok(titles.indexOf(warm!.title) < titles.findIndex((title) => /all traffic to west/.test(title)));
        assert.match(warm!.outcome!, /12 requests; the first took 900 ms, the last 20 ms/);
      },
      { plan },
    );
  });

  it('turns them on again where they were when the failover is undone', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.seen('the end', ({ state }) => state === 'compensated');
        assert.deepEqual(order(), ['turnConsumers east', 'fenceDatabase east', 'unfenceDatabase east', 'turnConsumers east']);
      },
      { plan, prepare: ({ failing }) => failing.add('promoteDatabase') },
    );
  });

  it('needs those of the region that is left to answer when it is planned', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const { status } = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /turnConsumers does not work/);
        assert.ok(!bench.tools.done.includes('fenceDatabase east'));
      },
      { plan, prepare: ({ answers, failing }) => (Object.assign(answers, { readConsumers: away }), failing.add('turnConsumers')) },
    );
  });

  it('records those of a lost region as out of reach, turns the new ones on, and the old ones off on their return', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(view.measures['consumers'], { from: 'out of reach', why: 'cannot be read (a test)' });
        const back = bench.env.client.workflow.getHandle(`${view.runId}-fenceOnReturn`);
        await eventually(
          'the old region to be held still',
          () => bench.tools.done,
          (done) => done.includes('turnTrafficSwitches west'),
        );
        await back.result();
        const changes = order();
        assert.equal(changes.filter((act) => act === 'turnConsumers east').length, 1);
        assert.ok(changes.includes('turnConsumers west'));
      },
      {
        // The switch is in the lost region: on its return it would take the traffic back.
        plan: { ...plans.switch, switches: ['east'], planned: false, consumers: true },
        prepare: ({ answers }) => {
          const state = answers['replicationState'] as (asked: { region: string }) => object;
          Object.assign(answers, {
            readConsumers: away,
            replicationState: (asked: { region: string }) => ({ ...state(asked), reachable: asked.region === 'west' }),
          });
        },
      },
    );
  });

  it('has them turned off on their return also when the old primary could be fenced', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        await bench.env.client.workflow.getHandle(`${view.runId}-fenceOnReturn`).result();
        assert.equal(bench.tools.done.filter((act) => act === 'turnConsumers east').length, 1);
      },
      { plan: { ...plan, planned: false }, prepare: ({ answers }) => void Object.assign(answers, { readConsumers: away }) },
    );
  });
});

describe('failOverRegion by routing controls, with consumers and caches', function () {
  this.timeout(240_000);
  everyWay({ workflow: 'failOverRegion', plan: { ...plans.arc, consumers: true, warmUp: true }, tools: () => regions() });
});

describe('failBackRegion by switches, with consumers and caches', function () {
  this.timeout(240_000);
  everyWay({ workflow: 'failBackRegion', plan: { ...plans.switch, consumers: true, warmUp: true }, tools: () => regions() });
});
