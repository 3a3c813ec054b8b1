import type { Environment } from '../../config/environment.ts';
import type { Limits, LogTail, WorkloadState } from '../../workflows/ports/workload-state.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, currentStep, hostOf, type HostPlace, read, until } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { predictedSsh, ssh, type Remote } from './ssh.ts';
import {
  expected,
  limitCommands,
  type LimitsFound,
  mustBeLimits,
  mustBeOurs,
  readLimits,
  refuseLimits,
  sameLimits,
  sayLimits,
  type UnitLimits,
  wantedText,
} from './unit-limits.ts';
import { readUnitLogs, type UnitLogAsked } from './unit-logs.ts';
import { lookForRestart, mustBeLoaded, proveUp, startCommands } from './unit-restart.ts';
import { isUp, readUnitOf, readWorkloadOf, sayUnit } from './unit-state.ts';

type Limited = ServiceRegion & { limits: Limits };
/** `text` is a drop-in file as `limitUnit` told it, or null for none. */
type PutBack = ServiceRegion & { text: string | null };

/** Services that run as a unit of systemd on a host, by ssh: what runs, what it says, and the acts that start, stop and limit it. */
export function systemdActivities(environment: Environment) {
  const at = (where: ServiceRegion) => hostOf(environment, where);
  const all = (host: HostPlace, commands: readonly Remote[]) => commands.map((command) => predictedSsh(host, command));
  const run = async (host: HostPlace, commands: readonly Remote[]): Promise<void> => {
    for (const command of commands) await ssh(host, command);
  };

  const lookAtLimits = async (where: ServiceRegion, textFor: (found: LimitsFound) => string | null) => {
    const host = at(where);
    const found = await readLimits(host);
    mustBeLoaded(host, found.seen);
    const text = textFor(found);
    const goal = expected(text, found);
    // Another attempt finds the new limits there already.
    const { carried } = currentStep();
    carried.seen ??= JSON.stringify({ former: found.now, text: found.text });
    const so = found.text === text && sameLimits(found.now, goal);
    return { so, found: `${host.unit} has ${sayLimits(found.now)}`, host, limits: found, text, goal };
  };
  type Looked = Awaited<ReturnType<typeof lookAtLimits>>;
  const limiting = <Input extends ServiceRegion>(
    check: (asked: Input) => void,
    textFor: (asked: Input, found: LimitsFound) => string | null,
  ) =>
    change({
      check,
      look: (asked: Input) => lookAtLimits(asked, (found) => textFor(asked, found)),
      predict: (_asked, { host, text, goal, limits }: Looked) => ({
        calls: all(host, limitCommands(host, text)),
        result: { limits: goal, former: limits.now, text: limits.text },
      }),
      refuse: (_asked, { host, limits, goal }) => refuseLimits(host, limits, goal),
      act: (_asked, { host, text }) => run(host, limitCommands(host, text)),
      prove: async (_asked, { host, goal }) => {
        const before = JSON.parse(currentStep().carried.seen!) as { former: UnitLimits; text: string | null };
        const look = async () => {
          const { now } = await readLimits(host);
          return sameLimits(now, goal) ? { is: now } : { notYet: sayLimits(now) };
        };
        return { limits: await until(look, { within: 20_000, what: `${host.unit} to have ${sayLimits(goal)}` }), ...before };
      },
    });

  return {
    /** The unit with its last end, restarts, memory and limits, and what systemd says of it, newest first. */
    readUnit: read((where: ServiceRegion): Promise<WorkloadState> => readWorkloadOf(at(where))),

    /** The end of its journal and of its log files; at most 2000 lines and 64 KiB of each. Source: pynomaly-aws "Immediate Triage". */
    unitLogs: read(({ service, region, ...asked }: UnitLogAsked & ServiceRegion): Promise<LogTail> =>
      readUnitLogs(at({ service, region }), asked),
    ),

    /** Restarts the unit once for one step, and waits until it runs. Source: pynomaly-aws "Restart Application". */
    restartUnit: change({
      look: (where: ServiceRegion) => lookForRestart(at(where)),
      predict: (where, { seen }) => ({
        calls: all(at(where), startCommands(at(where), 'restart', seen)),
        result: { incarnation: 'another', startedAt: null as string | null },
      }),
      act: (where, { seen }) => run(at(where), startCommands(at(where), 'restart', seen)),
      prove: (where, { so, seen }) => proveUp(at(where), so ? undefined : seen.InvocationID),
    }),

    startUnit: change({
      look: async (where: ServiceRegion) => {
        const [host, seen] = [at(where), await readUnitOf(at(where))];
        mustBeLoaded(host, seen);
        return { so: isUp(seen), found: `${host.unit} is ${sayUnit(seen)}`, seen };
      },
      predict: (where, { seen }) => ({
        calls: all(at(where), startCommands(at(where), 'start', seen)),
        result: { incarnation: 'another', startedAt: null as string | null },
      }),
      act: (where, { seen }) => run(at(where), startCommands(at(where), 'start', seen)),
      prove: (where, { so, seen }) => proveUp(at(where), so ? undefined : seen.InvocationID),
    }),

    /** Stops the unit; systemd does not start it again by itself before the next boot. */
    stopUnit: change({
      look: async (where: ServiceRegion) => {
        const [host, seen] = [at(where), await readUnitOf(at(where))];
        mustBeLoaded(host, seen);
        return { so: ['inactive', 'failed'].includes(seen.ActiveState), found: `${host.unit} is ${sayUnit(seen)}` };
      },
      predict: (where) => ({ calls: all(at(where), [hostCommands.stop(at(where).unit)]), result: { stopped: true } }),
      act: (where) => run(at(where), [hostCommands.stop(at(where).unit)]),
      prove: (where) =>
        until(
          async () => {
            const seen = await readUnitOf(at(where));
            return ['inactive', 'failed'].includes(seen.ActiveState) ? { is: { stopped: true } } : { notYet: sayUnit(seen) };
          },
          { within: 120_000, what: `${at(where).unit} to be stopped` },
        ),
    }),

    /**
     * Sets limits by a drop-in file of our own; what is left out stays. They hold at once, for what runs too. The file goes when the limits
     * are as they were without it. `former` and `text` are what was there before. Source: pynomaly-aws "Scenario 1: Application Crash".
     */
    limitUnit: limiting(
      ({ limits }: Limited) => mustBeLimits(limits),
      ({ limits }, found) => wantedText(found, limits),
    ),

    /** Puts our drop-in file back as it was before a `limitUnit`. */
    putBackUnitLimits: limiting(
      ({ text }: PutBack) => (text === null ? undefined : mustBeOurs(text)),
      ({ text }) => text,
    ),
  };
}
