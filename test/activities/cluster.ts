import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parse, stringify } from 'yaml';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
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
  const folder = mkdtempSync(join(tmpdir(), 'muster-cluster-'));
  const file = join(folder, 'config');
  const manifests = join(folder, 'manifests');
  mkdirSync(manifests);
  const { outputText } = ts.transpileModule(readFileSync(program, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(join(folder, 'kubectl.mjs'), outputText);
  writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\nexec '${process.execPath}' '${join(folder, 'kubectl.mjs')}' "$@"\n`, { mode: 0o755 });
  const before = { PATH: process.env['PATH'], KUBECONFIG: process.env['KUBECONFIG'] };
  Object.assign(process.env, { PATH: `${folder}:${before.PATH}`, KUBECONFIG: file });
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
    calls: () =>
      readFileSync(`${file}.calls`, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as string[]),
    remove: () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(folder, { recursive: true, force: true });
    },
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
