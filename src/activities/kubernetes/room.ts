import { z } from 'zod';
import { isNodeReady, readAllNodes, readPodsEverywhere, stateOf } from './node-state.ts';
import { amountOf } from './quantity.ts';
import { kubectlJson, type Cluster } from './kubectl.ts';

const quantities = z.record(z.string(), z.string()).default({});
const ranges = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ limits: z.array(z.object({ type: z.string(), max: quantities, min: quantities })).default([]) }),
    }),
  ),
});
const quotas = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), status: z.object({ hard: quantities, used: quantities }).prefault({}) }),
  ),
});

/** What a container may use: bytes and cores; null when it may use all. */
export interface ContainerLimits {
  memoryBytes: number | null;
  cpu: number | null;
}

/** What is asked for a container, and what it has. */
export interface Raise {
  from: ContainerLimits;
  to: { memoryBytes?: number; cpu?: number };
  replicas: number;
}

const kinds = [
  { key: 'memory', of: 'memoryBytes' },
  { key: 'cpu', of: 'cpu' },
] as const;

/** Why a cluster has no room for copies with higher limits; one sentence, or undefined when it has. What is not raised needs no room. */
export async function noRoomFor(cluster: Cluster, { from, to, replicas }: Raise): Promise<string | undefined> {
  const asked = kinds.flatMap(({ key, of }) => (to[of] === undefined ? [] : [{ key, of, to: to[of], from: from[of] }]));
  const raised = asked.filter((one) => one.to > (one.from ?? 0));
  const [limits, held] = await Promise.all([
    kubectlJson(cluster, ranges, { kind: 'read', args: ['get', 'limitranges'] }),
    kubectlJson(cluster, quotas, { kind: 'read', args: ['get', 'resourcequotas'] }),
  ]);
  for (const { key, to: wanted } of asked) {
    for (const { metadata, spec } of limits.items) {
      for (const { type, max, min } of spec.limits) {
        const [most, least] = [amountOf(max[key]), type === 'Container' ? amountOf(min[key]) : null];
        if (most !== null && ['Container', 'Pod'].includes(type) && wanted > most)
          return `the limit range ${metadata.name} allows ${max[key]} ${key} at most`;
        if (least !== null && wanted < least) return `the limit range ${metadata.name} asks for ${min[key]} ${key} at least`;
      }
    }
  }
  for (const { key, to: wanted, from: had } of raised) {
    for (const { metadata, status } of held.items) {
      const [hard, used] = [amountOf(status.hard[`limits.${key}`]), amountOf(status.used[`limits.${key}`]) ?? 0];
      if (hard !== null && used + (wanted - (had ?? 0)) * replicas > hard)
        return `the quota ${metadata.name} has ${status.used[`limits.${key}`] ?? 0} of ${status.hard[`limits.${key}`]} ${key} taken, too much for ${replicas} copies`;
    }
  }
  return raised.length === 0 ? undefined : noNodeFor(cluster, Object.fromEntries(raised.map(({ of, to: wanted }) => [of, wanted])));
}

async function noNodeFor(cluster: Cluster, to: { memoryBytes?: number; cpu?: number }): Promise<string | undefined> {
  const [all, everywhere] = await Promise.all([readAllNodes(cluster), readPodsEverywhere(cluster)]);
  const open = all.filter((node) => isNodeReady(node) && !node.spec.unschedulable).map((node) => stateOf(node, everywhere, new Set()));
  const fits = open.some(({ allocatable, requested }) => kinds.every(({ of }) => requested[of] + (to[of] ?? 0) <= allocatable[of]));
  if (fits) return undefined;
  const free = kinds
    .filter(({ of }) => to[of] !== undefined)
    .map(
      ({ key, of }) => `${key}: ${Math.max(0, ...open.map((node) => node.allocatable[of] - node.requested[of]))} free, ${to[of]} wanted`,
    );
  return `none of ${open.length} open nodes has room for one copy (the most: ${free.join('; ')})`;
}
