import { docker, predictedDocker, type Docker } from './docker.ts';
import { isReady, mustHaveContainers, readEngine, readEvents, stopMs, wordsOf } from './containers.ts';
import type { Container, Engine, Event } from './objects.ts';
import { activityContext, type ComposePlace, currentStep, until } from '../kit/index.ts';

/** A start as it was before the step did anything. */
interface Start {
  startedAt: string | null;
  restarts: number;
}

export interface RestartFound {
  so: boolean;
  found: string;
  containers: Container[];
  /** Those that were not restarted for this step yet. */
  left: Container[];
}

const patience = 5 * 60_000;
const eachWithin = 2 * 60_000;
/** A container without a health check counts as up when it has run for so long. */
const steadyMs = 2_000;

/**
 * Which containers were restarted since the step was asked for. The engine's own restarts of what crashes do not count: they raise the
 * number of restarts, and a person's or ours sets it back to nought.
 */
export async function lookForRestarts(place: ComposePlace): Promise<RestartFound> {
  const [containers, engine] = await Promise.all([mustHaveContainers(place), readEngine(place)]);
  const asked = askedAt(engine);
  const events = await readEvents(place, asked, engine);
  const before = startsBefore(containers);
  const left = containers.filter((one) => !wasRestarted(one, before[one.Id], asked, events));
  return {
    ...{ so: left.length === 0, containers, left },
    found: left.length === 0 ? `all ${containers.length} were restarted since` : containers.map(wordsOf).join(', '),
  };
}

function wasRestarted({ Id, RestartCount, State }: Container, before: Start | undefined, asked: string, events: readonly Event[]): boolean {
  if (events.some(({ Action, Actor }) => Action === 'restart' && Actor.ID === Id)) return true;
  if (State.StartedAt === null) return false;
  if (before) return State.StartedAt !== before.startedAt && RestartCount <= before.restarts;
  return RestartCount === 0 && Date.parse(State.StartedAt) > Date.parse(asked);
}

/** What the first look of all attempts saw. */
function startsBefore(containers: readonly Container[]): Readonly<Record<string, Start>> {
  const { carried, attempt } = currentStep();
  if (carried.seen !== undefined) return JSON.parse(carried.seen) as Record<string, Start>;
  // What an earlier attempt saw is lost; what is seen now may be its work.
  if (attempt > 1) return {};
  const seen = Object.fromEntries(
    containers.map(({ Id, State, RestartCount }) => [Id, { startedAt: State.StartedAt, restarts: RestartCount }]),
  );
  carried.seen = JSON.stringify(seen);
  return seen;
}

/** When Temporal was asked for the step, by the clock of the machine that the engine runs on. */
export function askedAt({ SystemTime }: Engine): string {
  const asked = activityContext()?.info.scheduledTimestampMs ?? currentStep().startedAt;
  return new Date(asked + Date.parse(SystemTime) - Date.now()).toISOString();
}

const restart = (containers: readonly Container[]): Docker => ({
  ...{ kind: 'change', args: ['restart', ...containers.map(({ Id }) => Id)], timeoutMs: stopMs(containers) },
});

/** Those that do not serve go together; those that do go one by one, so that the others serve meanwhile. */
const rounds = (left: readonly Container[]): Container[][] =>
  [left.filter((one) => !isReady(one)), ...left.filter(isReady).map((one) => [one])].filter((round) => round.length > 0);

/** The very commands. */
export const predictRestarts = (place: ComposePlace, { left }: RestartFound) =>
  rounds(left).map((round) => predictedDocker(place, restart(round)));

/** Restarts what is left; goes on to one that serves only when the one before it serves again. Throws NotYet when it does not. */
export async function restartRounds(place: ComposePlace, { containers, left }: RestartFound): Promise<void> {
  const done = containers.filter((one) => !left.includes(one)).map(({ Id }) => Id);
  for (const round of rounds(left)) {
    if (round.some(isReady)) await ready(place, done, eachWithin);
    await docker(place, restart(round));
    done.push(...round.map(({ Id }) => Id));
  }
}

/** Waits until every container serves, and those without a health check for a while. */
export const proveRestarts = (place: ComposePlace) => ready(place, undefined, patience);

async function ready(place: ComposePlace, ids: readonly string[] | undefined, within: number) {
  return until(
    async () => {
      const [containers, { SystemTime }] = await Promise.all([mustHaveContainers(place), readEngine(place)]);
      const meant = containers.filter(({ Id }) => ids?.includes(Id) ?? true);
      const steady = ({ State }: Container) =>
        State.Health != null || Date.parse(SystemTime) - Date.parse(State.StartedAt ?? SystemTime) >= steadyMs;
      const others = meant.filter((one) => !isReady(one) || !steady(one));
      if (others.length > 0) return { notYet: others.map(wordsOf).join(', ') };
      return { is: { instances: meant.map(({ Name, State }) => ({ name: Name, startedAt: State.StartedAt })) } };
    },
    { within, what: `every container of ${place.service} to serve` },
  );
}
