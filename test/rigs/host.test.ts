import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ansibleActivities } from '../../src/activities/host/playbooks.ts';
import { hostActivities } from '../../src/activities/host/machine.ts';
import { systemdActivities } from '../../src/activities/host/systemd.ts';
import type { WorkloadInstance } from '../../src/workflows/ports/workload-state.ts';
import { eventually } from '../eventually.ts';
import { failureOf, inStep, type StepOptions } from '../activities/in-step.ts';
import { environmentOnHost } from '../activities/stand-in-ssh.ts';
import { ansibleFolder } from './host/ansible.ts';
import { startHost, type Host } from './host/host.ts';
import { orSkip } from './or-skip.ts';
import { rigFolderNow } from './rig-folder.ts';

const mib = 1024 * 1024;
const where = { service: 'shop', region: 'east' };

/** Serves, and takes so many mebibytes of memory when its file says so. */
const app = `import http.server, os, threading, time
kept = []
def look():
    while True:
        if os.path.exists('/run/app-eats') and not kept: kept.append(bytearray(int(open('/run/app-eats').read() or 0) * 1048576))
        time.sleep(0.2)
threading.Thread(target=look, daemon=True).start()
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'well')
print('it serves', flush=True)
http.server.HTTPServer(('0.0.0.0', 8080), Health).serve_forever()
`;
const unit = (more = '') =>
  `[Unit]\nStartLimitIntervalSec=30\nStartLimitBurst=3\n[Service]\nEnvironmentFile=/etc/app.env\nExecStart=/usr/bin/python3 /opt/app.py\nStandardOutput=journal\n${more}`;

