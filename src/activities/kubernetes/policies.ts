import { z } from 'zod';
import type { Workload } from './pod-objects.ts';
import { kubectlJson, type Cluster } from './kubectl.ts';

const selector = z
  .object({
    matchLabels: z.record(z.string(), z.string()).default({}),
    matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) })).default([]),
  })
  .prefault({});
const port = z.object({
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
  protocol: z.string().default('TCP'),
});
const rule = z.object({ ports: z.array(port).nullish(), from: z.array(z.unknown()).nullish(), to: z.array(z.unknown()).nullish() });
type Rule = z.output<typeof rule>;
const policies = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        podSelector: selector,
        policyTypes: z.array(z.string()).optional(),
        ingress: z.array(rule).nullish(),
        egress: z.array(rule).nullish(),
      }),
    }),
  ),
});
export type Policy = z.output<typeof policies>['items'][number];

/** What the policies of a namespace mean for a service's pods. */
export interface PolicyReading {
  /** All of the namespace. */
  names: string[];
  /** Those that are about the pods. */
  about: string[];
  /** What they keep from coming or going, one sentence each; empty when nothing that was asked for. */
  denies: string[];
  /** What they let through to or from some only. */
  limits: string[];
}

type Direction = 'Ingress' | 'Egress';
interface Wanted {
  direction: Direction;
  port: number;
  protocol: 'TCP' | 'UDP';
  /** E.g. `ask DNS`. */
  words: string;
}

export async function readPolicies(cluster: Cluster): Promise<Policy[]> {
  return (await kubectlJson(cluster, policies, { kind: 'read', args: ['get', 'networkpolicies'] })).items;
}

/** Judges what the pods need: to be asked where they listen, to ask DNS, and to reach `ports`. */
export function policiesOn(wanted: Workload, all: readonly Policy[], ports: readonly number[]): PolicyReading {
  const { labels } = wanted.spec.template.metadata;
  const about = all.filter(({ spec }) => selects(spec.podSelector, labels));
  const listens = wanted.spec.template.spec.containers.flatMap((container) => container.ports);
  const needs: Wanted[] = [
    ...listens.flatMap(({ containerPort, protocol }): Wanted[] =>
      protocol === 'TCP' || protocol === 'UDP'
        ? [{ direction: 'Ingress', port: containerPort, protocol, words: `be asked at port ${containerPort}` }]
        : [],
    ),
    { direction: 'Egress', port: 53, protocol: 'UDP', words: 'ask DNS (port 53, UDP)' },
    { direction: 'Egress', port: 53, protocol: 'TCP', words: 'ask DNS (port 53, TCP)' },
    ...ports.map((one): Wanted => ({ direction: 'Egress', port: one, protocol: 'TCP', words: `reach port ${one}` })),
  ];
  const namesOf = (list: readonly Policy[]) => list.map(({ metadata }) => metadata.name);
  const judged = needs.map((need) => {
    const closing = about.filter((policy) => isAbout(policy, need.direction));
    const open = closing.flatMap((policy) => rulesOf(policy, need.direction)).filter((one) => lets(one, need, listens));
    return {
      need,
      by: namesOf(closing).join(', '),
      denied: closing.length > 0 && open.length === 0,
      all: closing.length === 0 || open.some(toAnybody),
    };
  });
  const say = ({ need, by }: (typeof judged)[number]) => `${need.words}: ${by}`;
  return {
    ...{ names: namesOf(all), about: namesOf(about) },
    denies: judged.filter(({ denied }) => denied).map((one) => `pods of ${wanted.metadata.name} may not ${say(one)}`),
    limits: judged
      .filter((one) => !one.denied && !one.all)
      .map((one) => `pods of ${wanted.metadata.name} may only with some others ${say(one)}`),
  };
}

function selects({ matchLabels, matchExpressions }: z.output<typeof selector>, labels: Readonly<Record<string, string>>): boolean {
  const fits = ({ key, operator, values }: { key: string; operator: string; values: string[] }) => {
    const has = labels[key];
    if (operator === 'In') return has !== undefined && values.includes(has);
    if (operator === 'NotIn') return has === undefined || !values.includes(has);
    return (operator === 'Exists') === (has !== undefined);
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(fits);
}

/** A policy that does not say what it is about is about what comes, and about what goes when it has rules for that. */
function isAbout({ spec }: Policy, direction: Direction): boolean {
  return (spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]).includes(direction);
}

const rulesOf = ({ spec }: Policy, direction: Direction): Rule[] => (direction === 'Ingress' ? spec.ingress : spec.egress) ?? [];

const toAnybody = ({ from, to }: Rule): boolean => (from ?? []).length === 0 && (to ?? []).length === 0;

/** A name of a port that only the other side knows is taken for a way that may be open. */
function lets({ ports }: Rule, need: Wanted, listens: readonly { name?: string | undefined; containerPort: number }[]): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some(({ port: one, endPort, protocol }) => {
    if (protocol !== need.protocol) return false;
    if (one === undefined) return true;
    if (typeof one === 'number') return need.port >= one && need.port <= (endPort ?? one);
    return need.direction === 'Egress' || listens.some(({ name, containerPort }) => name === one && containerPort === need.port);
  });
}
