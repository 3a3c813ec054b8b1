import { Failure } from '../../workflows/failures.ts';
import { failure } from '../kit/index.ts';
import type { Remote } from './ssh.ts';

/** Every command that Muster knows for a host; there are no others. Names are checked, and each word is quoted by ssh.ts. */

// With a backslash for what `systemd-escape` writes.
const unitPattern = /^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,240}\.service$/;
const biggest = 8 * 1024 * 1024;

/** A name of a unit. Throws InvalidInput for anything else, e.g. what would be taken for an option. */
export function unitName(name: string): string {
  if (unitPattern.test(name)) return name;
  throw failure(Failure.InvalidInput, `${JSON.stringify(name)} is no name of a service unit`);
}

/** A whole path. Throws InvalidInput for anything else. */
export function hostPath(path: string): string {
  if (/^\/[^\p{Cc}]*$/u.test(path) && !path.split('/').includes('..')) return path;
  throw failure(Failure.InvalidInput, `${JSON.stringify(path)} is no whole path on a host`);
}

/** A whole number from 1 to `most`. Throws InvalidInput for anything else. */
export function countOf(count: number, most: number, what: string): string {
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return String(count);
  throw failure(Failure.InvalidInput, `${count} is no number of ${what} from 1 to ${most}`);
}

const read = (...words: string[]): Remote => ({ kind: 'read', words });
const change = (...words: string[]): Remote => ({ kind: 'change', words, asRoot: true });

const dropInOf = (unit: string): string => `/etc/systemd/system/${unitName(unit)}.d/90-muster.conf`;
/** Own state of logrotate: nothing but our rotations writes it. */
export const rotationState = '/var/lib/logrotate/muster.status';

export const hostCommands = {
  show: (unit: string, properties: readonly string[]) =>
    read('systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, unitName(unit)),
  journal: (unit: string, lines: number, since?: string) =>
    read(
      ...[
        'journalctl',
        '--no-pager',
        '--quiet',
        '--output=short-iso',
        `--unit=${unitName(unit)}`,
        `--lines=${countOf(lines, 2_000, 'lines')}`,
      ],
      ...(since === undefined ? [] : [`--since=${timeOf(since)}`]),
    ),
  /** What systemd itself says of a unit. */
  unitEvents: (unit: string) =>
    read('journalctl', '--no-pager', '--quiet', '--output=short-iso', '--lines=20', '_PID=1', `UNIT=${unitName(unit)}`),
  wholeJournal: () => ({ ...read('journalctl', '--no-pager', '--quiet', '--output=short-iso'), seconds: 600 }),
  kills: () => read('journalctl', '--no-pager', '--quiet', '--dmesg', '--boot', '--lines=2000', '--output=cat'),
  journalUse: () => read('journalctl', '--disk-usage'),
  tail: (path: string, lines: number) => read('tail', '-n', countOf(lines, 2_000, 'lines'), '--', hostPath(path)),
  disk: (path: string) => read('df', '-P', '-B1', '--', hostPath(path)),
  inodes: (path: string) => read('df', '-P', '-i', '--', hostPath(path)),
  /** Bytes, blocks and their size, and the kind of a file. */
  file: (path: string) => read('stat', '-c', '%s %b %B %F', '--', hostPath(path)),
  realPath: (path: string) => read('readlink', '-e', '--', hostPath(path)),
  /** Files over a mebibyte on one file system; what may not be read is passed over. */
  largeFiles: (path: string): Remote => ({
    ...read(
      ...['find', hostPath(path), '-xdev', '(', '-type', 'd', '(', '!', '-readable', '-o', '!', '-executable', ')', '-prune', ')'],
      ...['-o', '(', '-type', 'f', '-size', '+1024k', '-printf', '%s %p\\0', ')'],
    ),
    ...{ seconds: 30, wholeStdout: biggest },
  }),
  content: (path: string) => read('cat', '--', hostPath(path)),
  copy: (path: string, stdoutTo: string): Remote => ({ ...read('cat', '--', hostPath(path)), seconds: 600, stdoutTo }),
  rest: (path: string, from: number, stdoutTo: string): Remote => ({
    ...read('tail', '-c', `+${from + 1}`, '--', hostPath(path)),
    ...{ seconds: 60, stdoutTo },
  }),
  ports: () => read('ss', '-Hltnp'),
  memory: () => read('cat', '/proc/meminfo', '/proc/loadavg'),
  processors: () => read('nproc'),
  uptime: () => read('cat', '/proc/uptime'),
  pressure: (of: 'cpu' | 'memory' | 'io') => read('cat', `/proc/pressure/${of}`),
  clock: () => read('date', '+%s.%N'),
  changedAt: (path: string) => read('stat', '-c', '%.9Y', '--', hostPath(path)),
  isFolder: (path: string) => read('test', '-d', hostPath(path)),
  isProgram: (path: string) => read('test', '-x', hostPath(path)),
  userId: (user: string) => read('getent', 'passwd', user),
  /** The names that an environment file sets, in capitals only: a line of a key in small letters must not pass for one. No value leaves the host. */
  settingNames: (path: string): Remote => ({
    ...read('grep', '-oE', '^[A-Z_][A-Z0-9_]*=', hostPath(path)),
    // As they came: a name that tells of a secret would have the next one taken out with it.
    ...{ asRoot: true, wholeStdout: 65_536 },
  }),

  start: (unit: string) => change('systemctl', '--no-block', 'start', unitName(unit)),
  stop: (unit: string) => change('systemctl', '--no-block', 'stop', unitName(unit)),
  restart: (unit: string) => change('systemctl', '--no-block', 'restart', unitName(unit)),
  /** Takes away the limit of starts that stands in the way of another one. */
  forgetFailures: (unit: string) => change('systemctl', 'reset-failed', unitName(unit)),
  reload: () => ({ ...change('systemctl', 'daemon-reload'), seconds: 60 }),
  readDropIn: (unit: string) => read('cat', '--', dropInOf(unit)),
  writeDropIn: (unit: string, input: string): Remote => ({
    ...change('install', '-D', '-m', '0644', '-T', '/dev/stdin', dropInOf(unit)),
    input,
  }),
  removeDropIn: (unit: string) => change('rm', '-f', '--', dropInOf(unit)),
  truncate: (path: string) => change('truncate', '--size=0', '--', hostPath(path)),
  vacuum: (bytes: number): Remote => ({
    ...change('journalctl', '--rotate', `--vacuum-size=${countOf(bytes, Number.MAX_SAFE_INTEGER, 'bytes')}`),
    seconds: 120,
  }),
  rotate: (config: string): Remote => ({ ...change('logrotate', '-f', '-s', rotationState, hostPath(config)), seconds: 120 }),
};

/** `2026-11-21 14:55:13`, in UTC, as journalctl takes it. Throws InvalidInput for what is no time. */
function timeOf(text: string): string {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  throw failure(Failure.InvalidInput, `${JSON.stringify(text)} is no time`);
}
