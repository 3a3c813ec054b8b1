import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { DiskSeen } from '../../workflows/ports/workload-state.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, failure, hostOf, needed, read, until } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { readDisksOf, readLog } from './disks.ts';
import { lastRotation, mustBeEmptied, readJournalUse, startedToRotate } from './logs.ts';
import { readPortsOf, readPressureOf } from './look.ts';
import { readPremisesOf } from './premises.ts';
import { copyFile, keepOutput } from './log-copies.ts';
import { predictedSsh, ssh } from './ssh.ts';

type LogAsked = ServiceRegion & { path: string };
type JournalAsked = ServiceRegion & { keepBytes: number };

const patience = 30_000;

/** The machine that a service runs on: its disks, logs, ports and how busy it is. Nothing is ever deleted: logs are emptied or rotated. */
export function hostActivities(environment: Environment) {
  const at = (where: ServiceRegion) => hostOf(environment, where);
  const rotation = (where: ServiceRegion) =>
    hostCommands.rotate(needed(at(where).logrotate, `the configuration of logrotate of ${where.service}`));

  return {
    /** File systems with what is large on them. Source: pynomaly-aws "Scenario 3: Disk Space Issues". */
    readDisks: read((where: ServiceRegion): Promise<DiskSeen[]> => readDisksOf(at(where))),

    /** Who listens at which port. Source: observer-coordinator "Application Won't Start". */
    readPorts: read((where: ServiceRegion) => readPortsOf(at(where))),

    /** How busy processors, memory and disks are. Source: pynomaly-aws "Check Process Status" (`htop` there). */
    readPressure: read((where: ServiceRegion) => readPressureOf(at(where))),

    /** Settings, program, folder and user of the unit. Source: observer-coordinator "Application Won't Start". */
    readPremises: read((where: ServiceRegion) => readPremisesOf(at(where))),

    /**
     * Keeps a copy of a log in the archive, then empties it in place, so that its program goes on with the same file. Only logs that the
     * environment names, and never a write-ahead log. Source: pynomaly-aws "Scenario 3" (`find -delete` there).
     */
    emptyLog: change({
      look: async (asked: LogAsked) => {
        const host = at(asked);
        await mustBeEmptied(host, asked.path);
        const log = await readLog(host, asked.path);
        if (!log) throw failure(Failure.Permanent, `there is no file ${asked.path} on ${host.address}`);
        return { so: log.size === 0, found: `${asked.path} has ${log.size} bytes`, host, log };
      },
      predict: ({ path }, { host, log }) => ({
        calls: [predictedSsh(host, hostCommands.truncate(path))],
        result: { freedBytes: log.bytes, copies: [] as string[] },
      }),
      act: async ({ path }, { host, log }) => {
        const file = await copyFile(environment, path);
        const { bytes, ...copy } = await keepOutput(host, (to) => hostCommands.copy(path, to), file, log.size);
        // What was written meanwhile.
        const rest = await keepOutput(host, (to) => hostCommands.rest(path, bytes, to), `${file}.rest`, 0);
        await ssh(host, hostCommands.truncate(path));
        return { copies: [copy.file, rest.file], sha256: copy.sha256, before: log.bytes };
      },
      prove: ({ path }, { host, log }, answer) =>
        until(
          async () => {
            const now = await readLog(host, path);
            const before = answer?.before ?? log.bytes;
            if (now && now.bytes > before / 2 && now.bytes > 65_536) return { notYet: `it has ${now.bytes} of ${before} bytes` };
            return { is: { freedBytes: before - (now?.bytes ?? 0), copies: answer?.copies ?? [] } };
          },
          { within: patience, what: `${path} to be smaller` },
        ),
    }),

    /** Keeps a copy of the journal in the archive, then lets systemd drop its oldest part. Source: pynomaly-aws "Scenario 3" (`--vacuum-time`). */
    shrinkJournal: change({
      check: ({ keepBytes }: JournalAsked) => {
        if (!Number.isSafeInteger(keepBytes) || keepBytes < 1)
          throw failure(Failure.InvalidInput, `${keepBytes} is no number of bytes to keep`);
      },
      look: async (asked: JournalAsked) => {
        const host = at(asked);
        const bytes = await readJournalUse(host);
        return { so: bytes <= asked.keepBytes, found: `the journal of ${host.address} takes ${bytes} bytes`, host, bytes };
      },
      predict: ({ keepBytes }, { host, bytes }) => ({
        calls: [predictedSsh(host, hostCommands.vacuum(keepBytes))],
        result: { before: bytes, after: keepBytes, copy: null as string | null },
      }),
      act: async ({ keepBytes }, { host, bytes }) => {
        const { file } = await keepOutput(host, () => hostCommands.wholeJournal(), await copyFile(environment, 'journal.txt'), 1);
        await ssh(host, hostCommands.vacuum(keepBytes));
        return { copy: file, before: bytes };
      },
      // The part that is being written cannot be dropped.
      prove: (asked, { host, bytes }, answer) =>
        until(
          async () => {
            const after = await readJournalUse(host);
            const before = answer?.before ?? bytes;
            return after <= asked.keepBytes || after < before
              ? { is: { before, after, copy: answer?.copy ?? null } }
              : { notYet: `${after} bytes` };
          },
          { within: patience, what: 'the journal to be smaller' },
        ),
    }),

    /** Rotates the logs by the configuration that the environment names, once for one step. */
    rotateLogs: change({
      look: async (where: ServiceRegion) => {
        const { so, at: rotatedAt } = await startedToRotate(at(where));
        return { so, found: rotatedAt === null ? 'Muster never rotated them' : `Muster rotated them last at ${rotatedAt}` };
      },
      predict: (where) => ({ calls: [predictedSsh(at(where), rotation(where))], result: { rotatedAt: null as string | null } }),
      act: async (where) => void (await ssh(at(where), rotation(where))),
      prove: async (where) => ({ rotatedAt: await lastRotation(at(where)) }),
    }),
  };
}
