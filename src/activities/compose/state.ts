import type { Trouble, WorkloadInstance, WorkloadState } from '../../workflows/ports/workload-state.ts';
import { dockerJson } from './docker.ts';
import { cpuOf, isReady, readContainers, readEngine, readEvents, readMemory } from './containers.ts';
import { composeFile, type Container, type Event } from './objects.ts';
import type { ComposePlace } from '../kit/index.ts';

const eventsOfMs = 60 * 60_000;
const mostEvents = 20;
/** A container that was restarted by the engine so short a time ago may well end again. */
const freshMs = 60_000;
const notSaid = /^(exec_|top|attach|resize|archive-path|extract-to-dir|copy|rename)/;

/** The service as its containers are, what they use and what happened in the last hour. */
export async function readState(place: ComposePlace): Promise<WorkloadState> {
  const [containers, engine] = await Promise.all([readContainers(place), readEngine(place)]);
  const since = new Date(Date.parse(engine.SystemTime) - eventsOfMs).toISOString();
  const [memory, events] = await Promise.all([readMemory(place, containers), readEvents(place, since, engine)]);
  const now = Date.parse(engine.SystemTime);
  return {
    wanted: containers.length > 0 ? containers.length : await wantedByFile(place),
    ready: containers.filter(isReady).length,
    instances: containers.map((one) => instanceOf(one, memory.get(one.Id) ?? null, events, now)),
    events: events
      .filter(({ Action }) => !notSaid.test(Action))
      .reverse()
      .slice(0, mostEvents)
      .map(({ Action, Actor: { Attributes }, timeNano }) => {
        const code = Attributes['exitCode'];
        return `${timeOf(timeNano)} ${Attributes['name'] ?? '?'} ${Action}${code === undefined ? '' : ` with exit code ${code}`}`;
      }),
  };
}

// So many nanoseconds are more than a number holds exactly.
const timeOf = (nanoseconds: number): string => new Date(Math.round(nanoseconds / 1e6)).toISOString();

/** Compose notes nowhere how many were asked for on the command line; without a container only the files tell. */
export async function wantedByFile(place: ComposePlace): Promise<number> {
  const [file] = await dockerJson(place, composeFile, {
    kind: 'read',
    compose: true,
    args: ['config', '--format', 'json', '--no-consistency'],
  });
  const service = file?.services[place.service];
  return service?.scale ?? service?.deploy?.replicas ?? 1;
}

function instanceOf(one: Container, usedBytes: number | null, events: readonly Event[], now: number): WorkloadInstance {
  const { Id, Name, State, RestartCount, HostConfig, Image, Config } = one;
  const lastEnd = lastEndOf(one, events);
  return {
    name: Name,
    incarnation: `${Id}@${State.StartedAt ?? 'never'}`,
    ready: isReady(one),
    startedAt: ['running', 'paused'].includes(State.Status) ? State.StartedAt : null,
    restarts: RestartCount,
    trouble: troubleOf(one, lastEnd, now, wasStopped(one, events)),
    lastEnd,
    memory: { usedBytes, limitBytes: HostConfig.Memory > 0 ? HostConfig.Memory : null },
    cpuLimit: cpuOf(one),
    release: Config.Image === Image ? Image : `${Config.Image}@${Image}`,
    node: null,
  };
}

/** From its state while it does not run; of the life before this one only the events tell the exit code. */
function lastEndOf({ Id, State }: Container, events: readonly Event[]): WorkloadInstance['lastEnd'] {
  if (State.FinishedAt === null) return null;
  const died = events.findLast(({ Action, Actor }) => Action === 'die' && Actor.ID === Id);
  const before = died && events.slice(0, events.indexOf(died));
  const outOfMemory = before?.findLast(({ Action, Actor }) => Actor.ID === Id && ['oom', 'start'].includes(Action))?.Action === 'oom';
  const runs = State.Status === 'running' || State.Status === 'paused';
  const code = runs ? codeOf(died) : State.ExitCode;
  return { code, reason: reasonOf(code, runs ? outOfMemory : State.OOMKilled || outOfMemory, State.Error), at: State.FinishedAt };
}

const codeOf = (died: Event | undefined): number | null => (died ? Number(died.Actor.Attributes['exitCode'] ?? NaN) || 0 : null);

function reasonOf(code: number | null, outOfMemory: boolean, error: string): string {
  if (outOfMemory) return 'OOMKilled';
  if (error !== '') return error.slice(0, 300);
  if (code === null) return 'unknown';
  if (code === 0) return 'Completed';
  // Programs end with any code; only those of real signals mean one.
  if (code > 128 + 64) return `exit code ${code}`;
  return code > 128 ? `signal ${code - 128}` : 'Error';
}

/** Whether a person, or compose, ended it: the engine tells that it sent a signal. An end that it tells nothing of any more may have been so. */
function wasStopped({ Id }: Container, events: readonly Event[]): boolean {
  const own = events.filter(({ Actor }) => Actor.ID === Id);
  return own.some(({ Action }) => Action === 'kill' || Action === 'stop') || !own.some(({ Action }) => Action === 'die');
}

function troubleOf(one: Container, lastEnd: WorkloadInstance['lastEnd'], now: number, stopped: boolean): Trouble | null {
  const { State, RestartCount } = one;
  const { Status } = State;
  if (Status === 'created') return State.Error === '' ? 'stopped' : troubleToStart(State.Error);
  if (Status === 'paused') return 'stopped';
  const ended = Status === 'exited' || Status === 'dead';
  const again = Status === 'restarting' || (RestartCount > 0 && now - Date.parse(State.StartedAt ?? '') < freshMs);
  if ((ended || again) && lastEnd?.reason === 'OOMKilled') return 'memory';
  if (ended && State.Error !== '') return troubleToStart(State.Error);
  if (again) return [126, 127].includes(lastEnd?.code ?? 0) ? 'configuration' : 'crashing';
  // 137 and 143 are how `docker stop` ends what it stops, and says so; of an end that the engine has forgotten nothing else is known.
  if (ended && [137, 143].includes(State.ExitCode)) return stopped ? 'stopped' : 'crashing';
  if (ended) return State.ExitCode === 0 ? 'stopped' : 'crashing';
  return isReady(one) ? null : 'not-ready';
}

const troubleToStart = (error: string): Trouble => (/no such image|manifest unknown|pull access/i.test(error) ? 'image' : 'configuration');
