import { Failure } from '../../workflows/failures.ts';
import { docker, dockerJson, wholeId } from './docker.ts';
import { container, engine, event, usage, bytesOf, type Container, type Engine, type Event } from './objects.ts';
import { type ComposePlace, failure } from '../kit/index.ts';

/** Containers of the service by their number, whatever state they are in. By their labels: a compose file that is broken does not hide them. */
export async function readContainers(place: ComposePlace): Promise<Container[]> {
  const labels = [`project=${place.project}`, `service=${place.service}`, 'oneoff=False'];
  const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
  const { stdout } = await docker(place, { kind: 'read', args: ['ps', '--all', '--no-trunc', '--quiet', ...filters] });
  const ids = stdout.split('\n').filter(Boolean).map(wholeId);
  if (ids.length === 0) return [];
  const found = await dockerJson(place, container, { kind: 'read', args: ['container', 'inspect', ...ids] });
  return found.sort((a, b) => numberOf(a) - numberOf(b));
}

const numberOf = ({ Config }: Container): number => Number(Config.Labels?.['com.docker.compose.container-number'] ?? 0);

/** The same, which must be there. Throws Permanent when the service has no container. */
export async function mustHaveContainers(place: ComposePlace): Promise<Container[]> {
  const found = await readContainers(place);
  if (found.length > 0) return found;
  throw failure(Failure.Permanent, `the project ${place.project} has no container of ${place.service}: scale it up instead`);
}

/** Time and size of the machine that the engine runs on. */
export async function readEngine(place: ComposePlace): Promise<Engine> {
  const [found] = await dockerJson(place, engine, { kind: 'read', args: ['info', '--format', '{{json .}}'] }).catch((error: unknown) => {
    // Podman answers to the name, in another form.
    if (/docker answered something else than was asked for/.test((error as Error).message))
      throw failure(Failure.Permanent, `what answers at ${place.host} is no Docker engine: Podman and others are not supported`);
    throw error;
  });
  if (found) return found;
  throw failure(Failure.Transient, 'the Docker engine says nothing of itself');
}

/** What happened to the service's containers since a time of the engine's own clock, oldest first; it keeps its last 256 events only. */
export async function readEvents(place: ComposePlace, since: string, { SystemTime }: Engine): Promise<Event[]> {
  const filters = [`project=${place.project}`, `service=${place.service}`].flatMap((one) => [
    '--filter',
    `label=com.docker.compose.${one}`,
  ]);
  // Without an end in the past it would wait for more.
  const span = ['--since', since, '--until', SystemTime];
  return dockerJson(place, event, {
    kind: 'read',
    args: ['events', ...span, ...filters, '--filter', 'type=container', '--format', '{{json .}}'],
  });
}

/** Memory in use by container id, in bytes; takes about two seconds. Containers that do not run are left out. */
export async function readMemory(place: ComposePlace, containers: readonly Container[]): Promise<Map<string, number>> {
  const running = containers.filter(({ State }) => State.Status === 'running').map(({ Id }) => wholeId(Id));
  if (running.length === 0) return new Map();
  const command = ['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}', ...running];
  const found = await dockerJson(place, usage, { kind: 'read', args: command, timeoutMs: 15_000 });
  return new Map(
    found.flatMap(({ ID, MemUsage }) => [[ID, bytesOf(MemUsage)] as const]).flatMap(([id, bytes]) => (bytes ? [[id, bytes]] : [])),
  );
}

/** Runs, and its health check, if it has one, is content. */
export const isReady = ({ State }: Container): boolean =>
  State.Status === 'running' && (State.Health == null || ['healthy', 'none', ''].includes(State.Health.Status));

/** What a person would say of it, e.g. `shop-app-1 is running and unhealthy`. */
export function wordsOf({ Name, State }: Container): string {
  const health = State.Health && State.Status === 'running' ? ` and ${State.Health.Status}` : '';
  return `${Name} is ${State.Status}${health}`;
}

/** Cores that a container may use; null when it may use all. */
export function cpuOf({ HostConfig: { NanoCpus, CpuQuota, CpuPeriod } }: Container): number | null {
  if (NanoCpus > 0) return NanoCpus / 1e9;
  return CpuQuota > 0 ? CpuQuota / (CpuPeriod || 100_000) : null;
}

/** How long docker itself may take to stop these, in ms. */
export const stopMs = (containers: readonly Container[]): number =>
  containers.reduce((sum, { Config }) => sum + (Config.StopTimeout ?? 10) * 1_000, 30_000);
