import { z } from 'zod';
import type { Workload } from './pod-objects.ts';
import { kubectlJson, objectName, type Cluster } from './kubectl.ts';

const texts = z.record(z.string(), z.string());
const service = z.object({
  metadata: z.object({ name: z.string(), annotations: texts.optional() }),
  spec: z.object({
    type: z.string().default('ClusterIP'),
    selector: texts.nullish(),
    ports: z
      .array(
        z.object({
          name: z.string().default(''),
          port: z.number(),
          targetPort: z.union([z.number(), z.string()]).optional(),
          protocol: z.string().default('TCP'),
        }),
      )
      .default([]),
  }),
});
export type Service = z.output<typeof service>;

const slices = z.object({
  items: z.array(
    z.object({
      endpoints: z
        .array(
          z.object({
            addresses: z.array(z.string()).default([]),
            conditions: z.object({ ready: z.boolean().nullish() }).prefault({}),
            targetRef: z.object({ name: z.string() }).nullish(),
          }),
        )
        .nullish(),
    }),
  ),
});

/** On a Service that points at nothing: by which operation, as its selector, and where it pointed before, as an annotation. */
export const isolatedKey = 'muster.dev/isolated';
export const formerKey = 'muster.dev/selector-before';

export async function readServiceObject(cluster: Cluster, name: string): Promise<Service> {
  return kubectlJson(cluster, service, { kind: 'read', args: ['get', 'service', objectName(name)] });
}

/** Who gets a Service's requests, by the names of pods or addresses. Ready is meant when nothing is said, as the API has it. */
export async function readEndpoints(cluster: Cluster, name: string): Promise<{ ready: string[]; notReady: string[] }> {
  const args = ['get', 'endpointslices', '-l', { value: `kubernetes.io/service-name=${objectName(name)}` }];
  const { items } = await kubectlJson(cluster, slices, { kind: 'read', args });
  const all = items.flatMap(({ endpoints }) => endpoints ?? []);
  const namesOf = (wanted: boolean) => [
    ...new Set(
      all.filter(({ conditions }) => (conditions.ready ?? true) === wanted).map((one) => one.targetRef?.name ?? one.addresses[0] ?? '?'),
    ),
  ];
  return { ready: namesOf(true), notReady: namesOf(false) };
}

/** Why a Service does not reach the pods of a Deployment; one sentence each. */
export function mismatchesOf({ spec }: Service, { metadata, spec: { template } }: Workload): string[] {
  const selector = Object.entries(spec.selector ?? {});
  const wrong = selector.filter(([key, value]) => template.metadata.labels[key] !== value);
  const listens = template.spec.containers.flatMap(({ ports }) => ports);
  const unknown = spec.ports.filter(({ targetPort }) => typeof targetPort === 'string' && !listens.some(({ name }) => name === targetPort));
  // A container may listen where it does not say so: only a port beside those that it names is worth a word.
  const unsaid = spec.ports.filter(
    ({ port, targetPort = port }) =>
      typeof targetPort === 'number' && listens.length > 0 && !listens.some(({ containerPort }) => containerPort === targetPort),
  );
  return [
    ...(selector.length === 0 ? ['it selects no pods by itself'] : []),
    ...wrong.map(
      ([key, value]) =>
        `it looks for ${key}=${value}, and pods of ${metadata.name} have ${key}=${template.metadata.labels[key] ?? '(nothing)'}`,
    ),
    ...unknown.map(({ targetPort }) => `no container of ${metadata.name} names a port ${targetPort}`),
    ...unsaid.map(({ port, targetPort = port }) => `it sends to port ${targetPort}, which no container of ${metadata.name} names`),
  ];
}

const keyPattern = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/** Whether these are labels as Kubernetes takes them, and at least one. */
export const isSelector = (selector: Readonly<Record<string, string>>): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => keyPattern.test(key) && valuePattern.test(value));

/** `app=shop,tier=web`, in one order. */
export const saySelector = (selector: Readonly<Record<string, string>> | null | undefined): string =>
  Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || 'nothing';
