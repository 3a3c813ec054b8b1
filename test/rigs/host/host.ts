import { randomInt } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTethered, type Tethered } from '../../../src/tethered.ts';
import { eventually } from '../../eventually.ts';
import { RigBroken } from '../or-skip.ts';
import { folderPrefix, hostPrefix, identityOf, remove, sweep } from './leftovers.ts';
import { hostPrograms, run } from './programs.ts';
import { rootFiles } from './rootfs.ts';

const script = fileURLToPath(new URL('./host.sh', import.meta.url));

export interface HostOptions {
  /** Lines for whoever waits. */
  say?: (line: string) => void;
  /** Disks of its own by where they are mounted, each with its size, e.g. `16M`. */
  disks?: Record<string, string>;
  /** What `muster` may do by sudo, as lines of a sudoers file; nothing when left out. */
  sudoers?: string;
}

export interface Host {
  address: string;
  /** Files for `ssh -i` and `UserKnownHostsFile`. `muster` and `root` may come in with the key. */
  identity: string;
  knownHosts: string;
  /** Runs a shell command inside as root, past ssh, and answers what it printed. Throws when it fails. */
  run(command: string): Promise<string>;
  /** Writes a file of it. */
  write(path: string, text: string, mode?: number): Promise<void>;
  /** Writes a unit, e.g. `app.service`, loads it, and starts it. */
  unit(name: string, text: string): Promise<void>;
  /** Takes it off the network, and puts it back. */
  cutOff(cut: boolean): Promise<void>;
  /** Boots it anew; files stay. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real machine of Debian with systemd and sshd. Throws a sentence with what is missing when this machine cannot have one. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { say = (line) => console.log(`    ${line}`), disks = { '/var/log/journal': '64M', '/var/log/app': '16M' } } = options;
  await sweep();
  const programs = await hostPrograms();
  const rootfs = await rootFiles(programs, say);
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  await writeFile(join(folder, 'owner'), identityOf(process.pid)!);
  const machine = `${hostPrefix}${folder
    .slice(-6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}${randomInt(10)}`;
  const { outside, inside } = freePair();
  await lay(folder, { machine, inside, sudoers: options.sudoers ?? '' });
  await mkdir(join(folder, 'system'));
  await writeFile(
    join(folder, 'disks'),
    Object.entries(disks)
      .map(([path, size]) => `${size} ${path}\n`)
      .join(''),
  );
  const log: string[] = [];
  const guest = startTethered(
    'sh',
    [
      ...['-c', 'echo "$$ $(cut -d" " -f22 /proc/$$/stat)" >"$0/pid"; exec unshare "$@"', folder],
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', script, folder, rootfs, machine, programs.nspawn],
    ],
    {
      env: { PATH: process.env['PATH'], ...(programs.libraries === undefined ? {} : { LD_LIBRARY_PATH: programs.libraries }) },
      onLine: (line) => log.push(line),
    },
  );
  const host = hostOf({ folder, guest, address: inside, outside, link: `ve-${machine}` });
  try {
    const ended = guest.ended.then((code) => `it ended with ${code}`);
    await Promise.race([host.up(), ended.then((how) => Promise.reject(new Error(how)))]);
    return host;
  } catch (cause) {
    await host.stop();
    throw new RigBroken(`the host did not start: ${(cause as Error).message}\n${log.slice(-40).join('\n')}`, { cause });
  }
}

interface Parts {
  folder: string;
  guest: Tethered;
  address: string;
  /** Ours, on the link between us. */
  outside: string;
  link: string;
}

