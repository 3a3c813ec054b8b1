import { z } from 'zod';
import { controllerOf, isOver, type Pod } from './pod-objects.ts';
import { kubectlJson, type Cluster } from './kubectl.ts';

const budgets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({
        selector: z
          .object({
            matchLabels: z.record(z.string(), z.string()).default({}),
            matchExpressions: z.array(z.unknown()).default([]),
          })
          .nullish(),
      }),
      status: z
        .object({ disruptionsAllowed: z.number().default(0), currentHealthy: z.number().default(0), desiredHealthy: z.number().default(0) })
        .prefault({}),
    }),
  ),
});

/** Pods that a drain moves away: not those of the node itself or of a DaemonSet, which come back at once. */
export function movableOf(pods: readonly Pod[]): Pod[] {
  return pods.filter(
    (pod) => pod.metadata.annotations['kubernetes.io/config.mirror'] === undefined && controllerOf(pod)?.kind !== 'DaemonSet',
  );
}

/** Why pods would be lost for good, or lose data, when they are moved; one sentence each. */
export function lostOf(pods: readonly Pod[]): string[] {
  return movableOf(pods).flatMap((pod) => {
    const name = nameOf(pod);
    if (isOver(pod)) return [];
    if (controllerOf(pod) === undefined) return [`nothing would make ${name} anew`];
    const scratch = pod.spec.volumes.filter(({ emptyDir }) => emptyDir !== undefined && emptyDir !== null).map((volume) => volume.name);
    return scratch.length > 0 ? [`${name} would lose what is in ${scratch.join(', ')}`] : [];
  });
}

/** Budgets that let none of these pods go just now, in words. */
export async function budgetsAgainst(cluster: Cluster, pods: readonly Pod[]): Promise<string[]> {
  const { items } = await kubectlJson(cluster, budgets, { kind: 'read', args: ['get', 'poddisruptionbudgets', '--all-namespaces'] });
  return items
    .filter(
      ({ metadata, spec, status }) => status.disruptionsAllowed === 0 && pods.some((pod) => isOf(metadata.namespace, spec.selector, pod)),
    )
    .map(
      ({ metadata, status }) =>
        `the disruption budget ${metadata.namespace}/${metadata.name} lets none go: ${status.currentHealthy} are well, ${status.desiredHealthy} are needed`,
    );
}

/** A budget with an expression may be about more pods than its labels say; it is named rather than left out. */
function isOf(namespace: string, selector: z.output<typeof budgets>['items'][number]['spec']['selector'], { metadata }: Pod): boolean {
  return (
    metadata.namespace === namespace && Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => metadata.labels[key] === value)
  );
}

/** `shop/shop-7d9f`, since a node has pods of many namespaces. */
export const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;
