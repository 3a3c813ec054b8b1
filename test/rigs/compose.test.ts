import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { composeDiskActivities } from '../../src/activities/compose/disk.ts';
import { composeLimitActivities } from '../../src/activities/compose/limits.ts';
import { composeNetworkActivities } from '../../src/activities/compose/networks.ts';
import { composeReleaseActivities } from '../../src/activities/compose/releases.ts';
import { composeSetupActivities } from '../../src/activities/compose/setup.ts';
import { composeActivities } from '../../src/activities/compose/services.ts';
import { environmentInCompose } from '../activities/engine.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { eventually } from '../eventually.ts';
import { buildMs, startEngine, type Engine, type Project } from './compose/engine.ts';
import { breakApp, healApp, type AppFault } from './compose/images.ts';
import { orSkip } from './or-skip.ts';
import { rigFolderNow } from './rig-folder.ts';

const mib = 1024 ** 2;
const file = `
services:
  app:
    image: shop:current
    restart: unless-stopped
    stop_grace_period: 1s
    environment: { MODE: live, DATABASE_URL: '' }
    tmpfs: ['/data:size=1m']
    healthcheck:
      { test: [CMD, wget, -q, -O, /dev/null, 'http://127.0.0.1:8000/health'], interval: 300ms, timeout: 1500ms, retries: 2, start_period: 1s }
  database:
    image: shop:current
`;

