import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf, standInModule } from './stand-in-program.ts';

/** What a call that begins so is answered; an object as JSON. */
export interface Answer {
  on: string;
  says?: unknown;
  /** Ends with 1 and these words. */
  fails?: string;
  /** How it ends beside what it says; 0 when it is left out. */
  code?: number;
}

/** A kubectl that answers from a table, for what a real cluster does not show on demand. */
export interface SmallCluster {
  /** These first, then those that were there before. */
  answer(...answers: Answer[]): void;
  /** Words of every call after the context and the like, with what it read. */
  calls(): { words: string; input: string }[];
  reset(): void;
  remove(): void;
}

const program = (folder: string) => `
import { appendFileSync, readFileSync } from 'node:fs';
const words = process.argv.slice(7).join(' ');
const input = words.endsWith('--filename=-') ? readFileSync(0, 'utf8') : '';
appendFileSync(${JSON.stringify(join(folder, 'calls'))}, JSON.stringify({ words, input }) + '\\n');
const table = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'answers'))}, 'utf8'));
const { says, code = 0, fails = says === undefined ? 'Error from server (NotFound): ' + words : undefined } = table.find(({ on }) => words.startsWith(on)) ?? {};
if (fails !== undefined) {
  process.stderr.write(fails);
  process.exitCode = 1;
} else {
  process.exitCode = code;
  process.stdout.write(typeof says === 'string' ? says : JSON.stringify(says));
}
`;

/** Puts it first on the PATH; `remove` takes it away again. */
export function smallCluster(): SmallCluster {
  const { folder, remove } = standInModule('kubectl', program);
  let table: Answer[] = [];
  const write = () => writeFileSync(join(folder, 'answers'), JSON.stringify(table));
  const reset = () => {
    table = [];
    write();
    writeFileSync(join(folder, 'calls'), '');
  };
  reset();
  return {
    reset,
    answer: (...answers) => {
      table = [...answers, ...table];
      write();
    },
    calls: () => linesOf<{ words: string; input: string }>(join(folder, 'calls')),
    remove,
  };
}

/** The Deployment of the shop, rolled out. */
export const deploymentOf = (template: object = {}, { replicas = 2, paused = false } = {}) => ({
  metadata: { name: 'shop', uid: 'u-shop', generation: 3, annotations: {} },
  spec: {
    ...{ replicas, paused, selector: { matchLabels: { app: 'shop' } } },
    template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [container()] }, ...template },
  },
  status: { observedGeneration: 3, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
});

export const container = (limits: object = { memory: '256Mi', cpu: '500m' }) => ({
  ...{ name: 'shop', image: 'shop:1.4.0', resources: { limits }, ports: [{ name: 'web', containerPort: 8080 }] },
});

/** The ReplicaSets of the shop. */
export const setsOf = { items: [{ metadata: { name: 'shop-7d9f', uid: 'u-set', ownerReferences: [{ uid: 'u-shop' }] } }] };

/** A pod of the shop; ready unless its status says otherwise. */
export const podOf = (name: string, status: object = {}, more: { metadata?: object; spec?: object } = {}) => ({
  metadata: {
    ...{ name, namespace: 'shop', uid: `u-${name}`, creationTimestamp: '2026-11-21T02:00:00Z', labels: { app: 'shop' } },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'shop-7d9f', uid: 'u-set', controller: true }],
    ...more.metadata,
  },
  spec: { nodeName: 'node-1', containers: [container()], ...more.spec },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'shop', ready: true, restartCount: 0, state: { running: { startedAt: '2026-11-21T02:00:05Z' } } }],
    ...status,
  },
});

/** The status of a pod whose container is not ready. */
export const broken = (state: object, lastState: object = {}, restartCount = 3) => ({
  conditions: [{ type: 'Ready', status: 'False' }],
  containerStatuses: [{ name: 'shop', ready: false, restartCount, state, lastState }],
});
