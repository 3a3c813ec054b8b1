import assert from 'node:assert/strict';
import { serviceEstate } from '../../recovery/service-estate.ts';
import { buildMs } from '../compose/engine.ts';
import { orSkip } from '../or-skip.ts';
import { asks, ended, endRuns, follow, play, undo } from './follow.ts';
import { ownEnvironment } from './own-environment.ts';
import { shopOnHost, type ShopOnHost } from './shop-on-host.ts';

const mib = 1024 ** 2;
const moreMemory = 'Give each copy of shop in east 90 MiB instead of 60 MiB?';
const withoutSizes = (told: string) => told.replace(/"size":\d+/, '');

describe('scenarios on a host with systemd', function () {
  this.timeout(200_000);
  const own = ownEnvironment('host');
  let shop: ShopOnHost;

  before(async function () {
    this.timeout(buildMs);
    shop = await orSkip(this, () => shopOnHost(own));
  });
  after(async () => {
    await shop?.stop();
    own.remove();
  });

  describe('with Muster beside it', () => {
    const estate = serviceEstate({ range: false, environment: own.file, tokens: own.tokens });
    beforeEach(async () => {
      await endRuns(estate);
      await shop.asNew();
    });

    it('applicationCrashed gives room by a file of its own and starts it once, although the worker is killed inside every change', async () => {
      await shop.killedForMemory();
      const { view, questions, killedIn } = await play(estate, 'application-crashed', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(questions, [moreMemory, 'Restart shop in east once?']);
      assert.deepEqual(killedIn, ['Set the memory limit to 90 MiB', 'Restart shop in east']);
      assert.equal(
        await shop.dropIn(),
        `# Written by Muster. Without this file: MemoryMax=${60 * mib} CPUQuota=infinity\n[Service]\nMemoryMax=${90 * mib}\n`,
      );
      assert.deepEqual([await shop.property('ActiveState'), await shop.property('MemoryMax')], ['active', `${90 * mib}`]);
      assert.equal(await shop.starts(), 1);
      await shop.serves();
    });

    it('applicationCrashed asks when the restart is declined, and takes its file away when it is undone', async () => {
      await shop.killedForMemory();
      const before = await shop.everything();
      const { view, questions } = await play(estate, 'application-crashed', { declines: [/Restart/] });
      assert.ok(asks(view), view.status);
      assert.deepEqual(questions, [moreMemory, 'Restart shop in east once?']);
      assert.equal(await shop.property('MemoryMax'), `${90 * mib}`);
      const undone = await undo(estate, view.runId, { kills: true });
      assert.equal(undone.state, 'compensated', undone.status);
      assert.equal(await shop.everything(), before);
    });

    it('serviceDown restarts what hangs once, although the worker is killed inside of it', async () => {
      await shop.hang();
      const { view, killedIn } = await play(estate, 'service-down', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(killedIn, ['Restart shop in east']);
      assert.deepEqual([await shop.property('ActiveState'), await shop.starts()], ['active', 1]);
      await shop.serves();
    });

    it('memoryExhausted gives room to what was killed for it, and starts it, although the worker is killed inside every change', async () => {
      await shop.killedForMemory();
      const { view, questions, killedIn } = await play(estate, 'memory-exhausted', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.equal(questions[0], moreMemory);
      assert.equal(killedIn[0], 'Set the memory limit to 90 MiB');
      assert.deepEqual([await shop.property('ActiveState'), await shop.property('MemoryMax')], ['active', `${90 * mib}`]);
      await shop.serves();
    });

    it('apiErrorRateHigh restarts what answers nobody, once', async () => {
      await shop.hang();
      const { view, questions } = await play(estate, 'api-error-rate-high');
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual([questions, await shop.starts()], [['Restart shop in east once?'], 1]);
      await shop.serves();
    });

    it('applicationWontStart tells that its settings are missing, and starts it when people have brought them back', async () => {
      await shop.host.run('mv /etc/app.env /etc/app.env.gone; systemctl restart app || true');
      const first = () => shop.host.run('mv /etc/app.env.gone /etc/app.env');
      const { view, questions } = await play(estate, 'application-wont-start', { first });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(questions, ['Restart shop in east once?']);
      const premises = view.steps.find(({ title }) => title === 'Look at its settings and files');
      assert.equal(premises?.outcome, 'the settings in /etc/app.env are missing');
      assert.deepEqual([await shop.property('ActiveState'), await shop.starts()], ['active', 1]);
      await shop.serves();
    });

    it('applicationWontStart asks when its restart fails, and goes on when people have mended the cause and try again', async () => {
      await shop.host.run('mv /etc/app.env /etc/app.env.gone; systemctl restart app || true');
      const { view } = await play(estate, 'application-wont-start');
      assert.ok(asks(view), view.status);
      assert.match(view.status, /"Restart shop in east" failed: app\.service does not come up: failed \(failed\), resources/);
      await shop.host.run('mv /etc/app.env.gone /etc/app.env');
      assert.equal((await estate.signal('sam', view.runId, 'retry-step')).status, 200);
      const after = await follow(estate, view.runId, { until: ended });
      assert.equal(after.view.state, 'completed', after.view.status);
      assert.equal(await shop.starts(), 1);
      await shop.serves();
    });

    it('serviceDown changes nothing and asks nobody when all is well by itself', async () => {
      const before = await shop.everything();
      const { view, questions } = await play(estate, 'service-down');
      assert.deepEqual([view.state, questions], ['completed', []], view.status);
      // Its customers write into its log.
      assert.equal(withoutSizes(await shop.everything()), withoutSizes(before));
    });

    it('diskFull empties the log in place and shrinks the journal, never what a database wrote, although the worker is killed', async () => {
      await shop.fillDisk();
      const [before, journal, invocation] = [await shop.files(), await shop.journalBytes(), await shop.property('InvocationID')];
      assert.ok(journal > 200 * mib);
      const { view, questions, killedIn } = await play(estate, 'disk-full', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(questions, [
        'Keep a copy of /var/log/app/app.log, and empty it?',
        'Keep a copy of the journal, and shrink it to 200 MiB?',
      ]);
      assert.deepEqual(killedIn, ['Keep a copy of /var/log/app/app.log, and empty it', 'Shrink the journal to 200 MiB']);
      const after = await shop.files();
      assert.deepEqual([after.inode, after.database], [before.inode, before.database]);
      assert.ok(after.size < before.size / 100, `${after.size} of ${before.size}`);
      assert.ok((await shop.journalBytes()) < journal);
      assert.equal(await shop.property('InvocationID'), invocation, 'nothing was restarted');
      await shop.serves();
    });

    it('changes nothing in a dry run of any of them: the same invocation, files and limits', async () => {
      await shop.fillDisk();
      await shop.hang();
      const before = await shop.everything();
      const runbooks = ['service-down', 'application-crashed', 'application-wont-start', 'disk-full', 'memory-exhausted'];
      const runs = await Promise.all(runbooks.map((runbook) => play(estate, runbook, { mode: 'simulate' })));
      assert.deepEqual(
        runs.map(({ view }) => view.state),
        runbooks.map(() => 'completed'),
        runs.map(({ view }) => view.status).join('; '),
      );
      const told = runs.map(({ view }) => view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call)).join('\n'));
      assert.match(told[0]!, /systemctl.*restart/);
      assert.match(told[3]!, /truncate[^]*vacuum/);
      assert.equal(await shop.everything(), before);
    });
  });
});
