import assert from 'node:assert/strict';
import { composeLimitActivities } from '../../src/activities/compose/limits.ts';
import { composeNetworkActivities } from '../../src/activities/compose/networks.ts';
import { composeReleaseActivities } from '../../src/activities/compose/releases.ts';
import { composeSetupActivities } from '../../src/activities/compose/setup.ts';
import { composeActivities } from '../../src/activities/compose/services.ts';
import { bytesOf } from '../../src/activities/compose/objects.ts';
import type { EvidenceEntry } from '../../src/record/evidence.ts';
import { environmentInCompose, ids, standInEngine, type StandInEngine } from './engine.ts';
import { failureOf, inStep } from './in-step.ts';

describe('docker compose', () => {
  let engine: StandInEngine;
  before(() => void (engine = standInEngine()));
  after(() => engine.remove());
  beforeEach(() => engine.reset());

  const east = { service: 'shop', region: 'east' };
  const tools = (place: object = {}) => {
    const environment = environmentInCompose(place);
    return {
      ...composeActivities(environment),
      ...composeLimitActivities(environment),
      ...composeNetworkActivities(environment),
      ...composeReleaseActivities(environment),
      ...composeSetupActivities(environment),
    };
  };
  /** What the calls that change something say after `--host …`. */
  const changes = () =>
    engine
      .calls()
      .map((call) => call.slice(2).join(' '))
      .filter((call) => /^(restart|start|stop|update|tag|network (dis)?connect|compose .* up) /.test(`${call} `));
  const acts = (evidence: EvidenceEntry[]) => evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
  const pinned = { ...east, revision: ids.good, image: 'shop:old', digest: ids.good };

  it('is always told its engine, and compose its project and files', async () => {
    await inStep(tools().readCompose, east);
    await inStep(tools().scaleCompose, { ...east, desired: 3 });
    for (const call of engine.calls()) assert.deepEqual(call.slice(0, 2), ['--host', 'unix:///nowhere/docker.sock']);
    assert.deepEqual(
      engine
        .calls()
        .find((call) => call[2] === 'compose')!
        .slice(2, 9),
      [...['compose', '--ansi', 'never', '--project-name', 'site', '--file', '/srv/site/docker-compose.yml']],
    );
  });

  it('asks the engine of this machine when none is named, whatever the context of the client is', async () => {
    engine.change({ containers: [] });
    await failureOf(inStep(tools({ host: undefined }).restartCompose, east));
    assert.deepEqual(engine.calls()[0]!.slice(0, 2), ['--host', 'unix:///var/run/docker.sock']);
  });

  describe('reads', () => {
    const first = async () => (await inStep(tools().readCompose, east)).result.instances[0]!;

    it('containers with their image by its id, memory, limits and start', async () => {
      engine.first({ memory: 64 * 1024 ** 2, cpu: 0.5 });
      engine.change({ used: { [ids.one]: '563.2KiB' } });
      const { result } = await inStep(tools().readCompose, east);
      assert.deepEqual([result.wanted, result.ready], [2, 2]);
      assert.deepEqual(result.instances[0], {
        ...{ name: 'site-app-1', incarnation: `${ids.one}@2026-11-20T03:00:00.000000001Z`, ready: true },
        ...{ startedAt: '2026-11-20T03:00:00.000000001Z', restarts: 0, trouble: null, lastEnd: null },
        ...{ memory: { usedBytes: 576_717, limitBytes: 64 * 1024 ** 2 }, cpuLimit: 0.5, release: `shop:1@${ids.bad}`, node: null },
      });
    });

    it('what keeps a container from serving', async () => {
      const ended = { status: 'exited', finishedAt: '2026-11-20T04:00:00Z' };
      const cases = [
        [{ ...ended, exitCode: 137, outOfMemory: true }, 'memory', 'OOMKilled'],
        [{ ...ended, exitCode: 1 }, 'crashing', 'Error'],
        [{ ...ended, exitCode: 143 }, 'stopped', 'signal 15'],
        [
          { ...ended, exitCode: 127, error: 'exec: "app": executable file not found' },
          'configuration',
          'exec: "app": executable file not found',
        ],
        [{ ...ended, status: 'restarting', restarts: 4, exitCode: 2 }, 'crashing', 'Error'],
        [{ health: 'unhealthy' }, 'not-ready', undefined],
        [{ status: 'paused' }, 'stopped', undefined],
        [{ status: 'created', error: 'port is already allocated' }, 'configuration', undefined],
      ] as const;
      for (const [change, trouble, reason] of cases) {
        engine.reset();
        engine.first(change);
        const seen = await first();
        assert.deepEqual([seen.trouble, seen.lastEnd?.reason, seen.ready], [trouble, reason, false], JSON.stringify(change));
      }
    });

    it('the exit code of the life before from the events, because the container has forgotten it', async () => {
      const at = new Date(Date.now() - 60_000).toISOString();
      engine.first({ finishedAt: at, restarts: 3, startedAt: at });
      engine.change({
        events: [
          { action: 'oom', id: ids.one, at },
          { action: 'die', id: ids.one, at, exitCode: '137' },
          { action: 'exec_start: wget', id: ids.one, at },
        ],
      });
      const { result } = await inStep(tools().readCompose, east);
      assert.deepEqual(result.instances[0]!.lastEnd, { code: 137, reason: 'OOMKilled', at });
      assert.deepEqual(result.events, [`${at} site-app-1 die with exit code 137`, `${at} site-app-1 oom`]);
    });

    it('how many the files ask for when there is no container', async () => {
      engine.change({ containers: [], config: { services: { app: { deploy: { replicas: 3 } } } } });
      const { result } = await inStep(tools().readCompose, east);
      assert.deepEqual([result.wanted, result.ready, result.instances], [3, 0, []]);
    });

    it('the end of the logs of all containers by time, without secrets, and says that older lines are left out', async () => {
      const { result } = await inStep(tools().composeLogs, { ...east, lines: 4 });
      assert.deepEqual(result.lines, [
        '2026-11-20T03:00:00.1Z site-app-1 starts',
        '2026-11-20T03:00:00.2Z site-app-1 password=[redacted] is wrong',
        '2026-11-20T03:00:01.1Z site-app-2 starts',
        '2026-11-20T03:00:01.2Z site-app-2 password=[redacted] is wrong',
      ]);
      assert.equal(result.cut, true);
      const one = await inStep(tools().composeLogs, { ...east, lines: 100, instance: 'site-app-2' });
      assert.deepEqual([one.result.lines.length, one.result.cut], [2, false]);
    });

    it('a log with lines of megabytes within its bounds', async () => {
      engine.first({
        log: ['2026-11-20T03:00:00.1Z starts', `2026-11-20T03:00:00.2Z ${'x'.repeat(3_000_000)}`, '2026-11-20T03:00:00.3Z ends'],
      });
      const { result } = await inStep(tools().composeLogs, { ...east, lines: 10, instance: 'site-app-1' });
      assert.deepEqual([result.lines, result.cut], [['2026-11-20T03:00:00.3Z ends'], true]);
    });

    it('the names of variables, and never their values', async () => {
      const { result, evidence } = await inStep(tools().checkCompose, east);
      assert.deepEqual(result, { problem: null, variables: { set: ['MODE', 'API_KEY'], empty: ['DATABASE_URL'] }, errors: [] });
      assert.doesNotMatch(JSON.stringify(evidence), /hunter2/);
      engine.change({ fault: { on: 'config', before: 'required variable SHOP_KEY is missing a value' } });
      assert.match((await inStep(tools().checkCompose, east)).result.problem!, /SHOP_KEY is missing/);
    });

    it('sizes as docker writes them', () => {
      assert.deepEqual(['0B', '1.982MB', '563.2KiB', '12kB', '23.54GiB', 'N/A'].map(bytesOf), [
        ...[0, 1_982_000, 576_717, 12_000, 25_275_882_537, null],
      ]);
    });
  });

  describe('restarts', () => {
    const restarts = () => changes().map((call) => call.replace('restart ', ''));

    it('one after another, predicts those very commands, and in simulate nothing', async () => {
      const dry = await inStep(tools().restartCompose, east, { mode: 'simulate' });
      assert.deepEqual(changes(), []);
      const { evidence, predicted, result } = await inStep(tools().restartCompose, east);
      assert.deepEqual(restarts(), [ids.one, ids.two]);
      assert.deepEqual([acts(evidence), dry.predicted], [predicted, predicted]);
      assert.deepEqual(
        result.instances.map(({ name }) => name),
        ['site-app-1', 'site-app-2'],
      );
    });

    it('those first and together that do not serve', async () => {
      engine.first({ health: 'unhealthy' });
      engine.change({
        containers: [...engine.state().containers, { ...engine.state().containers[0]!, id: 'e'.repeat(64), name: 'site-app-3' }],
      });
      await inStep(tools().restartCompose, east);
      assert.deepEqual(restarts(), [`${ids.one} ${'e'.repeat(64)}`, ids.two]);
    });

    it('once, although the worker dies after the act and the step is tried again', async () => {
      const scheduledAt = new Date(Date.now() - 5_000);
      const first = await inStep(tools().restartCompose, east, { scheduledAt });
      const heartbeatDetails = first.heartbeats[0];
      for (const left of [heartbeatDetails, undefined])
        await inStep(tools().restartCompose, east, { scheduledAt, attempt: 2, heartbeatDetails: left });
      assert.deepEqual(restarts(), [ids.one, ids.two]);
    });

    it('what is left when the worker dies between two containers', async () => {
      const scheduledAt = new Date(Date.now() - 5_000);
      engine.change({ fault: { on: `restart ${ids.two}`, before: 'Cannot connect to the Docker daemon at unix:///nowhere/docker.sock' } });
      const { name } = await failureOf(inStep(tools().restartCompose, east, { scheduledAt }));
      assert.equal(name, 'Transient');
      await inStep(tools().restartCompose, east, { scheduledAt, attempt: 2 });
      assert.deepEqual(restarts(), [ids.one, ids.two, ids.two]);
    });

    it('once although the answer is lost after it took effect', async () => {
      engine.change({ fault: { on: `restart ${ids.one}`, after: 'error during connect: unexpected EOF' } });
      const failed = await failureOf(inStep(tools().restartCompose, east));
      assert.equal(failed.name, 'Transient', 'the second one is left');
      await inStep(tools().restartCompose, east, { attempt: 2, scheduledAt: new Date(Date.now() - 20_000) });
      assert.deepEqual(restarts(), [ids.one, ids.two]);
    });

    it('what the engine itself restarted since, because that is what it does with what crashes', async () => {
      const startedAt = new Date(Date.now() + 1_000).toISOString();
      engine.first({ restarts: 7, startedAt, health: 'unhealthy' });
      await inStep(tools().restartCompose, east);
      assert.deepEqual(restarts(), [ids.one, ids.two]);
    });

    it('nothing where there is no container', async () => {
      engine.change({ containers: [] });
      const { name, message } = await failureOf(inStep(tools().restartCompose, east));
      assert.equal(name, 'Permanent');
      assert.match(message, /no container of app: scale it up instead/);
    });
  });

  it('scales without making anything anew, once', async () => {
    const { result, evidence, predicted } = await inStep(tools().scaleCompose, { ...east, desired: 3 });
    await inStep(tools().scaleCompose, { ...east, desired: 3 });
    assert.deepEqual(result, { desired: 3, inService: 3 });
    assert.deepEqual(acts(evidence), predicted);
    assert.equal(changes().length, 1);
    assert.match(changes()[0]!, / up --detach --no-deps --no-recreate --no-build --pull never --scale app=3 app$/);
    for (const desired of [-1, 1.5, 101, NaN]) {
      assert.equal((await failureOf(inStep(tools().scaleCompose, { ...east, desired }))).name, 'InvalidInput');
    }
  });

  it('waits for the containers that it adds, not for one that did not serve before', async () => {
    engine.first({ health: 'unhealthy' });
    const { result } = await inStep(tools().scaleCompose, { ...east, desired: 3 });
    assert.deepEqual(result, { desired: 3, inService: 2 });
  });

  it('stops and starts the containers by their ids, each once', async () => {
    for (const act of [tools().stopCompose, tools().stopCompose, tools().startCompose, tools().startCompose])
      await inStep<typeof east, unknown>(act, east);
    assert.deepEqual(changes(), [`stop ${ids.one} ${ids.two}`, `start ${ids.one} ${ids.two}`]);
  });

  describe('limits', () => {
    const mib = 1024 ** 2;
    const limit = (limits: object) => inStep(tools().limitCompose, { ...east, limits });

    it('are set once, keep the swap that was allowed, and go back to none', async () => {
      engine.first({ memory: 64 * mib });
      const { evidence, predicted } = await limit({ memoryBytes: 128 * mib, cpu: 2 });
      await limit({ memoryBytes: 128 * mib, cpu: 2 });
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(changes(), [
        `update --memory ${128 * mib} --memory-swap ${192 * mib} --cpus 2 ${ids.one}`,
        `update --memory ${128 * mib} --memory-swap ${128 * mib} --cpus 2 ${ids.two}`,
      ]);
      await limit({ memoryBytes: null, cpu: null });
      assert.match(changes().at(-1)!, new RegExp(`^update --memory ${8192 * mib} --memory-swap \\d+ --cpus 4 `));
    });

    it('are refused when they would kill at once, or are more than the machine has', async () => {
      engine.change({ used: { [ids.two]: '100MiB' } });
      for (const [limits, why] of [
        [{ memoryBytes: 64 * mib }, /site-app-2 uses 104857600 bytes already/],
        [{ memoryBytes: 9000 * mib }, /the machine has 8589934592 bytes/],
        [{ cpu: 5 }, /the machine has 4 cores/],
      ] as const) {
        const { name, message } = await failureOf(limit(limits));
        assert.equal(name, 'RefusedBySafetyRule');
        assert.match(message, why);
      }
      for (const limits of [{}, { memoryBytes: 1 }, { memoryBytes: 1.5 }, { cpu: 0 }, { cpu: NaN }])
        assert.equal((await failureOf(limit(limits))).name, 'InvalidInput');
      assert.deepEqual(changes(), []);
    });
  });

  it('takes a service off its networks and puts it back under its names, each once', async () => {
    for (const act of [tools().isolateCompose, tools().isolateCompose]) await inStep(act, east);
    assert.deepEqual(changes(), [`network disconnect site_default ${ids.one}`, `network disconnect site_default ${ids.two}`]);
    for (const act of [tools().rejoinCompose, tools().rejoinCompose]) await inStep(act, east);
    assert.deepEqual(changes().slice(2), [
      `network connect --alias site-app-1 --alias app site_default ${ids.one}`,
      `network connect --alias site-app-2 --alias app site_default ${ids.two}`,
    ]);
  });

  describe('releases', () => {
    it('are images on the machine by their ids, newest first', async () => {
      const { result } = await inStep(tools().readComposeReleases, east);
      assert.deepEqual(
        [result.wanted.revision, result.underWay, result.releases.map(({ revision, image }) => [revision, image])],
        [
          ids.bad,
          null,
          [
            [ids.bad, 'shop:1'],
            [ids.good, 'shop:old'],
          ],
        ],
      );
      assert.deepEqual(result.rollouts, [{ revision: ids.bad, startedAt: '2026-11-20T03:00:00Z', state: 'Successful' }]);
      assert.deepEqual(result.instances[1], { id: 'site-app-2', digest: ids.bad, state: 'site-app-2 is running and healthy' });
    });

    it('are rolled back to a pinned one once, as many containers as there are, and the replaced one keeps a name', async () => {
      const dry = await inStep(tools().rollBackCompose, pinned, { mode: 'simulate' });
      assert.deepEqual(changes(), []);
      const { result, evidence, predicted } = await inStep(tools().rollBackCompose, pinned);
      await inStep(tools().rollBackCompose, pinned);
      assert.deepEqual(result, { revision: ids.good, digest: ids.good, instances: 2 });
      assert.deepEqual([acts(evidence), dry.predicted], [predicted, predicted]);
      assert.deepEqual(changes().slice(0, 2), [`tag ${ids.bad} shop:muster-replaced`, `tag ${ids.good} shop:1`]);
      assert.match(changes()[2]!, / up --detach --no-deps --no-build --pull never --scale app=2 app$/);
      assert.equal(changes().length, 3);
    });

    it('are not rolled back to what is not there any more', async () => {
      const { name } = await failureOf(inStep(tools().rollBackCompose, { ...pinned, revision: `sha256:${'9'.repeat(64)}` }));
      assert.equal(name, 'RefusedBySafetyRule');
      assert.deepEqual(changes(), []);
    });
  });

  it('starts nothing for a hostile name in any field', async () => {
    const hostile = [
      ...[
        '; rm -rf /',
        '$(reboot)',
        'a\nb',
        'a\0b',
        '-o',
        '--host=tcp://evil',
        '--config=/tmp',
        '@/etc/passwd',
        '-H',
        '<pod-name>',
        '../..',
        '',
        ' ',
      ],
    ];
    const { composeLogs, rollBackCompose, restartCompose } = tools();
    for (const text of hostile) {
      for (const asked of [
        inStep(restartCompose, { ...east, service: text }),
        inStep(restartCompose, { ...east, region: text }),
        inStep(rollBackCompose, { ...pinned, revision: text }),
        inStep(composeLogs, { ...east, lines: 5, since: text }),
      ])
        assert.equal((await failureOf(asked)).name, 'InvalidInput', JSON.stringify(text));
      for (const place of [{ project: text }, { service: text }]) assert.throws(() => tools(place), JSON.stringify(text));
      if (text !== '') {
        for (const place of [{ host: text }, { files: text.startsWith('-') || /^\s|[\n\0]/.test(text) ? [text] : ['-x'] }])
          assert.equal((await failureOf(inStep(tools(place).restartCompose, east))).name, 'InvalidInput', JSON.stringify(place));
      }
    }
    const { message } = await failureOf(inStep(composeLogs, { ...east, lines: 5, instance: '--follow' }));
    assert.match(message, /"--follow" is no name of a container/);
    assert.deepEqual(engine.calls(), []);
  });

  it('takes no password in the address of an engine', async () => {
    const { name, message } = await failureOf(inStep(tools({ host: 'ssh://root:hunter2hunter2@site' }).readCompose, east));
    assert.equal(name, 'InvalidInput');
    assert.doesNotMatch(message, /hunter2/);
  });
});
