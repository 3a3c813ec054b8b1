import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { eventually } from '../../eventually.ts';
import { debianTool } from '../debian-tools.ts';
import { RigBroken } from '../or-skip.ts';
import { rigFolder } from '../rig-folder.ts';
import { askServer } from './ask.ts';
import { isChange, readAudit, type AuditEntry } from './audit.ts';
import { kubernetesPrograms } from './build.ts';
import { enoughMemoryKey, faultKey, readyAfterKey, type PodFault } from './faults.ts';
import { startServers } from './servers.ts';

export type { AuditEntry } from './audit.ts';
export type { PodFault } from './faults.ts';

const run = promisify(execFile);
export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

export interface ClusterOptions {
  /** How many nodes, each of 4 CPUs and 8 GiB: `node-1`, `node-2`, … */
  nodes: number;
  /** Muster's context of the kubeconfig; `rig` when left out. */
  name?: string;
  /** Stages of kwok beside those of the faults. */
  stages?: readonly object[];
  log?: (line: string) => void;
}

/** What runs where: a Deployment (its new pods), one pod, or a node. */
export type FaultyPart = { namespace: string; deployment: string } | { namespace: string; pod: string } | { node: string };

export interface Cluster {
  /** File with two contexts, which `use` names in KUBECONFIG. */
  kubeconfig: string;
  /** Context of the user `muster`, who may what deploy/kubernetes/role.yaml says. */
  context: string;
  /** Context of the user `viewer`, who may nothing. */
  viewer: string;
  server: string;
  /** Puts this cluster's kubectl, kubeconfig and a home of its own into this process; answers what takes them out. */
  use(): () => void;
  /** What `use` sets, for processes of their own. */
  variables: { PATH: string; KUBECONFIG: string; HOME: string };
  /** Runs kubectl as the test, who may everything, and answers its output; throws with what it said. `input` is its standard input. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** The same, parsed from `-o json`. */
  json<T>(args: readonly string[]): Promise<T>;
  /** What the API server answers the test at a path, without kubectl: for looks that come often. */
  ask<T>(path: string): Promise<T>;
  /** Applies objects. */
  apply(...objects: object[]): Promise<void>;
  /** Makes a namespace in which `muster` may do its work. */
  namespace(name: string): Promise<void>;
  /** A Deployment of one container with its service, running and ready unless it has a fault. */
  deploy(what: Deployment): Promise<void>;
  /** Waits until as many pods of a Deployment are ready as it wants, and none is of an older revision. */
  ready(namespace: string, deployment: string): Promise<void>;
  /** Breaks something, or with `null` makes it well. A Deployment rolls a new revision out by it, of `image` when that is given. */
  fault(of: FaultyPart, kind: PodFault | 'not-ready' | null, more?: { image?: string; enoughMemory?: string }): Promise<void>;
  /** The lines that `kubectl logs` shows of every container from now on, and with `--previous`. */
  logs: { write(text: string): void; writePrevious(text: string): void };
  /** Every request of people since then, as the API server recorded it; `user` is `muster`, `viewer` or `admin`. */
  audit(since?: Date): Promise<AuditEntry[]>;
  /** Of these only what `muster` changed, as `patch deployments/scale shop`. */
  changes(since?: Date): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Deployment {
  namespace: string;
  name: string;
  image: string;
  replicas?: number;
  /** Labels and annotations of the pods, e.g. a `schema`. */
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Of the container; 100m and 128Mi are asked for when left out. */
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  /** How long a pod takes until it is ready, e.g. `3s`. */
  readyAfter?: string;
}

/**
 * A real API server with its controllers and scheduler, and nodes that kwok plays. Throws a sentence before anything is started when this
 * machine cannot have one; whatever goes wrong later is the rig's own failure, and is told by `RigBroken`.
 */
export async function startCluster({ nodes, name = 'rig', stages = [], log = console.log }: ClusterOptions): Promise<Cluster> {
  const etcd = await debianTool('etcd-server', ['etcd']);
  const programs = await kubernetesPrograms((line) => log(`    kubernetes: ${line}`));
  try {
    return await bringUp({ nodes, name, stages }, programs, etcd);
  } catch (cause) {
    throw new RigBroken((cause as Error).message, { cause });
  }
}

async function bringUp({ nodes, name, stages }: Required<Omit<ClusterOptions, 'log'>>, programs: string, etcd: string[]): Promise<Cluster> {
  const folder = await rigFolder('kubernetes');
  const logs = { now: join(folder, 'pods.log'), previous: join(folder, 'pods-previous.log') };
  for (const file of Object.values(logs)) writeFileSync(file, '');
  const { server, access, auditLog, said, stop } = await startServers({ folder, programs, etcd, logs, stages });
  const adminConfig = access.kubeconfig('admin.kubeconfig', { admin: 'admin' });
  const quietConfig = access.kubeconfig('cluster.kubeconfig', { cluster: 'rig:cluster' });
  const kubeconfig = access.kubeconfig('muster.kubeconfig', { [name]: 'muster', [`${name}-viewer`]: 'viewer' });
  const variables = { PATH: `${programs}${delimiter}${process.env['PATH']}`, KUBECONFIG: kubeconfig, HOME: folder };

  const call = async (config: string, args: readonly string[], input?: string) => {
    const running = run(join(programs, 'kubectl'), [...args], {
      ...{ env: { ...process.env, ...variables, KUBECONFIG: config }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
    });
    running.child.stdin!.end(input ?? '');
    return (await running).stdout;
  };
  const kubectl = (args: readonly string[], input?: string) => call(adminConfig, args, input);
  const json = async <T>(args: readonly string[]) => JSON.parse(await kubectl([...args, '-o', 'json'])) as T;
  const applyAs = async (config: string, objects: readonly object[]) =>
    void (await call(config, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })));
  const audit = async (since = new Date(0)) => {
    const entries = await readAudit(auditLog, (path) => kubectl(['get', '--raw', path]));
    return entries.filter(({ at }) => new Date(at) >= since);
  };

