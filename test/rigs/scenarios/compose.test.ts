import assert from 'node:assert/strict';
import { eventually } from '../../eventually.ts';
import { serviceEstate } from '../../recovery/service-estate.ts';
import { buildMs } from '../compose/engine.ts';
import { orSkip } from '../or-skip.ts';
import { asks, ended, endRuns, follow, play, start, undo } from './follow.ts';
import { ownEnvironment } from './own-environment.ts';
import { memoryOfFile, shopInCompose, type ShopInCompose } from './shop-in-compose.ts';

const mib = 1024 ** 2;

describe('scenarios on docker compose', function () {
  this.timeout(200_000);
  const own = ownEnvironment('compose');
  let shop: ShopInCompose;

  before(async function () {
    this.timeout(buildMs);
    shop = await orSkip(this, () => shopInCompose(own));
  });
  after(async () => {
    await shop?.stop();
    own.remove();
  });

  describe('with Muster beside them', () => {
    const estate = serviceEstate({ range: false, environment: own.file, tokens: own.tokens });
    beforeEach(async () => {
      await endRuns(estate);
      await shop.asNew();
    });

    it('serviceDown restarts what hangs once, although the worker is killed inside of it', async () => {
      await shop.fault(1, 'hang');
      await shop.in('health=unhealthy', 1);
      const began = Date.now();
      const { view, questions, killedIn } = await play(estate, 'service-down', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual([questions, killedIn], [['Restart shop in east once?'], ['Restart shop in east']]);
      assert.equal(
        await eventually(
          'the restarts',
          () => shop.engine.restartsSince(began),
          (seen) => seen >= 2,
        ),
        2,
        'each container, once',
      );
      await shop.in('health=healthy', 2);
      await shop.edge.serves();
    });

    it('serviceDown runs one more when the restart is declined, asks when that did not help, and is undone, wherever the worker is killed', async () => {
      await shop.fault(1, 'hang');
      await shop.in('health=unhealthy', 1);
      const before = await shop.everything();
      const { view, questions, killedIn } = await play(estate, 'service-down', { declines: [/Restart/], kills: true });
      assert.ok(asks(view), view.status);
      assert.match(view.status, /nothing that this runbook knows has helped/);
      assert.deepEqual(questions, ['Restart shop in east once?', 'Run 3 copies of shop in east instead of 2?']);
      await shop.in('health=healthy', 2);
      assert.deepEqual(killedIn, ['Run 3 copies in east']);
      assert.equal((await undo(estate, view.runId, { kills: true })).state, 'compensated');
      assert.equal(await shop.everything(), before);
    });

    it('serviceDown changes nothing and asks nobody when all is well by itself', async () => {
      const before = await shop.everything();
      const { view, questions } = await play(estate, 'service-down');
      assert.deepEqual([view.state, questions], ['completed', []], view.status);
      assert.equal(await shop.everything(), before);
    });

    it('memoryExhausted gives room to what is killed for it, although the worker is killed inside of it', async () => {
      await shop.fault(1, 'memory', { always: true, value: 18 * mib });
      await shop.in('health=healthy', 1);
      const { view, questions, killedIn } = await play(estate, 'memory-exhausted', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(
        [questions[0], killedIn[0]],
        ['Give each copy of shop in east 24 MiB instead of 16 MiB?', 'Set the memory limit to 24 MiB'],
      );
      await shop.in('health=healthy', 2);
      assert.deepEqual(await shop.fields('{{.HostConfig.Memory}}'), [`${1.5 * memoryOfFile}`, `${1.5 * memoryOfFile}`]);
      await shop.edge.serves();
    });

    it('applicationWontStart waits for the database that the application needs, and only then starts it again', async () => {
      await shop.database.shut();
      await shop.engine.docker('restart', shop.name(1), shop.name(2));
      await shop.in('health=healthy', 0);
      const runId = await start(estate, 'application-wont-start');
      await estate.seen(runId, 'the wait for the database', ({ steps }) =>
        steps.some(({ title, state }) => title === 'Wait until orders takes questions' && state === 'running'),
      );
      await shop.database.open();
      const { view } = await follow(estate, runId);
      assert.equal(view.state, 'completed', view.status);
      const setup = view.steps.find(({ title }) => title === 'Look at its compose files and settings');
      assert.equal(setup?.outcome, 'all are there');
      const way = (view.measures['database'] as { way: { steps: { name: string; verdict: string }[] } }).way;
      assert.equal(way.steps.find(({ verdict }) => verdict === 'bad')?.name, 'port');
      await shop.in('health=healthy', 2);
      await shop.edge.serves();
    });

    it('apiErrorRateHigh brings the release back that ran before, although the worker is killed inside every change', async () => {
      const bad = await shop.rollOutBad();
      assert.deepEqual(await shop.fields('{{.Image}}'), [bad, bad]);
      const { view, questions, killedIn } = await play(estate, 'api-error-rate-high', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(questions, ['Roll shop in east back from shop:current to shop:1.4.0?']);
      assert.equal(killedIn.length, 1, killedIn.join());
      assert.deepEqual(await shop.fields('{{.Image}}'), [shop.good, shop.good]);
      await shop.in('health=healthy', 2);
      await shop.edge.serves();
      assert.equal(await (await fetch(`${shop.edge.url}/version`)).text(), '1.4.0');
    });

    it('databaseUnreachable says where the way ends, and goes on when people have brought the database back', async () => {
      await shop.database.shut();
      const before = await shop.everything();
      const { view, questions } = await play(estate, 'database-unreachable', { declines: [/./] });
      assert.ok(asks(view), view.status);
      const { steps } = view.measures['way'] as { steps: { name: string; verdict: string }[] };
      assert.equal(steps.find(({ verdict }) => verdict === 'bad')?.name, 'port');
      assert.deepEqual([questions, await shop.everything()], [[], before], 'a restart of those who use it would help nobody');
      await shop.database.open();
      await estate.signal('sam', view.runId, 'skip-step', { reason: 'the database is back' });
      assert.equal((await follow(estate, view.runId, { until: ended })).view.state, 'completedWithExceptions');
    });

    it('applicationCrashed restarts what crashes once people have mended its cause, and keeps its last words', async () => {
      await shop.fault(1, 'crash', { always: true });
      await shop.in('health=healthy', 1);
      const { view, questions } = await play(estate, 'application-crashed', { first: () => shop.heal(1, 'crash') });
      assert.equal(view.state, 'completed', view.status);
      assert.ok(questions.length <= 1, questions.join());
      const { log } = view.measures['before'] as { log: { lines: string[] } };
      assert.ok(
        log.lines.some((line) => line.includes('ERROR the shop cannot go on')),
        log.lines.join('\n'),
      );
      await shop.in('health=healthy', 2);
      await shop.edge.serves();
    });

    it('changes nothing in a dry run of any of them: the same containers since the same time', async () => {
      await shop.fault(1, 'hang');
      await shop.in('health=unhealthy', 1);
      const before = await shop.everything();
      const runbooks = [
        'service-down',
        'memory-exhausted',
        'application-wont-start',
        'application-crashed',
        'api-error-rate-high',
        'disk-full',
      ];
      const runs = await Promise.all(runbooks.map((runbook) => play(estate, runbook, { mode: 'simulate' })));
      assert.deepEqual(
        runs.map(({ view }) => view.state),
        runbooks.map(() => 'completed'),
        runs.map(({ view }) => view.status).join('; '),
      );
      const told = runs.map(({ view }) => view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call)));
      assert.ok(
        told.slice(0, 5).every((calls) => calls.some((call) => /^docker .* restart /.test(call))),
        JSON.stringify(told),
      );
      assert.equal(await shop.everything(), before);
    });
  });
});