describe('a real host with systemd, by ssh', function () {
  this.timeout(600_000);
  let host: Host;
  const archives: string[] = [];
  let tools: ReturnType<typeof systemdActivities> & ReturnType<typeof hostActivities>;

  const environmentFor = (more: object = {}) => {
    const { identity, knownHosts, address } = host;
    const place = { address, user: 'muster', identity, knownHosts, unit: 'app.service', logs: ['/var/log/app/app.log'] };
    const disks = ['/', '/var/log/app'];
    const archive = rigFolderNow('logs');
    archives.push(archive);
    return environmentOnHost({ ...place, disks, logrotate: '/etc/logrotate.d/app', ...more }, archive);
  };
  const toolsFor = (more: object = {}) => ({ ...systemdActivities(environmentFor(more)), ...hostActivities(environmentFor(more)) });
  const invocation = async () => (await host.run('systemctl show app -p InvocationID --value')).trim();
  const state = async (): Promise<WorkloadInstance> => (await inStep(tools.readUnit, where)).result.instances[0]!;
  const dropIn = () => host.run('cat /etc/systemd/system/app.service.d/90-muster.conf 2>/dev/null || true');

  before(async function () {
    const sudoers = readFileSync('deploy/systemd/sudoers', 'utf8');
    host = await orSkip(this, () => startHost({ sudoers }));
    await host.write('/opt/app.py', app);
    await host.write('/etc/app.env', 'APP_SECRET=not-for-eyes\nAPP_MODE=calm\n', 0o600);
    await host.write('/etc/logrotate.d/app', '/var/log/app/app.log {\n  rotate 3\n  copytruncate\n}\n');
    await host.run('useradd -r nobody2 2>/dev/null; touch /var/log/app/app.log; chmod 644 /var/log/app/app.log');
    tools = toolsFor();
  });
  beforeEach(async () => {
    await host.run(
      'rm -rf /run/app-eats /etc/systemd/system/app.service.d; truncate -s 0 /var/log/app/app.log; systemctl reset-failed app 2>/dev/null || true',
    );
    await host.unit('app.service', unit());
    await host.run('systemctl restart app; systemctl reset-failed app 2>/dev/null || true');
    await eventually('the application', () => host.run('curl -sf http://127.0.0.1:8080/'), Boolean);
  });
  after(async () => {
    await host?.stop();
    for (const archive of archives) rmSync(archive, { recursive: true, force: true });
  });

  describe('reading', () => {
    it('tells how the unit is, which start it is, and what it said', async () => {
      const { result } = await inStep(tools.readUnit, where);
      assert.deepEqual([result.wanted, result.ready, result.instances[0]!.trouble], [1, 1, null]);
      assert.equal(result.instances[0]!.incarnation, await invocation());
      assert.ok(result.instances[0]!.memory.usedBytes! > mib);
      assert.ok(
        result.events.some((line) => /Started app/.test(line)),
        result.events.join('\n'),
      );
      const log = await eventually(
        'the log',
        async () => (await inStep(tools.unitLogs, { ...where, lines: 50 })).result.lines,
        (lines) => lines.some((line) => line.endsWith('it serves')),
      );
      assert.ok(log.length <= 50);
    });

    it('tells a stopped unit, one that crashes, one killed for its memory, and one whose settings are missing', async () => {
      await host.run('systemctl stop app');
      assert.equal((await state()).trouble, 'stopped');
      await host.unit('app.service', unit('MemoryMax=40M\n'));
      await host.run('echo 100 >/run/app-eats');
      const killed = await eventually('the kill', state, ({ ready }) => !ready);
      assert.equal(killed.trouble, 'memory');
      assert.deepEqual([killed.lastEnd!.code, /OOM/.test(killed.lastEnd!.reason), killed.memory.limitBytes], [137, true, 40 * mib]);
      await host.run('rm /run/app-eats');
      await host.write('/etc/systemd/system/app.service', '[Service]\nExecStart=/bin/sh -c "exit 3"\n');
      await host.run('systemctl daemon-reload; systemctl start app || true');
      const crashed = await eventually('the crash', state, ({ trouble }) => trouble === 'crashing');
      assert.deepEqual([crashed.lastEnd!.code, crashed.lastEnd!.reason], [3, 'exit code 3']);
      await host.write('/etc/systemd/system/app.service', unit().replace('/etc/app.env', '/etc/gone.env'));
      await host.run('systemctl daemon-reload; systemctl start app || true');
      assert.equal((await state()).trouble, 'configuration');
      const { result } = await inStep(tools.readPremises, where);
      assert.deepEqual(result.problems, ['the settings in /etc/gone.env are missing']);
    });

    it('names the settings and keeps their values on the host', async () => {
      const { result, evidence } = await inStep(tools.readPremises, where);
      assert.deepEqual(result.settings, [{ path: '/etc/app.env', there: true, names: ['APP_SECRET', 'APP_MODE'] }]);
      assert.deepEqual([result.program, result.problems], ['/usr/bin/python3', []]);
      assert.doesNotMatch(JSON.stringify([result, evidence]), /not-for-eyes|calm/);
    });

    it('tells disks with what is large, ports, and how busy it is', async () => {
      await host.run('head -c 3145728 /dev/zero >/var/log/app/app.log; head -c 2097152 /dev/zero >/var/log/app/other.bin');
      const { result } = await inStep(tools.readDisks, where);
      const disk = result.find(({ path }) => path === '/var/log/app')!;
      assert.deepEqual(
        [disk.logs, disk.largest],
        [
          [{ path: '/var/log/app/app.log', bytes: 3 * mib + (disk.logs[0]!.bytes % 4096) }],
          [{ path: '/var/log/app/other.bin', bytes: 2 * mib }],
        ],
      );
      assert.ok(disk.usedShare > 0.3 && disk.usedShare < 0.6 && disk.freeBytes > 5 * mib);
      await host.run('rm /var/log/app/other.bin');
      const ports = await eventually(
        'the port',
        async () => (await inStep(tools.readPorts, where)).result,
        (found) => found.some(({ port }) => port === 8080),
      );
      assert.ok(ports.some(({ port }) => port === 22));
      const pressure = (await inStep(tools.readPressure, where)).result;
      assert.ok(pressure.processors > 0 && pressure.memory.availableBytes < pressure.memory.totalBytes);
    });
  });

  describe('acting', () => {
    it('restarts once, however often the step is tried, and proves it by another invocation', async () => {
      const first = await invocation();
      const dry = await inStep(tools.restartUnit, where, { mode: 'simulate' });
      assert.equal(await invocation(), first, 'simulate changes nothing');
      const scheduledAt = new Date();
      const done = await inStep(tools.restartUnit, where, { scheduledAt });
      const second = await invocation();
      assert.notEqual(second, first);
      assert.equal(done.result.incarnation, second);
      assert.deepEqual(done.predicted, dry.predicted);
      // The worker died after it had asked: once with what it had seen, once with nothing left.
      const dead: StepOptions = { scheduledAt, attempt: 2 };
      const carried = { muster: { evidence: [], predicted: [], unsure: true, ended: false, seen: JSON.stringify([first, '0']) } };
      await inStep(tools.restartUnit, where, { ...dead, heartbeatDetails: carried });
      await inStep(tools.restartUnit, where, dead);
      assert.equal(await invocation(), second);
      await inStep(tools.restartUnit, where);
      assert.notEqual(await invocation(), second, 'another step restarts again');
    });

    it('does not take the restarts of systemd for its own', async () => {
      await host.unit('app.service', unit('Restart=always\nRestartSec=100ms\n'));
      const [first, scheduledAt] = [await invocation(), new Date()];
      await host.run('systemctl kill -s KILL app');
      const crashed = await eventually('the restart of systemd', state, ({ ready, restarts }) => ready && restarts === 1);
      const carried = { muster: { evidence: [], predicted: [], unsure: true, ended: false, seen: JSON.stringify([first, '0']) } };
      for (const more of [{ heartbeatDetails: carried }, {}]) {
        const before = await invocation();
        await inStep(tools.restartUnit, where, { scheduledAt, attempt: 2, ...more });
        assert.notEqual(await invocation(), before);
        if (more.heartbeatDetails) await host.run('systemctl kill -s KILL app');
        if (more.heartbeatDetails) await eventually('another restart', state, ({ ready, restarts }) => ready && restarts === 1);
      }
      assert.notEqual(await invocation(), crashed.incarnation);
    });

    it('stops and starts, also past the limit of starts, and says why a unit does not come up', async () => {
      assert.deepEqual((await inStep(tools.stopUnit, where)).result, { stopped: true });
      await inStep(tools.stopUnit, where);
      const started = await inStep(tools.startUnit, where);
      assert.equal(started.result.incarnation, await invocation());
      await inStep(tools.startUnit, where);
      assert.equal(await invocation(), started.result.incarnation, 'what runs is not started again');
      await host.write('/etc/systemd/system/app.service', unit('ExecStartPre=/bin/false\n'));
      await host.run('systemctl daemon-reload; for i in 1 2 3 4 5; do systemctl restart app || true; done');
      const { name, message } = await failureOf(inStep(tools.restartUnit, where));
      assert.deepEqual([name, /^app\.service does not come up: failed \(failed\), exit-code/.test(message)], ['Permanent', true], message);
      await host.run('for i in 1 2 3 4 5; do systemctl restart app || true; done');
      await host.write('/etc/systemd/system/app.service', unit());
      await host.run('systemctl daemon-reload');
      await inStep(tools.restartUnit, where);
      assert.equal((await state()).ready, true);
    });

    it('limits what it may use by a file of its own, which holds at once, and goes when the limits are as before', async () => {
      const first = await invocation();
      await inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 300 * mib } }, { mode: 'simulate' });
      assert.equal(await dropIn(), '');
      const limited = await inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 300 * mib, cpu: 1.5 } });
      assert.deepEqual(limited.result, {
        limits: { memoryBytes: 300 * mib, cpu: 1.5 },
        former: { memoryBytes: null, cpu: null },
        text: null,
      });
      const text = await dropIn();
      assert.equal(
        text,
        '# Written by Muster. Without this file: MemoryMax=infinity CPUQuota=infinity\n[Service]\nMemoryMax=314572800\nCPUQuota=150%\n',
      );
      assert.deepEqual((await state()).memory.limitBytes, 300 * mib);
      assert.equal(await invocation(), first, 'nothing was restarted');
      const again = await inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 60 * mib } });
      assert.deepEqual([again.result.text, again.result.limits], [text, { memoryBytes: 60 * mib, cpu: 1.5 }]);
      await host.run('echo 200 >/run/app-eats');
      await eventually('the kernel to enforce it', state, ({ trouble }) => trouble === 'memory');
      await host.run('rm /run/app-eats');
      await inStep(tools.putBackUnitLimits, { ...where, text });
      assert.equal(await dropIn(), text);
      await inStep(tools.putBackUnitLimits, { ...where, text: null });
      assert.deepEqual([await dropIn(), (await state()).memory.limitBytes], ['', null]);
    });

    it('goes back to the limit of the unit itself by taking its file away', async () => {
      await host.unit('app.service', unit('MemoryMax=200M\n'));
      await inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 300 * mib } });
      assert.equal((await state()).memory.limitBytes, 300 * mib);
      await inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 200 * mib } });
      assert.deepEqual([await dropIn(), (await state()).memory.limitBytes], ['', 200 * mib]);
    });

    it('refuses a limit that would kill what runs or that the host cannot give, and a file that somebody edited', async () => {
      await host.run('echo 50 >/run/app-eats');
      await eventually('memory in use', state, ({ memory }) => memory.usedBytes! > 50 * mib);
      for (const memoryBytes of [30 * mib, 2 ** 50])
        assert.equal((await failureOf(inStep(tools.limitUnit, { ...where, limits: { memoryBytes } }))).name, 'RefusedBySafetyRule');
      await host.write('/etc/systemd/system/app.service.d/90-muster.conf', '[Service]\nMemoryMax=1G\n');
      assert.equal(
        (await failureOf(inStep(tools.limitUnit, { ...where, limits: { memoryBytes: 300 * mib } }))).name,
        'RefusedBySafetyRule',
      );
      assert.equal(
        (await failureOf(inStep(tools.putBackUnitLimits, { ...where, text: '[Service]\nExecStart=/bin/sh\n' }))).name,
        'InvalidInput',
      );
    });

    it('keeps a copy of a log and empties it in place, also on a full disk', async () => {
      const path = '/var/log/app/app.log';
      await host.run(`yes 'a line of the log' | dd of=${path} oflag=append conv=notrunc 2>/dev/null || true`);
      const before = await host.run(`sha256sum ${path}; stat -c '%s %i' ${path}`);
      assert.equal(await host.run('echo x >/var/log/app/more 2>/dev/null && echo written || echo full'), 'full\n');
      await inStep(tools.emptyLog, { ...where, path }, { mode: 'simulate' });
      assert.equal(await host.run(`sha256sum ${path}; stat -c '%s %i' ${path}`), before);
      const { result } = await inStep(tools.emptyLog, { ...where, path });
      assert.equal(createHash('sha256').update(readFileSync(result.copies[0]!)).digest('hex'), before.split(' ')[0]);
      assert.ok(result.freedBytes > 10 * mib);
      const [, inode] = before.trim().split('\n')[1]!.split(' ');
      assert.equal(await host.run(`stat -c '%s %i' ${path}`), `0 ${inode}\n`, 'the same file, empty');
      const again = await inStep(tools.emptyLog, { ...where, path }, { attempt: 2 });
      assert.deepEqual(
        again.evidence.filter(({ kind }) => kind === 'change'),
        [],
      );
      await host.run('rm -f /var/log/app/more');
    });

    it('never empties what is no log of the environment, or leads into a database', async () => {
      const { name } = await failureOf(inStep(tools.emptyLog, { ...where, path: '/etc/passwd' }));
      assert.equal(name, 'InvalidInput');
      await host.run(
        'mkdir -p /srv/pg_wal && echo wal >/srv/pg_wal/000000010000000000000001 && ln -sfn /srv/pg_wal/000000010000000000000001 /var/log/app/linked.log',
      );
      const linked = toolsFor({ logs: ['/var/log/app/linked.log'] });
      const refused = await failureOf(inStep(linked.emptyLog, { ...where, path: '/var/log/app/linked.log' }));
      assert.deepEqual([refused.name, /never emptied/.test(refused.message)], ['RefusedBySafetyRule', true]);
      assert.equal(await host.run('cat /srv/pg_wal/*'), 'wal\n');
    });

    it('shrinks the journal after a copy of it is kept', async () => {
      await host.write(
        '/etc/systemd/journald.conf.d/size.conf',
        '[Journal]\nSystemMaxUse=60M\nSystemKeepFree=1M\nSystemMaxFileSize=8M\nRateLimitBurst=0\n',
      );
      // One archived file of it, many times, under names that it would have.
      await host.run(
        'systemctl restart systemd-journald; echo a line | systemd-cat -t filler; journalctl --sync; cd /var/log/journal/$(cat /etc/machine-id) && ' +
          'journalctl --rotate && file=$(ls -t system@*.journal | head -1) && for i in $(seq 7); do ' +
          'to="system@$(printf %032x-%016x-%016x 7 $i $i).journal"; cp -a "$file" "$to" && head -c 6000000 /dev/zero >>"$to"; done',
      );
      const { result } = await inStep(tools.shrinkJournal, { ...where, keepBytes: 17 * mib });
      assert.ok(result.before > 40 * mib && result.before - result.after > 15 * mib, JSON.stringify(result));
      assert.ok(readFileSync(result.copy!, 'utf8').includes('filler'));
      const again = await inStep(tools.shrinkJournal, { ...where, keepBytes: result.after + mib }, { attempt: 2 });
      assert.equal(again.result.copy, null, 'what is small enough is left alone');
    });

    it('rotates once for one step', async () => {
      await host.run("echo 'a line' >/var/log/app/app.log");
      const scheduledAt = new Date();
      const rotated = await inStep(tools.rotateLogs, where, { scheduledAt });
      assert.ok(rotated.result.rotatedAt);
      await inStep(tools.rotateLogs, where, { scheduledAt, attempt: 2 });
      assert.equal(await host.run('cd /var/log/app; ls app.log*; cat app.log.1'), 'app.log\napp.log.1\na line\n');
      await inStep(tools.rotateLogs, where);
      assert.match(await host.run('ls /var/log/app'), /app\.log\.2/);
      await host.run('rm /var/log/app/app.log.*');
    });
  });

  describe('Ansible', () => {
    let folder: string;
    let file: string;
    const path = process.env['PATH'];
    let ansible: ReturnType<typeof ansibleActivities>;
    before(async function () {
      folder = rigFolderNow('playbook');
      file = join(folder, 'app.yaml');
      const bin = await orSkip(this, () => ansibleFolder((line) => console.log(`    ${line}`)));
      process.env['PATH'] = `${bin}:${path}`;
      const task = '{ name: the greeting, copy: { content: "good day\\n", dest: /etc/greeting } }';
      writeFileSync(file, `- hosts: all\n  gather_facts: false\n  tasks:\n    - ${task}\n`);
      const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
      ansible = ansibleActivities(environmentFor({ user: 'root', playbooks: { greeting: { file, sha256 } } }));
    });
    after(() => {
      process.env['PATH'] = path;
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });
    const asked = { ...where, playbook: 'greeting' };
    const greeting = () => host.run('cat /etc/greeting 2>/dev/null || true');

    it('shows the differences in simulate, changes them once, and has nothing left to change afterwards', async () => {
      const dry = await inStep(ansible.applyPlaybook, asked, { mode: 'simulate' });
      assert.equal(await greeting(), '');
      assert.match(JSON.stringify(dry.evidence), /\+good day/);
      const done = await inStep(ansible.applyPlaybook, asked);
      assert.deepEqual([await greeting(), done.result], ['good day\n', { ok: 1, changed: 1, skipped: 0 }]);
      assert.deepEqual(done.predicted, dry.predicted);
      const again = await inStep(ansible.applyPlaybook, asked, { attempt: 2 });
      assert.deepEqual(
        again.evidence.filter(({ kind }) => kind === 'change'),
        [],
      );
    });

    it('refuses a playbook whose text is not the one that was allowed, and one that nobody allowed', async () => {
      writeFileSync(file, `${readFileSync(file, 'utf8')}# more\n`);
      const { name, evidence } = await failureOf(inStep(ansible.applyPlaybook, asked));
      assert.deepEqual([name, evidence], ['RefusedBySafetyRule', []]);
      assert.equal((await failureOf(inStep(ansible.applyPlaybook, { ...where, playbook: '../evil' }))).name, 'InvalidInput');
    });
  });

  describe('trouble on the way', () => {
    const failsFast = async (run: Promise<unknown>, within: number) => {
      const started = Date.now();
      const failed = await failureOf(run);
      assert.ok(Date.now() - started < within, `it took ${Date.now() - started} ms`);
      return failed;
    };

    it('says in bounded time that a host which is cut off cannot be reached, and that nothing happened', async () => {
      const before = await invocation();
      await host.cutOff(true);
      try {
        assert.equal((await failsFast(inStep(tools.readUnit, where), 30_000)).name, 'Transient');
        assert.equal((await failsFast(inStep(tools.restartUnit, where), 30_000)).name, 'Transient');
      } finally {
        await host.cutOff(false);
      }
      await eventually('the host to be back', () => inStep(tools.readUnit, where), Boolean);
      assert.equal(await invocation(), before);
    });

    it('believes no other host key, and does nothing that sudo does not allow there', async () => {
      const other = join(rigFolderNow('logs'), 'known_hosts');
      archives.push(join(other, '..'));
      writeFileSync(
        other,
        readFileSync(host.knownHosts, 'utf8').replace(/ \S+ muster/, (key) => ` ${key.slice(1, -12)}AAAAA= muster`),
      );
      assert.equal((await failureOf(inStep(toolsFor({ knownHosts: other }).readUnit, where))).name, 'Permanent');
      const before = await host.run('systemctl show ssh -p InvocationID');
      const { name, message } = await failureOf(inStep(toolsFor({ unit: 'ssh.service' }).restartUnit, where));
      assert.deepEqual([name, /sudo: /.test(message)], ['Permanent', true], message);
      assert.equal(await host.run('systemctl show ssh -p InvocationID'), before);
    });

    it('reads the unit of a host that has booted anew', async () => {
      await host.run(
        'mkdir -p /etc/systemd/system/multi-user.target.wants; ln -sf /etc/systemd/system/app.service /etc/systemd/system/multi-user.target.wants/',
      );
      const before = await invocation();
      await host.reboot();
      const seen = await eventually('the unit', state, ({ ready }) => ready);
      assert.notEqual(seen.incarnation, before);
    });

    it('takes fifteen readers at once', async () => {
      const seen = await Promise.all(Array.from({ length: 15 }, () => state()));
      assert.equal(new Set(seen.map(({ incarnation }) => incarnation)).size, 1);
    });
  });
});
