import assert from 'node:assert/strict';
import { ansibleActivities } from '../../src/activities/host/playbooks.ts';
import { hostActivities } from '../../src/activities/host/machine.ts';
import { quoted } from '../../src/activities/host/ssh.ts';
import { bytesOf, coresOf } from '../../src/activities/host/unit-state.ts';
import { systemdActivities } from '../../src/activities/host/systemd.ts';
import { failureOf, inStep } from './in-step.ts';
import { environmentOnHost, standInSsh, type Answer, type StandInSsh } from './stand-in-ssh.ts';

const where = { service: 'shop', region: 'east' };
const place = {
  ...{ address: 'app-1.example.com', user: 'muster', identity: '/keys/muster', knownHosts: '/keys/known_hosts', unit: 'app.service' },
  ...{ logs: ['/var/log/app/app.log'], disks: ['/'], logrotate: '/etc/logrotate.d/app' },
};
const up = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', Result: 'success', NRestarts: '0', InvocationID: 'a1' };
const show = (more: object = {}): Answer => ({
  out: Object.entries({
    ...up,
    ActiveEnterTimestamp: 'Sat 2026-11-21 14:55:13 UTC',
    MemoryMax: 'infinity',
    MemoryCurrent: '[not set]',
    ...more,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join(''),
});
const hostile = [
  '-H',
  '--host=evil',
  'app;rm -rf /.service',
  '$(reboot).service',
  '`id`.service',
  'a b.service',
  'app\n.service',
  'app\0.service',
  '../app.service',
  'app',
  '',
  '@/etc/passwd',
  "app'.service",
];

describe('a host by ssh', () => {
  let ssh: StandInSsh;
  before(() => void (ssh = standInSsh()));
  after(() => ssh.remove());
  beforeEach(() => ssh.answers({ "'systemctl' 'show'": show() }));

  const environment = (more: object = {}) => environmentOnHost({ ...place, ...more });
  const units = (more: object = {}) => systemdActivities(environment(more));
  const tools = (more: object = {}) => hostActivities(environment(more));
  const commands = () => ssh.calls().map((call) => call.at(-1)!);
  /** What the last word means to a shell. */
  const meant = (command: string) => [...command.matchAll(/'((?:[^']|'\\'')*)'(?: |$)/g)].map(([, word]) => word!.replaceAll("'\\''", "'"));

  it('is reached without questions, agent, forwarding or a configuration of its own, and believes known keys only', async () => {
    await inStep(units().readUnit, where);
    for (const call of ssh.calls()) {
      assert.deepEqual(call.slice(0, 3), ['-F', 'none', '-T']);
      const options = call.flatMap((word, index) => (call[index - 1] === '-o' ? [word] : []));
      for (const option of ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'UserKnownHostsFile=/keys/known_hosts', 'IdentityAgent=none'])
        assert.ok(options.includes(option), option);
      for (const option of ['ClearAllForwardings=yes', 'ControlMaster=no', 'PermitLocalCommand=no', 'ConnectTimeout=10'])
        assert.ok(options.includes(option), option);
      assert.deepEqual(call.slice(-7, -1), ['-p', '22', '-l', 'muster', '--', 'app-1.example.com']);
    }
  });

  it('quotes every word, limits the time on the host too, and needs root only for what changes something', async () => {
    await inStep(units().unitLogs, { ...where, lines: 10, since: '2026-11-21T14:00:00Z' });
    assert.deepEqual(meant(commands().find((command) => command.includes('journalctl'))!), [
      ...['env', 'LC_ALL=C', 'TZ=UTC', 'timeout', '--kill-after=2', '10', 'journalctl', '--no-pager', '--quiet', '--output=short-iso'],
      ...['--unit=app.service', '--lines=5', '--since=2026-11-21 14:00:00'],
    ]);
    assert.ok(commands().every((command) => !command.includes('sudo')));
    await failureOf(inStep(units().stopUnit, where, { onStart: (running) => void setTimeout(() => running.cancel(), 1_500) }));
    assert.deepEqual(meant(commands().find((command) => command.includes("'stop'"))!).slice(6), [
      'sudo',
      '-n',
      'systemctl',
      '--no-block',
      'stop',
      'app.service',
    ]);
    assert.equal(quoted("it's $(x) `y` \\"), "'it'\\''s $(x) `y` \\'");
  });

  it('refuses hostile names in the environment', () => {
    for (const unit of hostile) assert.throws(() => environment({ unit }), /\/host\/unit|\/unit/, JSON.stringify(unit));
    for (const user of ['-lroot', 'a b', 'root;id', '$(id)', 'A\n']) assert.throws(() => environment({ user }), /\/user/);
    for (const path of ['relative.log', '/var/../etc/passwd', '/var/log/a\nb', '-rf']) {
      for (const field of ['logs', 'disks']) assert.throws(() => environment({ [field]: [path] }), new RegExp(`/${field}/0`));
      assert.throws(() => environment({ logrotate: path }), /\/logrotate/);
    }
    assert.throws(() => environment({ playbooks: { a: { file: '/a.yaml', sha256: 'short' } } }), /\/sha256/);
  });

  it('starts no process for hostile addresses, keys, paths, counts and times', async () => {
    for (const address of ['-oProxyCommand=reboot', 'a b', 'host;id', '$(id)', 'host\n', 'user@host', '']) {
      if (address === '') assert.throws(() => environment({ address }));
      else assert.equal((await failureOf(inStep(units({ address }).readUnit, where))).name, 'InvalidInput', address);
    }
    for (const file of ['keys', '-i', '/a b', '/a%h', '/a"b', '/a\nb'])
      for (const field of ['identity', 'knownHosts'])
        assert.equal((await failureOf(inStep(units({ [field]: file }).readUnit, where))).name, 'InvalidInput', file);
    for (const lines of [0, -1, 1.5, 2_001, NaN])
      assert.equal((await failureOf(inStep(units().unitLogs, { ...where, lines }))).name, 'InvalidInput');
    assert.equal((await failureOf(inStep(units({ logs: [] }).unitLogs, { ...where, lines: 5, since: '$(id)' }))).name, 'InvalidInput');
    for (const path of [...hostile, '/etc/passwd', '/var/log/app/app.log; rm -rf /'])
      assert.equal((await failureOf(inStep(tools().emptyLog, { ...where, path }))).name, 'InvalidInput', path);
    for (const playbook of hostile)
      assert.equal((await failureOf(inStep(ansibleActivities(environment()).applyPlaybook, { ...where, playbook }))).name, 'InvalidInput');
    for (const service of hostile) assert.equal((await failureOf(inStep(units().restartUnit, { ...where, service }))).name, 'InvalidInput');
    for (const region of [...hostile, 'west'])
      assert.equal((await failureOf(inStep(units().restartUnit, { ...where, region }))).name, 'InvalidInput');
    for (const text of [
      '[Service]\nExecStart=/bin/sh\n',
      '# Written by Muster. Without this file: MemoryMax=1 CPUQuota=1%\n[Service]\nMemoryMax=1\nExecStart=x\n',
    ])
      assert.equal((await failureOf(inStep(units().putBackUnitLimits, { ...where, text }))).name, 'InvalidInput');
    assert.deepEqual(
      commands().filter((command) => command.includes('sudo')),
      [],
    );
  });

  it('never empties the files of a database, whatever the environment says', async () => {
    for (const path of ['/var/lib/pg/pg_wal/x.log', '/data/base/1/2.log', '/data/00000001000000000000000A', '/data/a.wal']) {
      const { name } = await failureOf(inStep(tools({ logs: [path] }).emptyLog, { ...where, path }));
      assert.equal(name, 'RefusedBySafetyRule', path);
    }
    assert.deepEqual(ssh.calls(), []);
  });

  it('reads what systemd says of a unit', async () => {
    const trouble = async (more: object) => {
      ssh.answers({ "'systemctl' 'show'": show(more) });
      return (await inStep(units().readUnit, where)).result.instances[0]!;
    };
    const down = { ActiveState: 'failed', SubState: 'failed', ExecMainCode: '1', ExecMainExitTimestamp: 'Sat 2026-11-21 14:56:00 UTC' };
    const seen = await trouble({ MemoryCurrent: '1048576', MemoryMax: '18446744073709551615', CPUQuotaPerSecUSec: '1s 500ms' });
    assert.deepEqual(
      [seen.ready, seen.startedAt, seen.memory, seen.cpuLimit],
      [true, '2026-11-21T14:55:13Z', { usedBytes: 1_048_576, limitBytes: null }, 1.5],
    );
    assert.equal((await trouble({ ...down, Result: 'exit-code', ExecMainStatus: '203' })).trouble, 'configuration');
    assert.equal((await trouble({ ...down, Result: 'resources' })).trouble, 'configuration');
    assert.equal((await trouble({ LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead' })).trouble, 'configuration');
    assert.deepEqual((await trouble({ ...down, Result: 'exit-code', ExecMainStatus: '7' })).lastEnd, {
      code: 7,
      reason: 'exit code 7',
      at: '2026-11-21T14:56:00Z',
    });
    assert.equal((await trouble({ ...down, Result: 'oom-kill', ExecMainCode: '2', ExecMainStatus: '9' })).trouble, 'memory');
    assert.equal(
      (await trouble({ ActiveState: 'activating', SubState: 'auto-restart', Result: 'exit-code', NRestarts: '4' })).trouble,
      'crashing',
    );
    assert.equal((await trouble({ ActiveState: 'inactive', SubState: 'dead', InvocationID: '' })).incarnation, 'none');
    assert.deepEqual([bytesOf('infinity'), bytesOf('18446744073709551615'), bytesOf(`${2 ** 50}`)], [null, null, 2 ** 50]);
    assert.deepEqual([coresOf('infinity'), coresOf('200ms'), coresOf('4s'), coresOf('1min')], [null, 0.2, 4, 60]);
  });

  it('calls a killed unit out of memory when the kernel says so, and not when the kernel says nothing of it', async () => {
    const killed = show({
      ActiveState: 'failed',
      SubState: 'failed',
      Result: 'signal',
      ExecMainCode: '2',
      ExecMainStatus: '9',
      ExecMainPID: '77',
      MemoryMax: '1000',
    });
    for (const [kernel, expected] of [
      ['Out of memory: Killed process 77 (app)', 'memory'],
      ['usb 1-1: new device', 'crashing'],
      ['', 'memory'],
    ] as const) {
      ssh.answers({ "'systemctl' 'show'": killed, "'--dmesg'": { out: kernel } });
      assert.equal((await inStep(units().readUnit, where)).result.instances[0]!.trouble, expected, kernel);
    }
  });

  it('sends the text of a drop-in file beside the command, and says both in the prediction', async () => {
    ssh.answers({
      "'systemctl' 'show'": show(),
      "'cat' '--' '/etc/systemd": { code: 1, err: 'No such file' },
      meminfo: { out: 'MemTotal: 8000000 kB\n' },
    });
    const asked = { ...where, limits: { memoryBytes: 512 * 1024 * 1024, cpu: 2 } };
    const dry = await inStep(units().limitUnit, asked, { mode: 'simulate' });
    assert.deepEqual(
      commands().filter((command) => command.includes('sudo')),
      [],
    );
    assert.match(JSON.stringify(dry.predicted), /install.*90-muster\.conf.*MemoryMax=536870912.*CPUQuota=200%.*daemon-reload/s);
    assert.deepEqual(dry.result.limits, { memoryBytes: 512 * 1024 * 1024, cpu: 2 });
  });

  it('tells what is sure from what is not when the connection fails', async () => {
    const failing = async (err: string, tool: 'readUnit' | 'restartUnit', on = "'systemctl'") => {
      ssh.answers({ [on]: { code: 255, err }, "'systemctl' 'show'": show() });
      const { readUnit, restartUnit } = units();
      return (await failureOf(tool === 'readUnit' ? inStep(readUnit, where) : inStep(restartUnit, where))).name;
    };
    assert.equal(await failing('ssh: connect to host app-1 port 22: Connection timed out', 'readUnit'), 'Transient');
    assert.equal(await failing('Host key verification failed.', 'readUnit'), 'Permanent');
    assert.equal(await failing('muster@app-1: Permission denied (publickey).', 'readUnit'), 'Permanent');
    assert.equal(await failing('ssh: connect to host app-1 port 22: Connection refused', 'restartUnit', "'restart'"), 'Transient');
    ssh.answers({
      "'restart'": { code: 255, err: 'client_loop: send disconnect: Broken pipe' },
      "'systemctl' 'show'": show(),
      uptime: { out: '1000.00 1' },
    });
    const { name, message } = await failureOf(inStep(units().restartUnit, where));
    assert.deepEqual([name, /the answer was lost .* and it did not happen/.test(message)], ['Transient', true], message);
  });

  it('says that sudo does not allow it, rather than that there is nothing', async () => {
    ssh.answers({
      "'systemctl' 'show'": { out: 'LoadState=loaded\nEnvironmentFiles=/etc/app.env (ignore_errors=no)\n' },
      "'stat'": { out: '12 8 512 regular file\n' },
      "'grep'": { code: 1, err: 'sudo: a password is required' },
    });
    const { result } = await inStep(tools().readPremises, where);
    assert.deepEqual(result.settings, [{ path: '/etc/app.env', there: true, names: null }]);
  });
});
