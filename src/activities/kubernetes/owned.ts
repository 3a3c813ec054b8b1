import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { isOver, podList, workload, type Pod, type Workload } from './pod-objects.ts';
import { kubectlJson, objectName, type Cluster } from './kubectl.ts';
import { deploymentOf } from '../kit/index.ts';

const sets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string().default(''),
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
      }),
    }),
  ),
});

/** A Deployment with its ReplicaSets and the pods that these own; a pod that only has the same labels is none of them. */
export interface Owned {
  deployment: Workload;
  sets: { name: string; uid: string }[];
  pods: Pod[];
}

/** Reads a service's Deployment and what belongs to it. */
export async function readOwned(environment: Environment, where: ServiceRegion): Promise<Owned> {
  const place = deploymentOf(environment, where);
  const deployment = await readWorkload(environment, where);
  const labels = Object.entries(deployment.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const selected = { value: labels.join(',') };
  const [setsFound, podsFound] = await Promise.all([
    kubectlJson(place, sets, { kind: 'read', args: ['get', 'replicasets', '-l', selected] }),
    kubectlJson(place, podList, { kind: 'read', args: ['get', 'pods', '-l', selected] }),
  ]);
  const own = setsFound.items
    .filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === deployment.metadata.uid))
    .map(({ metadata: { name, uid } }) => ({ name, uid }));
  const byOwn = ({ metadata }: Pod) => metadata.ownerReferences.some(({ uid }) => own.some((set) => set.uid === uid));
  return { deployment, sets: own, pods: podsFound.items.filter(byOwn) };
}

/** One pod by its name; undefined when there is none. */
export async function findPod(cluster: Cluster, name: string): Promise<Pod | undefined> {
  const args = ['get', 'pods', `--field-selector=metadata.name=${objectName(name)}`];
  return (await kubectlJson(cluster, podList, { kind: 'read', args })).items[0];
}

/** The Deployment alone. */
export async function readWorkload(environment: Environment, where: ServiceRegion): Promise<Workload> {
  const place = deploymentOf(environment, where);
  return kubectlJson(place, workload, { kind: 'read', args: ['get', 'deployment', objectName(place.deployment)] });
}

/** Copies that live or are about to: not those that are being ended, or ended for good. */
export const livingOf = ({ pods }: Owned): Pod[] => pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !isOver(pod));

/** The container that does the work: the first of the template. */
export const mainOf = ({ spec }: Workload): Workload['spec']['template']['spec']['containers'][number] => spec.template.spec.containers[0]!;