describe('services of docker compose on a real engine', function () {
  this.timeout(120_000);
  let engine: Engine;
  let project: Project;
  let projects = 0;
  let good: string;
  let archive: string;
  const east = { service: 'shop', region: 'east' };
  const environment = (place: object = {}) =>
    environmentInCompose({ host: engine.host, project: project.name, files: [project.file], ...place }, archive);
  const tools = (place: object = {}) => ({
    ...composeActivities(environment(place)),
    ...composeLimitActivities(environment(place)),
    ...composeNetworkActivities(environment(place)),
    ...composeReleaseActivities(environment(place)),
    ...composeDiskActivities(environment(place)),
    ...composeSetupActivities(environment(place)),
  });

  before(async function () {
    this.timeout(buildMs);
    engine = await orSkip(this, () => startEngine());
    archive = rigFolderNow('kept');
  });
  after(async () => {
    await engine?.stop();
    if (archive !== undefined) rmSync(archive, { recursive: true, force: true });
  });
  beforeEach(async () => {
    project = await engine.project(`site${(projects += 1)}`, file);
    good = await engine.image({ name: 'shop:current', version: '1.4.0' });
    await project.compose('up', '--detach', '--scale', 'app=2');
    await healthy(2);
  });
  afterEach(() => project.down());

  const name = (number: number) => `${project.name}-app-${number}`;
  const state = async () => (await inStep(tools().readCompose, east)).result;
  const first = async () => (await state()).instances[0]!;
  /** Names of the containers of the app in a state, by the engine's own word; `readCompose` takes two seconds to measure memory. */
  const namesOf = async (...filters: string[]) => {
    const labels = [`label=com.docker.compose.project=${project.name}`, 'label=com.docker.compose.service=app', ...filters];
    const found = await engine.docker('ps', '--all', '--format', '{{.Names}}', ...labels.flatMap((one) => ['--filter', one]));
    return found.split('\n').filter(Boolean).sort();
  };
  const healthy = (count: number) =>
    eventually(
      `${count} containers that serve`,
      () => namesOf('health=healthy'),
      ({ length }) => length === count,
      60_000,
      100,
    );
  const serving = async (count: number) => {
    await healthy(count);
    const seen = await state();
    assert.equal(seen.ready, count);
    return seen;
  };
  const fault = (kind: AppFault, options = {}) => breakApp((...args) => engine.docker(...args), name(1), kind, options);
  const heal = (kind: AppFault) => healApp((...args) => engine.docker(...args), name(1), kind);
  const inspected = async (field: string) => (await engine.docker('inspect', '--format', field, name(1))).trim();
  /** What nothing but a change changes: which containers there are, since when, with what, and what their images are called. */
  const everything = async () => {
    const containers = (await engine.docker('ps', '--all', '--quiet', '--no-trunc')).split('\n').sort();
    const fields =
      '{{.Id}} {{.State.StartedAt}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}';
    return [
      await engine.docker('inspect', '--format', fields, ...containers),
      await engine.docker('image', 'ls', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
    ];
  };
  const badRelease = async () => {
    const bad = await engine.image({ name: 'shop:current', version: '1.5.0', bad: true });
    await project.compose('up', '--detach', '--no-deps', '--scale', 'app=2', 'app');
    await eventually(
      'the bad release',
      () => namesOf('health=unhealthy'),
      ({ length }) => length === 2,
      60_000,
      100,
    );
    return bad;
  };

  it('tells containers that are well: start, memory, image by its id, and what happened', async () => {
    const { wanted, ready, instances, events } = await state();
    assert.deepEqual([wanted, ready, instances.map((one) => one.name)], [2, 2, [name(1), name(2)]]);
    const [one] = instances;
    assert.deepEqual([one!.trouble, one!.restarts, one!.release, one!.lastEnd], [null, 0, `shop:current@${good}`, null]);
    assert.ok(one!.memory.usedBytes! > 10_000 && one!.memory.limitBytes === null);
    assert.ok(Math.abs(Date.parse(one!.startedAt!) - Date.now()) < 60_000);
    assert.ok(events.some((event) => event.endsWith(`${name(1)} start`)));
  });

  it('tells what keeps a container from serving: it crashes, is killed for its memory, answers errors, was stopped', async () => {
    const trouble = (what: string) => eventually(what, first, (seen) => seen.trouble === what, 60_000, 200);
    await fault('error');
    await trouble('not-ready');
    await engine.docker('restart', name(1));
    await fault('crash', { always: true });
    const crashing = await eventually(
      'a crash loop',
      first,
      (seen) => seen.trouble === 'crashing' && seen.lastEnd?.code === 1,
      60_000,
      200,
    );
    assert.ok(crashing.restarts > 0 && !crashing.ready);
    await project.compose('up', '--detach', '--force-recreate', '--scale', 'app=2', 'app');
    await serving(2);
    await engine.docker('update', '--memory', `${16 * mib}`, '--memory-swap', `${16 * mib}`, name(1));
    await fault('memory', { always: true, value: 40 * mib });
    assert.equal((await trouble('memory')).lastEnd?.reason, 'OOMKilled');
    await engine.docker('stop', name(1));
    await eventually('a stopped container', first, (seen) => !seen.ready && seen.startedAt === null, 60_000, 200);
  });

  it('keeps the end of the logs, with the last words of a life before, within bounds', async () => {
    await fault('crash');
    await eventually('another life', first, ({ restarts, ready }) => restarts === 1 && ready, 60_000, 200);
    const { lines } = (await inStep(tools().composeLogs, { ...east, lines: 100, instance: name(1) })).result;
    const words = lines.map((line) => line.split(' ').slice(1).join(' '));
    assert.deepEqual(words, ['shop 1.4.0 starts', 'ERROR the shop cannot go on', 'shop 1.4.0 starts']);
    await fault('chatter', { value: 5_000 });
    const many = await eventually(
      'the chatter',
      async () => (await inStep(tools().composeLogs, { ...east, lines: 2_000 })).result,
      (log) => log.lines.some((line) => line.includes('line 5000 of')),
      60_000,
      200,
    );
    assert.ok(many.cut && many.lines.length <= 2_000 && many.lines.join('\n').length <= 64 * 1024);
  });

  it('restarts what hangs, the others one after another, and once for one step', async () => {
    await fault('hang');
    await eventually('a container that hangs', first, ({ trouble }) => trouble === 'not-ready', 60_000, 200);
    const scheduledAt = new Date();
    const before = (await state()).instances.map(({ startedAt }) => startedAt);
    const done = await inStep(tools().restartCompose, east, { scheduledAt });
    const after = (await state()).instances;
    assert.ok(after.every(({ ready, startedAt, restarts }, index) => ready && restarts === 0 && startedAt! > before[index]!));
    // The worker died after the act: once with what it left behind, once without.
    for (const heartbeatDetails of [done.heartbeats[0], undefined]) {
      await inStep(tools().restartCompose, east, { scheduledAt, attempt: 2, heartbeatDetails });
      assert.deepEqual(
        (await state()).instances.map(({ startedAt }) => startedAt),
        after.map(({ startedAt }) => startedAt),
      );
    }
  });

  it('restarts what crashes again and again, although the engine has just done so itself', async () => {
    await fault('crash', { always: true });
    await eventually(
      'a crash loop',
      () => inspected('{{.RestartCount}}'),
      (count) => Number(count) > 1,
      60_000,
      100,
    );
    const began = Date.now();
    const restarts = () => engine.restartsSince(began);
    // It crashes after our restart too, until somebody mends it; the step must not have been tried twice meanwhile.
    const mend = eventually('our restart', restarts, Boolean, 60_000, 50).then(() => heal('crash'));
    const [{ result }] = await Promise.all([inStep(tools().restartCompose, east), mend]);
    assert.equal(result.instances.length, 2);
    assert.equal(await eventually('both restarts', restarts, (seen) => seen >= 2), 2);
  });

  it('scales up and down, and leaves those alone that run', async () => {
    const before = (await state()).instances.map(({ incarnation }) => incarnation);
    await inStep(tools().scaleCompose, { ...east, desired: 3 });
    const three = await serving(3);
    assert.deepEqual(
      three.instances.slice(0, 2).map(({ incarnation }) => incarnation),
      before,
    );
    await inStep(tools().scaleCompose, { ...east, desired: 2 });
    assert.deepEqual(
      (await serving(2)).instances.map(({ incarnation }) => incarnation),
      before,
    );
  });

  it('stops a service and starts it again, the same containers', async () => {
    const ids = (await state()).instances.map(({ incarnation }) => incarnation.split('@')[0]);
    await inStep(tools().stopCompose, east);
    assert.deepEqual(
      (await state()).instances.map(({ trouble }) => trouble),
      ['stopped', 'stopped'],
    );
    await inStep(tools().startCompose, east);
    assert.deepEqual(
      (await serving(2)).instances.map(({ incarnation }) => incarnation.split('@')[0]),
      ids,
    );
  });

  it('gives memory to what was killed for it, which heals it, and takes it back', async () => {
    const limit = (memoryBytes: number | null) => inStep(tools().limitCompose, { ...east, limits: { memoryBytes, cpu: 1 } });
    await limit(16 * mib);
    await fault('memory', { always: true, value: 40 * mib });
    await eventually('a kill', first, ({ trouble }) => trouble === 'memory', 60_000, 200);
    await limit(96 * mib);
    const healed = await eventually(
      'a container that lives',
      first,
      ({ ready, memory }) => ready && memory.limitBytes === 96 * mib,
      60_000,
      200,
    );
    assert.equal(healed.cpuLimit, 1);
    await limit(null);
    assert.equal(Number(await inspected('{{.HostConfig.Memory}}')), Number(await engine.docker('info', '--format', '{{.MemTotal}}')));
    const { name: refused } = await failureOf(limit(1024 ** 5));
    assert.equal(refused, 'RefusedBySafetyRule');
  });

  it('takes a service off the network, where it runs on, and puts it back', async () => {
    const address = () => inspected('{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
    const health = async () => (await fetch(`http://${await address()}:8000/health`, { signal: AbortSignal.timeout(5_000) })).status;
    const { incarnation } = await first();
    assert.equal(await health(), 200);
    const before = await address();
    await inStep(tools().isolateCompose, east);
    assert.equal(await address(), '');
    await assert.rejects(fetch(`http://${before}:8000/health`, { signal: AbortSignal.timeout(1_000) }));
    await inStep(tools().rejoinCompose, east);
    assert.equal(await eventually('an answer', health, (status) => status === 200), 200);
    assert.equal((await first()).incarnation, incarnation);
    const aliases = await inspected('{{range .NetworkSettings.Networks}}{{json .Aliases}}{{end}}');
    assert.ok(
      ['app', name(1)].every((alias) => aliases.includes(`"${alias}"`)),
      aliases,
    );
  });

  it('rolls a bad release back by the id of its image, once, and the next up of anybody keeps it', async () => {
    const bad = await badRelease();
    const { result: seen } = await inStep(tools().readComposeReleases, east);
    assert.deepEqual([seen.wanted.revision, seen.instances.map(({ digest }) => digest)], [bad, [bad, bad]]);
    assert.ok(!seen.releases.some(({ revision }) => revision === good), 'it has lost its name, and nothing tells that it belongs here');
    await engine.docker('tag', good, 'shop:1.4.0');
    const release = (await inStep(tools().readComposeReleases, east)).result.releases.find(({ revision }) => revision === good)!;
    const pinned = { ...east, revision: release.revision, image: release.image, digest: release.digest };
    const dry = await inStep(tools().rollBackCompose, pinned, { mode: 'simulate' });
    const { result, evidence } = await inStep(tools().rollBackCompose, pinned);
    assert.deepEqual(result, { revision: good, digest: good, instances: 2 });
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ call }) => call),
      dry.predicted.map(({ call }) => call),
    );
    const after = (await serving(2)).instances.map(({ incarnation }) => incarnation);
    await inStep(tools().rollBackCompose, pinned, { attempt: 2 });
    await project.compose('up', '--detach', '--no-deps', '--scale', 'app=2', 'app');
    assert.deepEqual(
      (await state()).instances.map(({ incarnation }) => incarnation),
      after,
    );
    // Undone: the image that was replaced is still there.
    const onBad = () =>
      eventually(
        'the bad one',
        () => namesOf('health=unhealthy'),
        ({ length }) => length === 2,
        60_000,
        100,
      );
    const undone = await failureOf(
      inStep(
        tools().rollBackCompose,
        { ...east, revision: bad, image: 'shop:current', digest: bad },
        // It never serves, so the step would wait for long.
        { onStart: (mock) => void onBad().then(() => mock.cancel()) },
      ),
    ).catch((error: unknown) => error);
    assert.ok(undone);
    assert.deepEqual(
      (await state()).instances.map(({ release: now }) => now),
      [`shop:current@${bad}`, `shop:current@${bad}`],
    );
  });

  it('says what takes the disk, and begins a log anew after it was kept whole', async () => {
    await fault('chatter', { value: 3_000 });
    const logged = async () => (await inStep(tools().composeDisk, east)).result.containers[0]!.logBytes!;
    await eventually('a long log', logged, (bytes) => bytes > 3_000 * 60, 60_000, 200);
    await eventually(
      'its end',
      () => engine.docker('logs', '--tail', '1', name(1)),
      (line) => line.startsWith('line 3000 of'),
      60_000,
      200,
    );
    const { result: use } = await inStep(tools().composeDisk, east);
    assert.deepEqual(
      use.engine.map(({ what }) => what),
      ['Images', 'Containers', 'Local Volumes', 'Build Cache'],
    );
    assert.ok(use.engine[0]!.bytes! > 1_000_000 && use.containers[0]!.writtenBytes !== null);
    const { incarnation } = await first();
    const truncate = () => inStep(tools().truncateComposeLog, { ...east, instance: name(1) });
    const { result } = await truncate();
    assert.equal(readFileSync(result.kept, 'utf8').split('line 3000 of').length, 2);
    assert.ok(result.keptBytes > 180_000 && (await logged()) < 1_000);
    await fault('chatter', { value: 3 });
    await eventually(
      'new lines',
      () => engine.docker('logs', name(1)),
      (text) => /line 3 of/.test(text),
      60_000,
      200,
    );
    assert.equal((await truncate()).result.keptBytes, result.keptBytes, 'the same step keeps nothing twice');
    assert.ok((await logged()) > 0);
    assert.equal((await first()).incarnation, incarnation);
  });

  it('says why a service cannot start: its files, its variables', async () => {
    const { result } = await inStep(tools().checkCompose, east);
    assert.deepEqual([result.problem, result.variables.empty, result.variables.set.includes('MODE')], [null, ['DATABASE_URL'], true]);
    const broken = await engine.project(`${project.name}x`, file.replace('MODE: live', "MODE: '${SHOP_MODE:?is not set}'"));
    const { result: seen } = await inStep(tools({ files: [broken.file] }).checkCompose, east);
    assert.match(seen.problem!, /SHOP_MODE.*is not set/);
  });

  it('changes nothing in simulate, whatever is asked', async () => {
    await engine.docker('tag', await engine.image({ name: 'shop:next', version: '1.6.0' }), 'shop:next');
    const next = (await inStep(tools().readComposeReleases, east)).result.releases.find(({ image }) => image === 'shop:next');
    const before = await everything();
    const asked = tools();
    const dry = { mode: 'simulate' } as const;
    const runs = [
      inStep(asked.restartCompose, east, dry),
      inStep(asked.scaleCompose, { ...east, desired: 5 }, dry),
      inStep(asked.stopCompose, east, dry),
      inStep(asked.startCompose, east, dry),
      inStep(asked.limitCompose, { ...east, limits: { memoryBytes: 64 * mib } }, dry),
      inStep(asked.isolateCompose, east, dry),
      inStep(asked.rejoinCompose, east, dry),
      inStep(asked.rollBackCompose, { ...east, revision: next!.revision, image: next!.image, digest: next!.digest }, dry),
      inStep(asked.truncateComposeLog, { ...east, instance: name(1) }, dry),
    ];
    const predicted = (await Promise.all<{ predicted: unknown[] }>(runs)).map((each) => each.predicted.length);
    assert.deepEqual(predicted, [2, 1, 1, 0, 2, 2, 0, 3, 2]);
    assert.deepEqual(await everything(), before);
  });

  it('says soon that an engine does not answer, and that it may be tried again', async () => {
    const gone = tools({ host: 'unix:///tmp/muster-no-such-engine.sock' });
    for (const run of [() => inStep(gone.readCompose, east), () => inStep(gone.restartCompose, east)]) {
      const { name: failed, message } = await failureOf(run());
      assert.equal(failed, 'Transient');
      assert.match(message, /Cannot connect to the Docker daemon/);
    }
  });
});
