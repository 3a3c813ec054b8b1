import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { LogTail, WorkloadState } from '../../workflows/ports/workload-state.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, composeOf, failure, read, until } from '../kit/index.ts';
import { isReady, mustHaveContainers, readContainers, readEngine, stopMs, wordsOf } from './containers.ts';
import { readLogs } from './logs.ts';
import { askedAt, lookForRestarts, predictRestarts, proveRestarts, restartRounds } from './restart.ts';
import { readState } from './state.ts';
import { docker, predictedDocker, type Docker } from './docker.ts';

type Sized = ServiceRegion & { desired: number };
/** `instance` is the name of one container; `since` an ISO 8601 time. */
type LogAsked = ServiceRegion & { lines: number; instance?: string; since?: string };

const patience = 5 * 60_000;
const mostCopies = 100;

/** Services of docker compose: what runs, what it says, and the acts that start, stop and multiply it. */
export function composeActivities(environment: Environment) {
  const at = (where: ServiceRegion) => composeOf(environment, where);
  const runs = (status: string) => status === 'running' || status === 'restarting' || status === 'paused';

  /** `--no-recreate`: what changed in the files since is not brought out by the way. */
  const scale = ({ desired, ...where }: Sized): Docker => {
    if (!Number.isInteger(desired) || desired < 0 || desired > mostCopies)
      throw failure(Failure.InvalidInput, `${desired} is no number of containers from 0 to ${mostCopies}`);
    const how = ['up', '--detach', '--no-deps', '--no-recreate', '--no-build', '--pull', 'never'];
    const { service } = at(where);
    return { kind: 'change', compose: true, args: [...how, '--scale', `${service}=${desired}`, service], timeoutMs: 120_000 };
  };
  /** `ailing`: ids of those that did not serve before either, and are not waited for. */
  const ready = (where: ServiceRegion, desired: (found: number) => number, ailing: readonly string[] = []) =>
    until(
      async () => {
        const found = await readContainers(at(where));
        const inService = found.filter(isReady).length;
        const wanted = desired(found.length);
        const others = found.filter((one) => !isReady(one));
        if (found.length === wanted && others.every(({ Id }) => ailing.includes(Id))) return { is: { desired: wanted, inService } };
        return { notYet: [`${inService} of ${wanted} serve`, ...others.map(wordsOf)].join(', ') };
      },
      { within: patience, what: `the containers of ${where.service} to serve` },
    );

  return {
    /** The containers of a service with their health, restarts, last end, memory and image, and the events of the last hour. */
    readCompose: read((where: ServiceRegion): Promise<WorkloadState> => readState(at(where))),

    /** The end of their logs, oldest line first; at most 2000 lines and 64 KiB. */
    composeLogs: read(({ service, region, ...asked }: LogAsked): Promise<LogTail> => readLogs(at({ service, region }), asked)),

    /** Restarts every container once for one step; those that serve one after another. Source: iot-anomaly "1. System Completely Down". */
    restartCompose: change({
      look: (where: ServiceRegion) => lookForRestarts(at(where)),
      predict: (where, found) => ({
        calls: predictRestarts(at(where), found),
        result: { instances: found.containers.map(({ Name }) => ({ name: Name, startedAt: null as string | null })) },
      }),
      act: (where, found) => restartRounds(at(where), found),
      prove: (where) => proveRestarts(at(where)),
    }),

    /** Runs so many containers, and starts those that are stopped; what ran and did not serve holds nothing up. Source: iot-anomaly "2. High API Error Rate". */
    scaleCompose: change({
      look: async (asked: Sized) => {
        scale(asked);
        const [found, engine] = await Promise.all([readContainers(at(asked)), readEngine(at(asked))]);
        const since = Date.parse(askedAt(engine));
        // What is younger an earlier attempt has made.
        const ailing = found.filter((one) => runs(one.State.Status) && !isReady(one) && Date.parse(one.Created) < since);
        const so = found.length === asked.desired && found.every(({ State }) => runs(State.Status));
        return {
          so,
          found: found.length === 0 ? 'it has no container' : found.map(wordsOf).join(', '),
          ailing: ailing.map(({ Id }) => Id),
        };
      },
      predict: (asked) => ({
        calls: [predictedDocker(at(asked), scale(asked))],
        result: { desired: asked.desired, inService: asked.desired },
      }),
      act: async (asked) => void (await docker(at(asked), scale(asked))),
      prove: ({ desired, ...where }, { ailing }) => ready(where, () => desired, ailing),
    }),

    /** Stops every container of a service and keeps it; the engine does not start it again by itself. */
    stopCompose: change({
      look: async (where: ServiceRegion) => {
        const found = await mustHaveContainers(at(where));
        const on = found.filter(({ State }) => runs(State.Status));
        return { so: on.length === 0, found: found.map(wordsOf).join(', '), on };
      },
      predict: (where, { on }) => ({ calls: [predictedDocker(at(where), acting('stop', on))], result: { stopped: on.length } }),
      act: async (where, { on }) => void (await docker(at(where), acting('stop', on))),
      prove: (where, { on }) =>
        until(
          async () => {
            const still = (await readContainers(at(where))).filter(({ State }) => runs(State.Status));
            return still.length === 0 ? { is: { stopped: on.length } } : { notYet: still.map(wordsOf).join(', ') };
          },
          { within: 60_000, what: `the containers of ${where.service} to be stopped` },
        ),
    }),

    /** Starts the containers of a service that are stopped. */
    startCompose: change({
      look: async (where: ServiceRegion) => {
        const found = await mustHaveContainers(at(where));
        const off = found.filter(({ State }) => !runs(State.Status));
        return { so: off.length === 0, found: found.map(wordsOf).join(', '), off, all: found.length };
      },
      predict: (where, { off, all }) => ({
        calls: [predictedDocker(at(where), acting('start', off))],
        result: { desired: all, inService: all },
      }),
      act: async (where, { off }) => void (await docker(at(where), acting('start', off))),
      prove: (where) => ready(where, (found) => found),
    }),
  };
}

const acting = (verb: 'start' | 'stop', containers: Parameters<typeof stopMs>[0]): Docker => ({
  ...{ kind: 'change', args: [verb, ...containers.map(({ Id }) => Id)], timeoutMs: stopMs(containers) },
});
