import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { record } from '../../src/activities/kit/index.ts';
import { trustActivities } from '../../src/activities/records/index.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { fakeTools } from './fake-tools.ts';
import { benchFor, people } from './harness.ts';

describe('a run that was started past Muster', function () {
  this.timeout(30_000);
  let environment: Environment;
  before(async () => {
    environment = { ...(await loadEnvironment('environments/range.yaml')), name: 'test' };
  });
  let comparing = Promise.resolve();
  const bench = benchFor(fileURLToPath(new URL('./runbooks.ts', import.meta.url)), () => {
    const made = fakeTools();
    if (!environment) return { ...made, activities: { ...made.activities, knowPlan: made.activities.act } };
    const { knowPlan, ...trust } = trustActivities(environment);
    const compare = record(async (asked: Parameters<typeof knowPlan>[0]) => comparing.then(() => knowPlan(asked)));
    return { ...made, activities: { ...made.activities, ...trust, knowPlan: compare } };
  });
  const ends = { requestedBy: 'mallory', people: [{ ...people[1]!, subject: 'mallory' }] };

  it('ends before any change and any question when its worker knows neither its people nor who asks', async () => {
    await bench.run(
      'gated',
      async (run) => {
        const view = await run.seen('its end', ({ state }) => state === 'failed');
        assert.match(view.status, /does not know the plan: mallory, who asks for it, is not known in test; mallory is not known in test/);
        assert.deepEqual([view.gates.length, bench.tools.done.filter((act) => act === 'warm' || act === 'change')], [0, []]);
        await assert.rejects(run.handle.result());
      },
      { request: ends },
    );
  });

  it('is decided by those whom the worker knows, whomever its plan leaves out', async () => {
    await bench.run(
      'gated',
      async (run) => {
        const gate = await run.gate();
        await run.command('decline', { ...gate, by: 'you', comment: 'not now' });
        assert.equal((await run.seen('its end', ({ state }) => state === 'canceled')).gates[0]!.decisions[0]!.by, 'you');
      },
      { request: { people: [] } },
    );
  });

  it('is not looked at in a dry run, which changes nothing', async () => {
    await bench.run('gated', async (run) => void (await run.seen('its end', ({ state }) => state === 'completed')), {
      request: { ...ends, mode: 'simulate' },
    });
  });

  it('says that it is paused by a failed step also when the step failed before the worker had compared the plan', async () => {
    let compared = (): void => undefined;
    comparing = new Promise((resolve) => (compared = resolve));
    await bench.run(
      'watched',
      async ({ seen }) => {
        await seen('the failed step', ({ waitingFor }) => waitingFor !== undefined);
        compared();
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
      },
      { request: { people: [] }, prepare: ({ failing }) => failing.set('lag', 'Permanent') },
    );
  });
});