  const cluster: Cluster = {
    ...{ kubeconfig, context: name, viewer: `${name}-viewer`, server, variables, kubectl, json, audit, ask: askServer(access.admin) },
    use: () => {
      const before = Object.keys(variables).map((key) => [key, process.env[key]] as const);
      Object.assign(process.env, variables);
      return () => {
        for (const [key, value] of before) {
          if (value === undefined) delete process.env[key];
          else process.env[key] = value;
        }
      };
    },
    apply: (...objects) => applyAs(adminConfig, objects),
    namespace: (namespace) =>
      applyAs(quietConfig, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, bound(namespace)]),
    deploy: (what) => applyAs(adminConfig, deployed(what)),
    ready: async (namespace, deployment) =>
      void (await eventually(
        `${deployment} in ${namespace} to be ready`,
        () => json<Seen>(['get', 'deployment', deployment, '-n', namespace]),
        ({ metadata, spec, status }) =>
          status.observedGeneration === metadata.generation &&
          [status.replicas, status.updatedReplicas, status.availableReplicas].every((count = 0) => count === spec.replicas),
        60_000,
        100,
      )),
    fault: async (of, kind, more = {}) => {
      await kubectl(faultArguments(of, kind, more));
      if (kind === null && 'node' in of) await wakePods(of.node, kubectl);
    },
    logs: { write: (text) => writeFileSync(logs.now, logged(text)), writePrevious: (text) => writeFileSync(logs.previous, logged(text)) },
    changes: async (since) =>
      (await audit(since))
        .filter((entry) => entry.user === 'muster' && isChange(entry))
        .map(({ verb, resource, name: of }) => [verb, resource, of].filter(Boolean).join(' ')),
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    const role = parseAllDocuments(readFileSync(new URL('../../../deploy/kubernetes/role.yaml', import.meta.url), 'utf8'));
    const names = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`);
    await applyAs(quietConfig, [...role.map((document) => document.toJS() as object), boundToNodes, ...names.map(nodeNamed)]);
    await eventually(
      `${nodes} nodes that are ready`,
      () => call(quietConfig, ['get', 'nodes', '--no-headers']),
      (text) => (text.match(/ Ready /g) ?? []).length === nodes,
      60_000,
      100,
    );
    return cluster;
  } catch (cause) {
    const why = said();
    await cluster.stop();
    throw new Error(`the cluster did not get ready: ${(cause as Error).message}\n${why}`, { cause });
  }
}

/** As a container runtime keeps what a container writes. */
const logged = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${new Date().toISOString()} stdout F ${line}\n`)
    .join('');

