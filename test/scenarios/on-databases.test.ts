import assert from 'node:assert/strict';
import type { DatabaseScenario } from '../../src/workflows/plans/scenario-plan.ts';
import type { TestRun } from '../kit/harness.ts';
import type { Fakes } from '../recovery/fakes.ts';
import { answer, ended, plan, scenarioBench, world } from './bench.ts';

const session = (pid: number, ageMs: number) => ({
  ...{ pid, backendStart: '2026-11-21 03:00:00.123456+00', application: 'shop', user: 'shop', database: 'orders', client: null },
  ...{ state: 'idle in transaction', ageMs, transactionMs: ageMs, queryStart: null, shape: 'UPDATE orders SET note = ?' },
});
const sessions = (more: object = {}) => ({
  ...{ maxConnections: 100, reserved: 3, used: 97, byApplication: [], oldestTransactionMs: 90_000, idleInTransaction: [], blockers: [] },
  ...{ byState: { active: 1, idle: 90, idleInTransaction: 6, idleInFailedTransaction: 0, other: 0 }, spared: [], waiting: 0, ...more },
});
const way = (bad?: string) => ({
  ...{ reachable: bad === undefined, full: false },
  steps: ['name', 'port', 'encryption', 'sign-in', 'question'].map((name) => ({
    ...{ name, ms: 1, verdict: name === bad ? 'bad' : 'good', detail: name === bad ? 'nobody answers' : 'good' },
  })),
});
const database: Partial<DatabaseScenario> = {
  ...{ database: 'orders', idleForMs: 60_000, freeShare: 0.2 },
  runsAs: { service: 'postgres', region: 'east', platform: 'compose' },
};

