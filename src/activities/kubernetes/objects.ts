import { z } from 'zod';
import { type Release, splitImage } from '../kit/index.ts';

// Only what is read of each object; everything else of the API's answers is left alone.
const texts = z.record(z.string(), z.string()).default({});
const container = z.object({ name: z.string(), image: z.string() });
const template = z.object({
  metadata: z.object({ labels: texts, annotations: texts }).default({ labels: {}, annotations: {} }),
  spec: z.object({ containers: z.array(container).min(1) }),
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
    schema: metadata.labels[schemaKey] ?? metadata.annotations[schemaKey] ?? null,
    createdAt: set.metadata.creationTimestamp,
  };
}

/** Digest of the image that a pod's first container really runs, as its node says. */
export function digestOfPod({ status }: Pod, container: string): string | null {
  const found = status.containerStatuses.find(({ name }) => name === container);
  return /@(sha256:[0-9a-f]+)$/.exec(found?.imageID ?? '')?.[1] ?? null;
}