interface Seen {
  metadata: { generation: number };
  spec: { replicas: number };
  status: { observedGeneration?: number; replicas?: number; updatedReplicas?: number; availableReplicas?: number };
}

const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
const subjects = [{ kind: 'User', name: 'muster', apiGroup: 'rbac.authorization.k8s.io' }];
const roleRef = (name: string) => ({ kind: 'ClusterRole', name, apiGroup: 'rbac.authorization.k8s.io' });
const bound = (namespace: string) => ({
  ...rbac,
  kind: 'RoleBinding',
  metadata: { name: 'muster', namespace },
  roleRef: roleRef('muster'),
  subjects,
});
const boundToNodes = {
  ...rbac,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'muster-nodes' },
  roleRef: roleRef('muster-nodes'),
  subjects,
};

const size = { cpu: '4', memory: '8Gi', pods: '110' };
const nodeNamed = (name: string) => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } } },
  status: { capacity: size, allocatable: size },
});

/** As the kubelet of a node that is back says of its pods, which the cluster has called unready meanwhile. */
async function wakePods(node: string, kubectl: Cluster['kubectl']): Promise<void> {
  await kubectl(['wait', `node/${node}`, '--for=condition=Ready', '--timeout=30s']);
  const columns = 'custom-columns=A:.metadata.namespace,B:.metadata.name,C:.metadata.annotations.muster\\.rig/fault';
  const pods = await kubectl(['get', 'pods', '-A', `--field-selector=spec.nodeName=${node}`, '--no-headers', '-o', columns]);
  for (const [namespace, pod, fault] of pods.split('\n').map((line) => line.split(/\s+/)))
    if (fault === '<none>') await kubectl(['annotate', 'pod', pod!, '-n', namespace!, `${faultKey}=none`]);
}

const asked = { requests: { cpu: '100m', memory: '128Mi' } };

function deployed({
  namespace,
  name,
  image,
  replicas = 3,
  labels = {},
  annotations = {},
  resources = asked,
  readyAfter,
}: Deployment): object[] {
  const metadata = { name, namespace };
  const notes = { ...annotations, ...(readyAfter === undefined ? {} : { [readyAfterKey]: readyAfter }) };
  const container = { name, image, resources, ports: [{ containerPort: 8080 }] };
  return [
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
      spec: {
        ...{ replicas, selector: { matchLabels: { app: name } } },
        template: { metadata: { labels: { app: name, ...labels }, annotations: notes }, spec: { containers: [container] } },
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] } },
  ];
}

function faultArguments(of: FaultyPart, kind: string | null, { image, enoughMemory }: { image?: string; enoughMemory?: string }): string[] {
  if ('node' in of) return ['annotate', '--overwrite', 'node', of.node, kind === null ? `${faultKey}-` : `${faultKey}=${kind}`];
  const notes = {
    [faultKey]: kind ?? ('pod' in of ? 'none' : null),
    ...(enoughMemory === undefined ? {} : { [enoughMemoryKey]: enoughMemory }),
  };
  if ('pod' in of)
    return ['annotate', '--overwrite', 'pod', of.pod, '-n', of.namespace, ...Object.entries(notes).map((note) => note.join('='))];
  const containers = image === undefined ? {} : { spec: { containers: [{ name: of.deployment, image }] } };
  const patch = { spec: { template: { metadata: { annotations: notes }, ...containers } } };
  return ['patch', 'deployment', of.deployment, '-n', of.namespace, '--type=strategic', '-p', JSON.stringify(patch)];
}