describe('scenarios on the database of a service', function () {
  this.timeout(60_000);
  let make: () => Fakes = world('never');
  const bench = scenarioBench(() => make());
  const play = (
    workflow: string,
    { cure, answers, more = {} }: { cure: string; answers: Record<string, unknown>; more?: Partial<DatabaseScenario> },
    test: (run: TestRun) => Promise<void>,
  ) => {
    make = world(cure, { reachDatabase: way(), readSessions: sessions(), ...answers });
    return bench.run(workflow, test, { plan: { ...plan, ...database, ...more } });
  };
  const questions = async (run: TestRun) => (await run.view()).gates.map(({ question }) => question);

  it('connectionPoolExhausted ends only sessions that are idle for long enough, by pid and start, with the stronger approval', async () => {
    const asked: { sessions: object[] }[] = [];
    const answers = {
      readSessions: sessions({ idleInTransaction: [session(11, 90_000), session(12, 5_000)] }),
      endSessions: (one: { sessions: object[] }) => asked.push(one),
    };
    await play('connectionPoolExhausted', { cure: 'endSessions east', answers }, async (run) => {
      const view = await answer(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(asked[0]!.sessions, [{ pid: 11, backendStart: '2026-11-21 03:00:00.123456+00' }]);
      assert.deepEqual([view.gates[0]!.question, view.gates[0]!.of], ['End 1 session of orders in east?', 'data-owner']);
      assert.ok(view.steps.some(({ title }) => title === 'Check that 20 % of the connections of orders are free'));
    });
  });

  it('connectionPoolExhausted never runs more copies: each would take more connections', async () => {
    await play('connectionPoolExhausted', { cure: 'never', answers: {} }, async (run) => {
      await answer(run);
      assert.deepEqual(await questions(run), ['Restart shop in east once?']);
      assert.deepEqual(bench.tools.done, ['restartPods east']);
    });
  });

  it('databaseUnreachable ends who blocks the others', async () => {
    const answers = { readSessions: sessions({ used: 10, blockers: [{ ...session(7, 1_000), blocks: 4 }], waiting: 4 }) };
    await play('databaseUnreachable', { cure: 'endSessions east', answers }, async (run) => {
      assert.equal((await answer(run)).state, 'completed');
      assert.deepEqual(bench.tools.done, ['endSessions east']);
    });
  });

  it('databaseUnreachable restarts the database, not its users, when nothing answers; its log is kept before', async () => {
    await play('databaseUnreachable', { cure: 'restartCompose east', answers: { reachDatabase: way('port') } }, async (run) => {
      const view = await answer(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(bench.tools.done, ['restartCompose east']);
      const titles = view.steps.map(({ title }) => title);
      assert.ok(titles.indexOf('Keep the end of the log of orders') < titles.indexOf('Restart orders in east'));
    });
  });

  it('databaseUnreachable restarts nothing where Muster does not run the database', async () => {
    const more = { runsAs: null };
    await play('databaseUnreachable', { cure: 'never', answers: { reachDatabase: way('port') }, more }, async (run) => {
      assert.match((await answer(run)).status, /nothing that this runbook knows/);
      assert.deepEqual(bench.tools.done, []);
    });
  });

  describe('databaseUnreachable with a database on Kubernetes that a restart does not bring back', () => {
    const pointed = { name: 'postgres', selector: { app: 'postgres' }, former: null, ready: 1 };
    const answers = { reachDatabase: way('port'), readService: pointed };
    const more = { runsAs: { service: 'postgres', region: 'east', platform: 'kubernetes' } } as const;
    const take = /^Point the Service postgres at nothing/;

    it('takes it away from everybody before another one takes over, and gives it back when that is undone', async () => {
      await play('databaseUnreachable', { cure: 'never', answers, more }, async (run) => {
        assert.match((await answer(run)).status, /nothing that this runbook knows/);
        assert.deepEqual(bench.tools.done, ['restartPods east', 'isolateService east']);
        await run.command('undo', { reason: 'a test', by: 'ana' });
        assert.equal((await answer(run, { until: ended })).state, 'compensated');
        assert.deepEqual(bench.tools.done.slice(2), ['restoreServiceSelector east']);
      });
    });

    it('gives it back when people have mended it by hand', async () => {
      await play('databaseUnreachable', { cure: 'isolateService east', answers, more }, async (run) => {
        await answer(run);
        await run.command('skipStep', { reason: 'mended', by: 'ana' });
        assert.equal((await answer(run, { until: ended })).state, 'completedWithExceptions');
        assert.deepEqual(bench.tools.done.slice(2), ['restoreServiceSelector east']);
      });
    });

    it('asks for that, whatever else may be done without asking', async () => {
      const without: Partial<DatabaseScenario> = { ...more, withoutApproval: ['restart', 'isolate'] };
      await play('databaseUnreachable', { cure: 'never', answers, more: without }, async (run) => {
        await answer(run, { declines: [take] });
        assert.deepEqual(bench.tools.done, ['restartPods east']);
        assert.ok((await questions(run)).some((question) => take.test(question)));
      });
    });

    it('leaves it where it is when people decline, and when somebody has taken it away already', async () => {
      await play('databaseUnreachable', { cure: 'never', answers, more }, async (run) => {
        await answer(run, { declines: [take] });
        assert.deepEqual(bench.tools.done, ['restartPods east']);
      });
      const taken = { ...answers, readService: { ...pointed, former: { app: 'postgres' } } };
      await play('databaseUnreachable', { cure: 'never', answers: taken, more }, async (run) => {
        await answer(run);
        assert.ok((await questions(run)).every((question) => !take.test(question)));
      });
    });
  });

  it('apiErrorRateHigh neither restarts nor scales while the database is not well', async () => {
    await play('apiErrorRateHigh', { cure: 'never', answers: { reachDatabase: way('sign-in') } }, async (run) => {
      await answer(run);
      assert.deepEqual(await questions(run), []);
    });
  });

  it('apiErrorRateHigh restarts and scales when the database has room', async () => {
    const answers = { readSessions: sessions({ used: 10 }) };
    await play('apiErrorRateHigh', { cure: 'scaleDeployment east', answers }, async (run) => {
      const view = await answer(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(bench.tools.done, ['restartPods east', 'scaleDeployment east']);
      const scaled = view.gates.find(({ question }) => question.startsWith('Run 3'))!;
      assert.equal(scaled.facts.find(({ name }) => name === 'connections of orders')!.value, '10 of 100');
    });
  });

  it('performanceDegraded shows what the database works on, and does nothing when every objective is met', async () => {
    const objectives = [{ name: 'half of the answers come within 200 ms', query: 'p50', below: 0.2 }];
    const answers = {
      readSlowQueries: { source: 'pg_stat_statements', since: null, queries: [{ shape: 'SELECT ?', calls: 1, totalMs: 9, meanMs: 9 }] },
      askMetric: { name: 'p50', value: 0.1, detail: '0.1' },
    };
    const more = { proof: { ...plan.proof, objectives } };
    await play('performanceDegraded', { cure: 'nothing', answers, more }, async (run) => {
      const view = await answer(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(bench.tools.done, []);
      assert.ok(view.steps.some(({ outcome }) => outcome === 'by pg_stat_statements: SELECT ?'));
    });
  });

  it('applicationWontStart waits for the database instead of sleeping, and starts again only then', async () => {
    await play(
      'applicationWontStart',
      { cure: 'restartPods east', answers: { reachDatabase: way('sign-in'), readService: { ready: 0 } } },
      async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        const titles = view.steps.map(({ title }) => title);
        assert.ok(titles.indexOf('Wait until orders takes questions') < titles.indexOf('Restart shop in east'));
      },
    );
  });
});
