import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Release, splitImage } from '../kit/index.ts';

// Only what is read of each object; everything else of the API's answers is left alone.
const texts = z.record(z.string(), z.string()).default({});
const container = z.looseObject({ name: z.string(), image: z.string() });
// Whole, because a release may differ in anything.
const template = z.looseObject({
  metadata: z.looseObject({ labels: texts, annotations: texts }).default({ labels: {}, annotations: {} }),
  spec: z.looseObject({ containers: z.array(container).min(1) }),
});

export const deployment = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), generation: z.number(), annotations: texts }),
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    selector: z.object({ matchLabels: texts }),
    template,
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
    })
    .prefault({}),
});
export type Deployment = z.output<typeof deployment>;

export const replicaSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        creationTimestamp: z.string(),
        annotations: texts,
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
      }),
      spec: z.object({ template }),
    }),
  ),
});
export type ReplicaSet = z.output<typeof replicaSets>['items'][number];

export const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        creationTimestamp: z.string(),
        deletionTimestamp: z.string().optional(),
        ownerReferences: z.array(z.object({ name: z.string() })).default([]),
      }),
      status: z.object({
        phase: z.string().default('Unknown'),
        containerStatuses: z
          .array(z.object({ name: z.string(), imageID: z.string().default(''), restartCount: z.number().default(0) }))
          .default([]),
      }),
    }),
  ),
});
export type Pod = z.output<typeof pods>['items'][number];

export const events = z.object({
  items: z.array(
    z.object({
      lastTimestamp: z.string().nullish(),
      reason: z.string().default(''),
      message: z.string().default(''),
      involvedObject: z.object({ kind: z.string().default(''), name: z.string().default('') }),
    }),
  ),
});

export const autoscaler = z.object({
  metadata: z.object({ annotations: texts }),
  spec: z.object({ minReplicas: z.number().default(1), maxReplicas: z.number() }),
});

export const autoscalers = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: autoscaler.shape.spec.extend({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) }),
    }),
  ),
});

const revisionKey = 'deployment.kubernetes.io/revision';
/** Set when an old ReplicaSet is used again: its creation is then not its rollout. */
const reusedKey = 'deployment.kubernetes.io/revision-history';
const schemaKey = 'schema';

/** The number of a ReplicaSet or of what a Deployment wants. */
export const revisionOf = ({ metadata }: Pick<ReplicaSet, 'metadata'> | Pick<Deployment, 'metadata'>): string =>
  metadata.annotations[revisionKey] ?? '';

export const wasReused = ({ metadata }: ReplicaSet): boolean => metadata.annotations[reusedKey] !== undefined;

/** The release that a ReplicaSet brings: the image of its first container, and the schema that its label or annotation names. */
export function releaseOfSet(set: ReplicaSet): Release {
  const { metadata, spec } = set.spec.template;
  return {
    revision: revisionOf(set),
    ...splitImage(spec.containers[0]!.image),
    template: templateOf(set.spec.template),
    schema: metadata.labels[schemaKey] ?? metadata.annotations[schemaKey] ?? null,
    createdAt: set.metadata.creationTimestamp,
  };
}

/** The API server keeps no order of names. */
const inOrder = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A pod template by its content, without the label that only numbers it. */
export function templateOf({ metadata, ...rest }: z.output<typeof template>): string {
  const { 'pod-template-hash': _hash, ...labels } = metadata.labels;
  // The API server gives templates no time of creation of their own; some clients send null for it.
  const { creationTimestamp: _none, ...more } = metadata;
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, metadata: { ...more, labels } }, inOrder))
    .digest('hex')
    .slice(0, 12);
}

/** Digest of the image that a pod's first container really runs, as its node says. */
export function digestOfPod({ status }: Pod, container: string): string | null {
  const found = status.containerStatuses.find(({ name }) => name === container);
  return /@(sha256:[0-9a-f]+)$/.exec(found?.imageID ?? '')?.[1] ?? null;
}
