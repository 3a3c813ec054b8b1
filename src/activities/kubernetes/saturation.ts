import type { Use } from './metrics.ts';
import type { Node } from './node-state.ts';
import { livingOf, mainOf, type Owned } from './owned.ts';
import { amountOf } from './quantity.ts';

/** How full something is: shares of what it may use, 0.8 for 80 %; null when it may use all, or nobody measures it. */
export interface Fullness {
  name: string;
  cpu: number | null;
  memory: number | null;
}

/** How full a service's pods and their nodes are. */
export interface Saturation {
  pods: (Fullness & { cores: number; memoryBytes: number })[];
  nodes: Fullness[];
  /** The fullest pod. */
  cpu: number | null;
  memory: number | null;
}

/** Shares of limits and of nodes. */
export function saturationOf(
  owned: Owned,
  used: ReadonlyMap<string, Use>,
  onNodes: ReadonlyMap<string, Use> | null,
  nodes: readonly Node[],
): Saturation {
  const main = mainOf(owned.deployment).name;
  const living = livingOf(owned);
  const pods = living.flatMap(({ metadata, spec }) => {
    const use = used.get(metadata.name);
    const limits = spec.containers.find(({ name }) => name === main)?.resources.limits ?? {};
    return use ? [{ name: metadata.name, cores: use.cpu, memoryBytes: use.memoryBytes, ...sharesOf(use, limits) }] : [];
  });
  const theirs = nodes.filter(({ metadata }) => living.some(({ spec }) => spec.nodeName === metadata.name));
  return {
    pods,
    nodes: theirs.map(({ metadata, status }) => ({ name: metadata.name, ...sharesOf(onNodes?.get(metadata.name), status.allocatable) })),
    cpu: highest(pods.map(({ cpu }) => cpu)),
    memory: highest(pods.map(({ memory }) => memory)),
  };
}

function sharesOf(use: Use | undefined, limits: Readonly<Record<string, string>>): { cpu: number | null; memory: number | null } {
  const share = (part: number | undefined, whole: number | null) =>
    part === undefined || whole === null || whole === 0 ? null : Number((part / whole).toFixed(3));
  return { cpu: share(use?.cpu, amountOf(limits['cpu'])), memory: share(use?.memoryBytes, amountOf(limits['memory'])) };
}

function highest(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}
