import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { linesOf, standInModule, transpiled } from './stand-in-program.ts';
import type { ClusterState } from './support/kubectl.ts';

const program = fileURLToPath(new URL('./support/kubectl.ts', import.meta.url));

/** A cluster of which only kubectl's words and answers are real. */
export interface StandInCluster {
  state(): ClusterState;
  change(changes: Partial<ClusterState>): void;
  /** Arguments of every call since the last reset. */
  calls(): string[][];
  /** Back to the beginning. */
  reset(): void;
  /** A folder that `apply -k` takes. */
  manifests: string;
  remove(): void;
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
export const digests = { good: digest('a'), bad: digest('b'), old: digest('c') };

const beginning = (): ClusterState => ({
  current: 7,
  generation: 12,
  replicas: 3,
  podsSince: '2026-11-21T02:59:00Z',
  revisions: [
    { id: 'c', revision: 3, image: `shop:1.3.0@${digests.old}`, schema: '1', createdAt: '2026-11-01T03:00:00Z' },
    { id: 'a', revision: 6, image: `shop:1.4.0@${digests.good}`, schema: '1', createdAt: '2026-11-10T03:00:00Z', history: '4' },
    { id: 'b', revision: 7, image: `shop:1.5.0@${digests.bad}`, schema: '2', createdAt: '2026-11-21T02:58:30Z' },
  ],
  objects: {
    'horizontalpodautoscalers/shop': { metadata: { annotations: {} }, spec: { minReplicas: 2, maxReplicas: 10 } },
    'applications.argoproj.io/shop-east': {
      metadata: {},
      spec: { source: { targetRevision: 'main' }, syncPolicy: { automated: { prune: true, selfHeal: true } } },
    },
    'kustomizations.kustomize.toolkit.fluxcd.io/shop': {
      metadata: { annotations: {} },
      spec: { suspend: false },
      status: { lastAppliedRevision: 'main@sha1:4b1d' },
    },
  },
});

/** Puts the stand-in first on the PATH; `remove` takes it away again. */
export function standInCluster(): StandInCluster {
  const { folder, remove } = standInModule(
    'kubectl',
    () => transpiled(program),
    (own) => ({ KUBECONFIG: join(own, 'config') }),
  );
  const file = join(folder, 'config');
  const manifests = join(folder, 'manifests');
  mkdirSync(manifests);
  const state = () => JSON.parse(readFileSync(file, 'utf8')) as ClusterState;
  const write = (now: ClusterState) => writeFileSync(file, JSON.stringify(now));
  const reset = () => {
    write(beginning());
    writeFileSync(`${file}.calls`, '');
  };
  reset();
  return {
    ...{ state, reset, manifests },
    change: (changes) => write({ ...state(), ...changes }),
    calls: () => linesOf<string[]>(`${file}.calls`),
    remove,
  };
}

type Text = { services: { shop: { regions: Record<string, object>; delivery?: object } } };

/** The range's environment with the shop of the east on Kubernetes. */
export function environmentOn(manifests: string, delivery?: object, place: object = {}, more: object = {}): Environment {
  const text = parse(readFileSync('environments/range.yaml', 'utf8')) as Text;
  const { shop } = text.services;
  const kubernetes = { context: 'prod-{region}', namespace: 'shop', deployment: 'shop', autoscaler: 'shop', manifests, ...place };
  shop.regions['east'] = { url: 'http://127.0.0.1:1', fullCapacity: 3, kubernetes, ...more };
  if (delivery) shop.delivery = delivery;
  return parseEnvironment(stringify(text), 'kubernetes.yaml');
}
