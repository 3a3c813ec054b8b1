import { z } from 'zod';
import { isOver, podList, requestsOf, type Pod } from './pod-objects.ts';
import { amountOf } from './quantity.ts';
import { kubectlJson, objectName, type Cluster, type Kubectl } from './kubectl.ts';
import type { Use } from './metrics.ts';

const texts = z.record(z.string(), z.string()).default({});
const node = z.object({
  metadata: z.object({ name: z.string(), annotations: texts }),
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
  status: z
    .object({
      allocatable: texts,
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});
export type Node = z.output<typeof node>;

/** A machine of the cluster, with what is taken of it. */
export interface NodeState {
  name: string;
  ready: boolean;
  /** Conditions that are not as they should be, in words. */
  bad: string[];
  /** False when no new pod may come. */
  schedulable: boolean;
  /** Cores and bytes for pods, and how much of them pods have asked for. */
  allocatable: Use;
  requested: Use;
  /** Pods of the service that run on it. */
  pods: string[];
}

/** Nodes and pods of a whole cluster can be many. */
const wide: Pick<Kubectl, 'kind' | 'timeoutMs' | 'mostBytes'> = { kind: 'read', timeoutMs: 30_000, mostBytes: 64 * 1024 * 1024 };

/** Every node of the cluster. */
export async function readAllNodes(cluster: Cluster): Promise<Node[]> {
  return (await kubectlJson(cluster, z.object({ items: z.array(node) }), { ...wide, args: ['get', 'nodes'] })).items;
}

export async function readNode(cluster: Cluster, name: string): Promise<Node> {
  return kubectlJson(cluster, node, { kind: 'read', args: ['get', 'node', objectName(name)] });
}

/** Pods of every namespace; on one node when it is named. */
export async function readPodsEverywhere(cluster: Cluster, on?: string): Promise<Pod[]> {
  const only = on === undefined ? [] : [`--field-selector=spec.nodeName=${objectName(on)}`];
  return (await kubectlJson(cluster, podList, { ...wide, args: ['get', 'pods', '--all-namespaces', ...only] })).items;
}

/** What a node offers and what is taken, with the names of a service's own pods on it. */
export function stateOf(one: Node, everywhere: readonly Pod[], own: ReadonlySet<string>): NodeState {
  const { metadata, spec, status } = one;
  const here = everywhere.filter((pod) => pod.spec.nodeName === metadata.name && !isOver(pod));
  const asked = here.map((pod) => requestsOf(pod, amountOf));
  return {
    name: metadata.name,
    ready: isNodeReady(one),
    bad: badOf(one),
    schedulable: !spec.unschedulable,
    allocatable: { cpu: amountOf(status.allocatable['cpu']) ?? 0, memoryBytes: amountOf(status.allocatable['memory']) ?? 0 },
    requested: {
      cpu: Number(asked.reduce((sum, { cpu }) => sum + cpu, 0).toFixed(3)),
      memoryBytes: asked.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    },
    pods: here.filter(({ metadata: { uid } }) => own.has(uid)).map(({ metadata: { name } }) => name),
  };
}

/** Whether nothing has been heard of a node for so long that its state is unknown. */
export const saysUnknown = ({ status }: Node): boolean =>
  status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'Unknown');

/** Whether a node says itself that it works. */
export const isNodeReady = ({ status }: Node): boolean =>
  status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Kubernetes' own conditions, and those of the node problem detector: what is good of each. Others have words of their own, and are only told. */
const goodWhenTrue = new Set(['Ready']);
const goodWhenFalse = new Set([
  ...['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable', 'KernelDeadlock', 'ReadonlyFilesystem'],
  ...['FrequentKubeletRestart', 'FrequentDockerRestart', 'FrequentContainerdRestart', 'CorruptDockerOverlay2'],
]);

function badOf({ status }: Node): string[] {
  return status.conditions
    .filter(({ type, status: is }) => (goodWhenTrue.has(type) && is !== 'True') || (goodWhenFalse.has(type) && is !== 'False'))
    .map(({ type, status: is, reason, message }) => `${type} is ${is}: ${[reason, message].filter(Boolean).join(', ').slice(0, 200)}`);
}
