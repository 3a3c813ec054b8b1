import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dockerJson, wholeId } from './docker.ts';
import { readContainers } from './containers.ts';
import { bytesOf, container, diskUse, type Container } from './objects.ts';
import type { ComposePlace } from '../kit/index.ts';

export interface DiskUse {
  /** Of the whole engine, about; `reclaimable` is what nothing uses just now, which does not mean that nobody needs it. */
  engine: { what: string; bytes: number | null; reclaimableBytes: number | null }[];
  /** Of the service; `logBytes` is null where the log is no file on this machine. */
  /** Where the containers' logs are; null when that is not on this machine. */
  disk: { path: string; usedShare: number; freeBytes: number } | null;
  containers: { name: string; writtenBytes: number | null; logBytes: number | null }[];
}

const timeoutMs = 60_000;

/** Measures what the engine and the service's containers take. */
export async function readDiskUse(place: ComposePlace): Promise<DiskUse> {
  const ids = (await readContainers(place)).map(({ Id }) => wholeId(Id));
  const [whole, sized] = await Promise.all([
    dockerJson(place, diskUse, { kind: 'read', args: ['system', 'df', '--format', '{{json .}}'], timeoutMs }),
    ids.length === 0 ? [] : dockerJson(place, container, { kind: 'read', args: ['container', 'inspect', '--size', ...ids], timeoutMs }),
  ]);
  return {
    engine: whole.map(({ Type, Size, Reclaimable }) => ({ what: Type, bytes: bytesOf(Size), reclaimableBytes: bytesOf(Reclaimable) })),
    disk: await diskOf(place, sized),
    containers: await Promise.all(
      sized.map(async (one) => ({ name: one.Name, writtenBytes: one.SizeRw ?? null, logBytes: await sizeOfLog(place, one) })),
    ),
  };
}

async function diskOf(place: ComposePlace, sized: readonly Container[]): Promise<DiskUse['disk']> {
  const [one] = sized;
  if (!one || (await sizeOfLog(place, one)) === null) return null;
  const path = dirname(one.LogPath);
  const { blocks, bavail, bfree, bsize } = await statfs(path);
  // As `df` counts: what only root may use is neither used nor free.
  const used = blocks - bfree;
  return { path, usedShare: used / Math.max(1, used + bavail), freeBytes: bavail * bsize };
}

/** Size of a container's log in bytes; null when it is no file on this machine. */
export async function sizeOfLog({ host }: ComposePlace, { Id, LogPath }: Container): Promise<number | null> {
  if (!host.startsWith('unix://') || !LogPath.startsWith('/') || !LogPath.endsWith(`/${Id}/${Id}-json.log`)) return null;
  return stat(LogPath).then(
    ({ size }) => size,
    () => null,
  );
}
