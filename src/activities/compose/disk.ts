import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveReference, type Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { folderOf } from '../../report/archive-folder.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, composeOf, currentStep, failure, read, runCommand } from '../kit/index.ts';
import { mustHaveContainers } from './containers.ts';
import { readDiskUse, sizeOfLog, type DiskUse } from './disk-use.ts';
import { oneOf } from './logs.ts';

type OneLog = ServiceRegion & { instance: string };

const copyMs = 10 * 60_000;

/** What containers take on the disk, and room made without deleting anything: a log is kept elsewhere, and then begun anew. */
export function composeDiskActivities(environment: Environment) {
  const at = (where: ServiceRegion) => composeOf(environment, where);
  // Beside the run's own folder, which is put there as a whole when the run ends.
  const keptIn = () => folderOf(resolve(resolveReference(environment.archive.folder)), `${currentStep().runId}-logs`);
  const keptAs = (name: string) => join(keptIn(), `${name}-${currentStep().operationId.slice(0, 12)}.log`);

  /** The engine opens its file for appending, so it writes on from the new beginning. */
  const commands = (path: string, name: string): [string, ...string[]][] => [
    ['install', '-m', '600', '--', path, keptAs(name)],
    ['truncate', '-s', '0', '--', path],
  ];
  const run = ([file, ...args]: [string, ...string[]]) => runCommand({ file, args, kind: 'change', timeoutMs: copyMs });

  return {
    /** What images, containers, volumes and logs take, in bytes. Nothing is ever pruned by it. Source: iot-anomaly "5. Memory/Resource Exhaustion". */
    composeDisk: read((where: ServiceRegion): Promise<DiskUse> => readDiskUse(at(where))),

    /** Keeps a container's log in the archive and begins it anew, on the machine that Muster runs on only. */
    truncateComposeLog: change({
      look: async ({ instance, ...where }: OneLog) => {
        const place = at(where);
        const one = oneOf(await mustHaveContainers(place), instance);
        const bytes = await sizeOfLog(place, one);
        if (bytes === null)
          throw failure(
            Failure.InvalidInput,
            `the log of ${instance} is no file on this machine: limit it in the compose file (logging: max-size)`,
          );
        const kept = await stat(keptAs(instance)).then(
          ({ size }) => size,
          () => null,
        );
        return {
          so: kept !== null && kept > 0 && bytes < kept,
          found: `the log of ${instance} has ${bytes} bytes`,
          bytes,
          path: one.LogPath,
        };
      },
      predict: ({ instance }, { bytes, path }) => ({
        calls: commands(path, instance).map((words) => ({ call: words.join(' '), args: words })),
        result: { kept: keptAs(instance), keptBytes: bytes, bytes: 0 },
      }),
      refuse: async ({ instance }, { bytes, path }) => {
        await mkdir(keptIn(), { recursive: true, mode: 0o700 });
        const { bavail, bsize } = await statfs(keptIn());
        if (bavail * bsize < 2 * bytes)
          throw failure(Failure.RefusedBySafetyRule, `the archive has no room for the log of ${instance}, which has ${bytes} bytes`);
        await access(path, constants.W_OK).catch(() => {
          throw failure(Failure.RefusedBySafetyRule, `Muster may not write to ${path}`);
        });
      },
      act: async ({ instance }, { bytes, path }) => {
        const [keep, begin] = commands(path, instance);
        await run(keep!);
        const { size } = await stat(keptAs(instance));
        if (size < bytes) throw failure(Failure.Permanent, `only ${size} of ${bytes} bytes were kept: the log stays as it is`);
        await run(begin!);
      },
      prove: async ({ instance, ...where }) => {
        const place = at(where);
        const [{ size }, bytes] = await Promise.all([
          stat(keptAs(instance)),
          mustHaveContainers(place).then((found) => sizeOfLog(place, oneOf(found, instance))),
        ]);
        if (bytes === null || bytes >= size) throw failure(Failure.NotYet, `the log of ${instance} still has ${bytes} bytes`);
        return { kept: keptAs(instance), keptBytes: size, bytes };
      },
    }),
  };
}
