import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostCache, lastLine, placed, run, type HostPrograms } from './programs.ts';

const included = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'python3', 'logrotate'],
  ...['iproute2', 'procps', 'curl', 'ca-certificates'],
];
/** The user that Muster comes as (it may read the journal, and what sudo allows), and the one that applications run as. */
const users = ['useradd -m -s /bin/sh -G systemd-journal,adm muster', 'useradd -r -s /usr/sbin/nologin app'];

/** The files of a small Debian, made once from this machine's own apt sources and kept in the cache. Throws a sentence when that does not work. */
export async function rootFiles({ mmdebstrap }: HostPrograms, say: (line: string) => void): Promise<string> {
  const { codename, uri } = await debianSource();
  const key = createHash('sha256')
    .update(JSON.stringify([codename, uri, process.arch, included, users]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(hostCache, `root-${key}`);
  if (existsSync(folder)) return folder;
  await mkdir(hostCache, { recursive: true });
  const making = await mkdtemp(join(hostCache, 'making-'));
  // The machine's own users must be able to pass through it.
  await chmod(making, 0o755);
  try {
    say(`making a small Debian ${codename} for the hosts of the tests; about a minute, once`);
    await make(mmdebstrap, [
      ...['--quiet', '--variant=essential', '--mode=root', `--include=${included.join(',')}`],
      ...users.map((user) => `--customize-hook=chroot "$1" ${user}`),
      ...['--customize-hook=rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id "$1"/etc/resolv.conf'],
      ...['--customize-hook=touch "$1"/etc/machine-id "$1"/etc/resolv.conf'],
      ...[codename, join(making, 'root'), uri],
    ]);
    await placed(join(making, 'root'), folder);
    return folder;
  } catch (cause) {
    throw new Error(`a small Debian cannot be made from ${uri} (${lastLine(cause)})`, { cause });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

function make(program: string, args: string[]): Promise<void> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000 });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(lines.slice(-20).join('\n') || `it ended with ${code}`))));
  });
}

async function debianSource(): Promise<{ codename: string; uri: string }> {
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(CODENAME)|$(REPO_URI)';
  const { stdout } = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const sources = stdout.split('\n').map((line) => line.split('|'));
  const [, , , codename, uri] =
    sources.find(
      ([origin, label, component, name]) => origin === 'Debian' && label === 'Debian' && component === 'main' && !name!.includes('-'),
    ) ?? [];
  if (codename === undefined || uri === undefined)
    throw new Error('this machine has no apt source of Debian (or apt-get update has not run)');
  return { codename, uri };
}