function hostOf({ folder, guest, address, outside, link }: Parts) {
  const [identity, knownHosts] = [join(folder, 'key'), join(folder, 'known_hosts')];
  const inside = async (command: string): Promise<string> => {
    const leader = await leaderOf(folder);
    const args = ['-t', leader, '-a', '--', 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8', 'sh', '-c', command];
    return (await run('nsenter', args, { maxBuffer: 16 * 1024 * 1024 })).stdout;
  };
  const cutOff = async (cut: boolean) => void (await run('ip', ['link', 'set', link, cut ? 'down' : 'up']));
  const up = async () => {
    await eventually('the link', () => run('ip', ['addr', 'replace', `${outside}/30`, 'dev', link]), Boolean, 30_000, 50);
    await cutOff(false);
    await eventually(
      'sshd',
      () => inside('systemctl is-active ssh'),
      (state) => state.trim() === 'active',
      30_000,
      100,
    );
    await eventually('ssh to answer', () => answers(address), Boolean, 30_000, 100);
  };
  const write = async (path: string, text: string, mode = 0o644) => {
    const encoded = Buffer.from(text).toString('base64');
    await inside(`mkdir -p '${dirname(path)}' && echo ${encoded} | base64 -d >'${path}' && chmod ${mode.toString(8)} '${path}'`);
  };
  return {
    ...{ address, identity, knownHosts, run: inside, write, up, cutOff },
    unit: async (name: string, text: string) => {
      await write(`/etc/systemd/system/${name}`, text);
      await inside(`systemctl daemon-reload && systemctl start ${name}`);
    },
    reboot: async () => {
      const before = await leaderOf(folder);
      await inside('systemctl reboot --no-block');
      await eventually(
        'another first process',
        () => leaderOf(folder),
        (leader) => leader !== before,
        30_000,
        50,
      );
      await up();
    },
    stop: async () => {
      await remove(folder);
      await guest.stop();
    },
  };
}

const answers = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1_000 }, () => undefined);
    const done = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', (greeting) => done(greeting.toString().startsWith('SSH-')));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });

/** The host's first process: unshare → shell → nspawn → it. Its id changes when it boots anew. */
async function leaderOf(folder: string): Promise<string> {
  const [top] = (await readFile(join(folder, 'pid'), 'utf8')).split(' ');
  const nspawn = await childOf(await childOf(top!));
  const leader = await childOf(nspawn);
  const name = await readFile(`/proc/${leader}/comm`, 'utf8');
  if (name.trim() !== 'systemd') throw new Error(`its first process is ${name.trim()} still`);
  return leader;
}

async function childOf(pid: string): Promise<string> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  if (children.length !== 1 || children[0] === '') throw new Error(`${pid} has ${children.length} children`);
  return children[0]!;
}

/** Two addresses of a net for tests of networks (RFC 2544) that this machine does not have yet. */
function freePair(): { outside: string; inside: string } {
  const taken = new Set(Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)));
  for (;;) {
    const net = `198.${randomInt(18, 20)}.${randomInt(256)}`;
    const last = 4 * randomInt(64);
    const outside = `${net}.${last + 1}`;
    if (!taken.has(outside)) return { outside, inside: `${net}.${last + 2}` };
  }
}

/** Puts down what is laid over the root files: keys, the network, sshd and sudo. */
async function lay(folder: string, { machine, inside, sudoers }: { machine: string; inside: string; sudoers: string }): Promise<void> {
  const files = join(folder, 'files');
  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(files, path)), { recursive: true });
    await writeFile(join(files, path), text);
    await chmod(join(files, path), mode);
  };
  const key = join(folder, 'key');
  const hostKey = join(folder, 'host-key');
  for (const file of [key, hostKey]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'muster', '-f', file]);
  await writeFile(join(folder, 'known_hosts'), `${inside} ${(await readFile(`${hostKey}.pub`, 'utf8')).trim()}\n`);
  const network = `[Unit]\nDefaultDependencies=no\nBefore=ssh.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/sbin/ip addr replace ${inside}/30 dev host0\nExecStart=/sbin/ip link set host0 up\n[Install]\nWantedBy=multi-user.target\n`;
  await put('etc/systemd/system/host-network.service', network);
  await put('etc/hosts', `127.0.0.1 localhost ${machine}\n`);
  await put('etc/hostname', `${machine}\n`);
  await put('etc/sudoers.d/muster', sudoers, 0o440);
  await put(
    'etc/ssh/sshd_config.d/host.conf',
    'PasswordAuthentication no\nAuthorizedKeysFile /etc/ssh/keys\nMaxStartups 100\nMaxSessions 100\n',
  );
  await put('etc/ssh/keys', await readFile(`${key}.pub`, 'utf8'));
  await cp(hostKey, join(files, 'etc/ssh/ssh_host_ed25519_key'));
  await mkdir(join(files, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
  await run('ln', ['-s', '/etc/systemd/system/host-network.service', join(files, 'etc/systemd/system/multi-user.target.wants/')]);
}
