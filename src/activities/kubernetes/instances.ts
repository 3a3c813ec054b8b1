import type { Trouble, WorkloadInstance } from '../../workflows/ports/workload-state.ts';
import { sayEvent, type Happened } from './events.ts';
import type { Use } from './metrics.ts';
import { livingOf, mainOf, type Owned } from './owned.ts';
import { isOver, isReady, type Pod } from './pod-objects.ts';
import { amountOf } from './quantity.ts';
import { ailingOf, endOf, troubleOf, unplaced } from './trouble.ts';
import { splitImage } from '../kit/index.ts';

const mostEvents = 20;
const worstFirst: readonly (Trouble | null)[] = ['crashing', 'memory', 'image', 'configuration', 'pending', 'not-ready', 'stopped', null];

/** The copies of a Deployment; the worst first. */
export function instancesOf(owned: Owned, happened: readonly Happened[], used: ReadonlyMap<string, Use> | null): WorkloadInstance[] {
  const main = mainOf(owned.deployment).name;
  return livingOf(owned)
    .map((pod) => instanceOf(pod, main, happened, used?.get(pod.metadata.name) ?? null))
    .sort(
      (a, b) => worstFirst.indexOf(a.trouble) - worstFirst.indexOf(b.trouble) || b.restarts - a.restarts || a.name.localeCompare(b.name),
    );
}

function instanceOf(pod: Pod, main: string, happened: readonly Happened[], used: Use | null): WorkloadInstance {
  const { metadata, spec, status } = pod;
  const container = spec.containers.find(({ name }) => name === main) ?? spec.containers[0]!;
  const running = status.containerStatuses.find(({ name }) => name === main);
  const ailing = ailingOf(pod, main);
  const ended = ailing && endOf(ailing);
  const restarts = [...status.initContainerStatuses, ...status.containerStatuses].reduce((sum, { restartCount }) => sum + restartCount, 0);
  return {
    name: metadata.name,
    incarnation: `${metadata.uid}/${restarts}`,
    ready: isReady(pod),
    startedAt: running?.state.running?.startedAt ?? null,
    restarts,
    trouble: troubleOf(pod, main, happened),
    lastEnd: ended ? { code: ended.exitCode ?? null, reason: ended.reason, at: ended.finishedAt ?? null } : null,
    memory: { usedBytes: used?.memoryBytes ?? null, limitBytes: amountOf(container.resources.limits['memory']) },
    cpuLimit: amountOf(container.resources.limits['cpu']),
    release: releaseOf(container.image, running?.imageID ?? ''),
    node: spec.nodeName ?? null,
  };
}

/** Image with the digest that its node pulled, or else the one that is asked for. */
function releaseOf(wanted: string, pulled: string): string {
  const { image, digest } = splitImage(wanted);
  const real = /@(sha256:[0-9a-f]+)$/.exec(pulled)?.[1] ?? digest;
  return real === null ? image : `${image}@${real}`;
}

/** What happened to a Deployment, its ReplicaSets and its pods lately, and why pods are where they are; newest first, at most 20. */
export function eventsOf(owned: Owned, happened: readonly Happened[]): string[] {
  const uids = new Set([
    owned.deployment.metadata.uid,
    ...owned.sets.map(({ uid }) => uid),
    ...owned.pods.map(({ metadata }) => metadata.uid),
  ]);
  // Of pods that are gone only the name tells whose they were.
  const own = ({ kind, name, uid }: Happened) =>
    uids.has(uid) || (kind === 'Pod' && owned.sets.some((set) => name.startsWith(`${set.name}-`)));
  const said = happened.filter(own).map(sayEvent);
  // Events are forgotten after an hour; what a pod itself says is not.
  const now = owned.pods.flatMap((pod) => {
    const why = isOver(pod) && pod.status.reason ? `${pod.status.reason}: ${pod.status.message}` : unplaced(pod);
    return why !== undefined && !said.some((sentence) => sentence.includes(why)) ? [`now ${pod.metadata.name} ${why}`] : [];
  });
  return [...now, ...said].slice(0, mostEvents);
}
