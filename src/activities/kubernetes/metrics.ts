import { z } from 'zod';
import { finding, sentenceOf } from '../kit/index.ts';
import { amountOf } from './quantity.ts';
import { kubectl, type Cluster } from './kubectl.ts';

const usage = z.record(z.string(), z.string()).default({});
const podMetrics = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), containers: z.array(z.object({ name: z.string(), usage })).default([]) }),
  ),
});
const nodeMetrics = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }), usage })) });

/** Cores and bytes. */
export interface Use {
  cpu: number;
  memoryBytes: number;
}

const base = '/apis/metrics.k8s.io/v1beta1';
const useOf = (measured: Record<string, string>): Use => ({
  cpu: amountOf(measured['cpu']) ?? 0,
  memoryBytes: amountOf(measured['memory']) ?? 0,
});

/** What one container of each pod of the namespace uses now, by the pod's name; null where nobody measures it. Never fails. */
export async function readPodUse(cluster: Cluster, container: string): Promise<Map<string, Use> | null> {
  const measured = await readRaw(cluster, podMetrics, `${base}/namespaces/${cluster.namespace}/pods`);
  if (!measured) return null;
  return new Map(
    measured.items.flatMap(({ metadata, containers }) => {
      const own = containers.find(({ name }) => name === container);
      return own ? [[metadata.name, useOf(own.usage)] as const] : [];
    }),
  );
}

/** What each node uses now, by its name; null where nobody measures it, or Muster may not read it. Never fails. */
export async function readNodeUse(cluster: Cluster): Promise<Map<string, Use> | null> {
  const measured = await readRaw(cluster, nodeMetrics, `${base}/nodes`);
  return measured && new Map(measured.items.map(({ metadata, usage: used }) => [metadata.name, useOf(used)]));
}

async function readRaw<T extends z.ZodType>(cluster: Cluster, schema: T, path: string): Promise<z.output<T> | null> {
  try {
    const { stdout } = await kubectl(cluster, { kind: 'read', args: ['get', '--raw', path], timeoutMs: 5_000 });
    return schema.parse(JSON.parse(stdout));
  } catch (error) {
    finding('read what is used', `unknown: ${sentenceOf(error)}`);
    return null;
  }
}
