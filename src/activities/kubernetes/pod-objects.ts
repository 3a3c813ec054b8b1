import { z } from 'zod';
import { deployment } from './objects.ts';

// Only what is read of each object, for a closer look than a rollout needs.
const texts = z.record(z.string(), z.string()).default({});
const quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({});
const resources = z.object({ limits: quantities, requests: quantities }).prefault({});
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  resources,
  ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number(), protocol: z.string().default('TCP') })).default([]),
});
export type Container = z.output<typeof container>;

const terminated = z.object({ exitCode: z.number().nullish(), reason: z.string().default(''), finishedAt: z.string().nullish() });
const waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const state = z
  .object({
    waiting: waiting.optional(),
    running: z.object({ startedAt: z.string().nullish() }).optional(),
    terminated: terminated.optional(),
  })
  .prefault({});
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  imageID: z.string().default(''),
  ...{ state, lastState: state },
});
export type ContainerStatus = z.output<typeof containerStatus>;

export const pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: texts,
    annotations: texts,
    ownerReferences: z
      .array(
        z.object({ kind: z.string().default(''), name: z.string(), uid: z.string().default(''), controller: z.boolean().default(false) }),
      )
      .default([]),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(container).min(1),
    volumes: z.array(z.object({ name: z.string(), emptyDir: z.unknown().optional() })).default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') }))
        .default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});
export type Pod = z.output<typeof pod>;
export const podList = z.object({ items: z.array(pod) });

/** A Deployment with what its pods may use and where they listen. */
export const workload = deployment.extend({
  spec: deployment.shape.spec.extend({
    template: z.object({
      metadata: z.object({ labels: texts, annotations: texts }).prefault({}),
      spec: z.object({ containers: z.array(container).min(1) }),
    }),
  }),
});
export type Workload = z.output<typeof workload>;

/** Whether a pod may be sent requests. */
export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Whether a pod ended for good, e.g. evicted by its node; it counts as no copy any more. */
export const isOver = ({ status }: Pod): boolean => status.phase === 'Failed' || status.phase === 'Succeeded';

/** What makes a pod anew when it is gone; undefined when nothing does. */
export const controllerOf = ({ metadata }: Pod): Pod['metadata']['ownerReferences'][number] | undefined =>
  metadata.ownerReferences.find(({ controller }) => controller);

/** What a pod asks its node for: cores and bytes. */
export function requestsOf({ spec }: Pod, amount: (quantity: string | undefined) => number | null): { cpu: number; memoryBytes: number } {
  const sum = (what: string) => spec.containers.reduce((all, { resources: { requests } }) => all + (amount(requests[what]) ?? 0), 0);
  return { cpu: sum('cpu'), memoryBytes: sum('memory') };
}
