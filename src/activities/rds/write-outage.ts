import type { Environment } from '../../config/environment.ts';
import { readServer, tryWrite, type ClusterPlace } from './cluster-session.ts';
import { currentStep, heartbeat, pauseFor, runInStep, throwIfCancelled } from '../kit/index.ts';

/** From the last write that the old writer took to the first one that the new writer took. */
export interface WriteOutage {
  totalMs: number;
  startedAt: string;
  endedAt: string | null;
  /** True when the old writer took no write from the beginning: then it began before `startedAt`. */
  before: boolean;
  /** False when the new writer took none within the time. */
  over: boolean;
  tries: number;
  failed: number;
}

/** A write that went through, or none. */
export interface LastWrite {
  at: string | null;
}

/** What is known so far; kept over attempts, so that a worker's death loses only the readings of that time. */
interface Tally {
  began: number;
  tries: number;
  failed: number;
  target: string | null;
  lastOld: number | null;
  firstNew: number | null;
}

const everyMs = 100;

/** Writes to a cluster's endpoints all the time, until the target takes the writes; at most `withinMs`. */
export async function watchWrites(
  environment: Environment,
  { places, target, since, withinMs }: { places: readonly ClusterPlace[]; target: ClusterPlace; since: LastWrite; withinMs: number },
): Promise<WriteOutage> {
  const step = currentStep();
  const fresh: Tally = {
    began: Date.now(),
    tries: 0,
    failed: 0,
    target: null,
    firstNew: null,
    lastOld: since.at === null ? null : Date.parse(since.at),
  };
  const tally = (step.carried.answer ??= fresh) as Tally;
  // Single tries are not kept as evidence: there are hundreds.
  const quietly = <T>(work: () => Promise<T>) => runInStep({ ...step, record: () => undefined }, work);
  while (tally.firstNew === null && Date.now() < step.startedAt + withinMs) {
    throwIfCancelled();
    heartbeat();
    tally.target ??= await quietly(() => readServer(environment, target)).catch(() => null);
    const server = await quietly(() => writeAnywhere(environment, places));
    tally.tries += 1;
    if (server === undefined) tally.failed += 1;
    else if (server === tally.target) tally.firstNew = Date.now();
    else tally.lastOld = Date.now();
    if (tally.firstNew === null) await pauseFor(everyMs);
  }
  const { began, lastOld, firstNew, tries, failed } = tally;
  const from = lastOld ?? began;
  return {
    ...{ totalMs: (firstNew ?? Date.now()) - from, startedAt: new Date(from).toISOString(), before: lastOld === null },
    ...{ endedAt: firstNew === null ? null : new Date(firstNew).toISOString(), over: firstNew !== null, tries, failed },
  };
}

/** The server that takes a write at one of the endpoints; undefined when none does. */
export function writeAnywhere(environment: Environment, places: readonly ClusterPlace[]): Promise<string | undefined> {
  return Promise.any(places.map((place) => tryWrite(environment, place))).catch(() => undefined);
}
