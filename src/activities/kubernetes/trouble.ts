import type { Trouble } from '../../workflows/ports/workload-state.ts';
import type { Happened } from './events.ts';
import { isReady, type ContainerStatus, type Pod } from './pod-objects.ts';

/** Why a container waits, as its node says. */
const waits: Readonly<Record<string, Trouble>> = {
  ...{
    ImagePullBackOff: 'image',
    ErrImagePull: 'image',
    InvalidImageName: 'image',
    ErrImageNeverPull: 'image',
    ImageInspectError: 'image',
  },
  ...{ RegistryUnavailable: 'image', SignatureValidationFailed: 'image' },
  ...{ CreateContainerConfigError: 'configuration', CreateContainerError: 'configuration' },
};
const failsAtStart = ['CrashLoopBackOff', 'RunContainerError', 'StartError', 'PostStartHookError'];
const killed = 137;
/** A container that runs for longer than this has left its last end behind. */
const settledMs = 5 * 60_000;

/** The container that keeps a pod from serving, else the one that does the work. */
export function ailingOf({ status }: Pod, main: string): ContainerStatus | undefined {
  const all = [...status.initContainerStatuses, ...status.containerStatuses];
  return all.find((one) => isTroubled(one)) ?? status.containerStatuses.find(({ name }) => name === main);
}

/** What keeps a pod from serving; null when it serves. `happened` is what happened in its namespace. */
export function troubleOf(pod: Pod, main: string, happened: readonly Happened[]): Trouble | null {
  if (isReady(pod)) return null;
  const about = happened.filter(({ uid }) => uid === pod.metadata.uid);
  const ailing = ailingOf(pod, main);
  if (ailing && isTroubled(ailing)) return waits[ailing.state.waiting?.reason ?? ''] ?? crashOf(ailing, about);
  if (unplaced(pod) !== undefined) return 'pending';
  if (pod.status.phase !== 'Pending') return 'not-ready';
  // A secret or a file that it mounts is missing: its node waits for it, and says so in events only.
  if (about.some(({ reason, message }) => reason === 'FailedMount' && /(secret|configmap).*not found/i.test(message)))
    return 'configuration';
  return pod.spec.nodeName === undefined ? 'pending' : 'not-ready';
}

/** The scheduler's sentence, when it found no node. */
export function unplaced({ status }: Pod): string | undefined {
  return status.conditions.find(({ type, status: is, reason }) => type === 'PodScheduled' && is === 'False' && reason === 'Unschedulable')
    ?.message;
}

/** How the last life of a container ended. */
export const endOf = ({ state, lastState }: ContainerStatus): ContainerStatus['lastState']['terminated'] =>
  state.terminated ?? lastState.terminated;

function isTroubled(status: ContainerStatus): boolean {
  const { waiting, terminated, running } = status.state;
  if (status.ready || (terminated !== undefined && terminated.exitCode === 0)) return false;
  const reason = waiting?.reason ?? '';
  return waits[reason] !== undefined || failsAtStart.includes(reason) || (endOf(status) !== undefined && !isSettled(running?.startedAt));
}

const isSettled = (startedAt: string | null | undefined): boolean => startedAt != null && Date.now() - Date.parse(startedAt) > settledMs;

function crashOf(status: ContainerStatus, about: readonly Happened[]): Trouble {
  const end = endOf(status);
  if (end?.reason === 'OOMKilled') return 'memory';
  // Whom its node kills because it does not answer also ends with 137.
  const byProbe = about.some(({ reason, message }) => reason === 'Killing' && /failed (liveness|startup) probe/i.test(message));
  return end?.exitCode === killed && !byProbe ? 'memory' : 'crashing';
}
