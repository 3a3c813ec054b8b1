import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { deploymentOf, failure, type Running, splitImage } from '../kit/index.ts';
import {
  deployment,
  digestOfPod,
  events,
  pods,
  releaseOfSet,
  replicaSets,
  revisionOf,
  templateOf,
  wasReused,
  type Deployment,
  type Pod,
} from './objects.ts';
import { kubectlJson, lookAside, objectName } from './kubectl.ts';

/** The Deployment of a service in a region, as the API server has it. */
export async function readDeploymentOf(environment: Environment, where: ServiceRegion): Promise<Deployment> {
  const place = deploymentOf(environment, where);
  return kubectlJson(place, deployment, { kind: 'read', args: ['get', 'deployment', objectName(place.deployment)] });
}

/** Revisions, pods and events of a Deployment, read side by side. */
export async function readRunning(environment: Environment, where: ServiceRegion): Promise<Running> {
  const place = deploymentOf(environment, where);
  const wanted = await readDeploymentOf(environment, where);
  const selector = Object.entries(wanted.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const labelled = { value: selector.join(',') };
  const [sets, found, happened] = await Promise.all([
    kubectlJson(place, replicaSets, { kind: 'read', args: ['get', 'replicasets', '-l', labelled] }),
    kubectlJson(place, pods, { kind: 'read', args: ['get', 'pods', '-l', labelled] }),
    lookAside('events', kubectlJson(place, events, { kind: 'read', args: ['get', 'events'] })),
  ]);
  const own = sets.items.filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === wanted.metadata.uid));
  const byRevision = own.sort((a, b) => Number(revisionOf(b)) - Number(revisionOf(a)));
  const releases = byRevision.map(releaseOfSet);
  const current = releases.find(({ revision }) => revision === revisionOf(wanted));
  if (!current) throw failure(Failure.NotYet, `the revision ${revisionOf(wanted)} of ${place.deployment} has no ReplicaSet yet`);
  // What ended for good, and what others own, would make every proof wait in vain.
  const alive = found.items.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      !['Failed', 'Succeeded'].includes(status.phase) &&
      (metadata.ownerReferences.length === 0 || metadata.ownerReferences.some(({ name }) => own.some((set) => set.metadata.name === name))),
  );
  const main = wanted.spec.template.spec.containers[0]!.name;
  return {
    // The template itself says what is wanted; the number of its revision may be a moment behind.
    ...{
      wanted: { ...current, ...splitImage(wanted.spec.template.spec.containers[0]!.image), template: templateOf(wanted.spec.template) },
      releases,
    },
    rollouts: byRevision.map((set) => ({
      ...{ revision: revisionOf(set), state: isRolledOut(wanted) || revisionOf(set) !== current.revision ? 'Successful' : 'InProgress' },
      startedAt: wasReused(set) ? firstOf(alive, set.metadata.name, set.metadata.creationTimestamp) : set.metadata.creationTimestamp,
    })),
    underWay: isRolledOut(wanted) ? null : current.revision,
    instances: alive.map((pod) => ({ id: pod.metadata.name, digest: digestOfPod(pod, main), state: wordsOf(pod) })),
    events:
      'none' in happened
        ? [happened.none]
        : happened.items
            .filter(({ involvedObject }) => involvedObject.name.startsWith(place.deployment))
            .sort((a, b) => (b.lastTimestamp ?? '').localeCompare(a.lastTimestamp ?? ''))
            .slice(0, 20)
            .map(
              ({ lastTimestamp, reason, message, involvedObject }) =>
                `${lastTimestamp ?? '?'} ${involvedObject.name} ${reason}: ${message.slice(0, 200)}`,
            ),
  };
}

/** True when the controller has seen the newest wish and every replica is of it and available. */
export function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const seen = status.observedGeneration >= metadata.generation;
  return (
    seen && status.updatedReplicas === spec.replicas && status.replicas === spec.replicas && status.availableReplicas === spec.replicas
  );
}

/** When the oldest living pod of a ReplicaSet was made. */
function firstOf(alive: readonly Pod[], set: string, otherwise: string): string {
  const own = alive.filter(({ metadata }) => metadata.ownerReferences.some(({ name }) => name === set));
  return own.map(({ metadata }) => metadata.creationTimestamp).sort()[0] ?? otherwise;
}

function wordsOf({ status }: Pod): string {
  const restarts = status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  return restarts === 0 ? status.phase : `${status.phase}, ${restarts} restarts`;
}
