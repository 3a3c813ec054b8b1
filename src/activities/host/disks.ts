import { Failure } from '../../workflows/failures.ts';
import type { DiskSeen } from '../../workflows/ports/workload-state.ts';
import { CommandFailed, failure, type HostPlace } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { ssh, sshUnless } from './ssh.ts';

interface Mount {
  path: string;
  usedShare: number;
  inodesUsedShare?: number;
  freeBytes: number;
}

const mostLargest = 10;

/** The file systems of the configured paths and of the logs, with what is large on them. */
export async function readDisksOf(host: HostPlace): Promise<DiskSeen[]> {
  const logs = (await Promise.all(host.logs.map((path) => readLog(host, path)))).filter((log) => log !== undefined);
  const paths = [...host.disks, ...logs.map(({ path }) => path)];
  const mounts = await Promise.all(paths.map((path) => readMount(host, path)));
  const byMount = new Map(mounts.map((mount) => [mount.path, mount]));
  return Promise.all(
    [...byMount.values()].map(async (mount) => {
      const own = logs.filter((_, index) => mounts[host.disks.length + index]!.path === mount.path);
      const largest = (await readLargest(host, mount.path)).filter(({ path }) => !host.logs.includes(path));
      return {
        ...mount,
        logs: own.map(({ path, bytes }) => ({ path, bytes })).sort((a, b) => b.bytes - a.bytes),
        largest: largest.slice(0, mostLargest),
      };
    }),
  );
}

async function readMount(host: HostPlace, path: string): Promise<Mount> {
  const [{ stdout }, inodesUsedShare] = await Promise.all([ssh(host, hostCommands.disk(path)), readInodes(host, path)]);
  const [, used, free, mountedOn] = /^\S+ +\d+ +(\d+) +(-?\d+) +\S+ +(\/.*)$/m.exec(stdout) ?? [];
  if (mountedOn === undefined) throw failure(Failure.Permanent, `df on ${host.address} answered something else for ${path}`);
  const [usedBytes, freeBytes] = [Number(used), Math.max(0, Number(free))];
  return {
    path: mountedOn,
    usedShare: usedBytes + freeBytes === 0 ? 0 : usedBytes / (usedBytes + freeBytes),
    ...(inodesUsedShare === undefined ? {} : { inodesUsedShare }),
    freeBytes,
  };
}

/** How many of the entries for files are taken; undefined for a file system that makes them as it needs them, or does not tell. */
async function readInodes(host: HostPlace, path: string): Promise<number | undefined> {
  const told = await ssh(host, hostCommands.inodes(path)).catch((error: unknown) => {
    if (error instanceof CommandFailed && error.exitCode !== 255) return undefined;
    throw error;
  });
  const [, all, used] = /^\S+ +(\d+) +(\d+) +\d+ +\S+ +\/.*$/m.exec(told?.stdout ?? '') ?? [];
  return all === undefined || Number(all) === 0 ? undefined : Number(used) / Number(all);
}

/** Files of a mebibyte and more, largest first; none when it takes too long to look. */
async function readLargest(host: HostPlace, path: string): Promise<{ path: string; bytes: number }[]> {
  const found = await ssh(host, hostCommands.largeFiles(path)).catch((error: unknown) => {
    if (error instanceof CommandFailed && error.exitCode !== 255) return undefined;
    throw error;
  });
  const entries = (found?.stdout ?? '').split('\0').filter((entry) => entry !== '');
  return entries
    .map((entry) => ({
      bytes: Number(entry.slice(0, entry.indexOf(' '))),
      path: entry.slice(entry.indexOf(' ') + 1).replace(/\p{Cc}/gu, '?'),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}

export interface LogFile {
  path: string;
  /** Its length. */
  size: number;
  /** What it takes on the disk; less than its length when it has holes. */
  bytes: number;
}

/** A log file; undefined when it is not there. */
export async function readLog(host: HostPlace, path: string): Promise<LogFile | undefined> {
  const found = await sshUnless(host, hostCommands.file(path), [1]);
  if (!found) return undefined;
  const [, size, blocks, blockSize, kind] = /^(\d+) (\d+) (\d+) (.+)$/m.exec(found.stdout) ?? [];
  if (kind === undefined || !kind.startsWith('regular')) return undefined;
  return { path, size: Number(size), bytes: Number(blocks) * Number(blockSize) };
}
