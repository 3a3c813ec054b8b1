// Stands in for kubectl: one Deployment, its revisions and pods, an autoscaler and what GitOps has, kept in the file that KUBECONFIG names.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

interface Revision {
  id: string;
  revision: number;
  image: string;
  schema?: string;
  createdAt: string;
  /** Numbers that it had before. */
  history?: string;
}

export interface ClusterState {
  current: number;
  generation: number;
  replicas: number;
  /** Fewer than `replicas` while a rollout hangs. */
  ready?: number;
  revisions: Revision[];
  podsSince: string;
  /** What nodes report instead of the image that the template names. */
  pulled?: string;
  /** By `<resource>/<name>`. */
  objects: Record<string, Tree>;
  applied?: string;
  /** What the next call that begins so says, before or after it has done what it is asked. */
  fault?: { on: string; before?: string; after?: string } | undefined;
}

export interface Tree {
  [key: string]: Tree | string | number | boolean | null | undefined;
}

const file = process.env['KUBECONFIG']!;
const args = process.argv.slice(2);
appendFileSync(`${file}.calls`, `${JSON.stringify(args)}\n`);
const state = JSON.parse(readFileSync(file, 'utf8')) as ClusterState;
const save = () => writeFileSync(file, JSON.stringify(state));
const end = (code: number, text: string): void => {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exitCode = code;
};
const json = (value: unknown): void => end(0, JSON.stringify(value));

const [context, name, n, namespace, timeout, ...command] = args;
const fault = state.fault && command.join(' ').startsWith(state.fault.on) ? state.fault : undefined;
if (fault) {
  delete state.fault;
  save();
}
if (context !== '--context' || n !== '-n' || !/^--request-timeout=\d+s$/.test(timeout ?? '')) {
  end(1, `error: this cluster is not called without --context, -n and --request-timeout: ${args.join(' ')}`);
} else if (name !== 'prod-east' || namespace !== 'shop') {
  end(1, `error: context "${name}" does not exist`);
} else if (fault?.before) {
  end(1, fault.before);
} else {
  perform(command);
  if (fault?.after) {
    process.stdout.write = () => true;
    end(1, fault.after);
  }
}

function perform([verb = '', ...rest]: string[]): void {
  const acts: Record<string, (rest: string[]) => void> = { get, scale, rollout, patch, apply, diff };
  if (acts[verb]) acts[verb](rest);
  else end(1, `error: unknown command "${verb}"`);
}

function wanted(): Revision {
  return state.revisions.find(({ revision }) => revision === state.current)!;
}

function template({ image, schema }: Revision) {
  return { metadata: { labels: { app: 'shop', ...(schema ? { schema } : {}) } }, spec: { containers: [{ name: 'shop', image }] } };
}

function get([kind, ...rest]: string[]): void {
  if (kind === 'deployment') {
    if (rest[0] !== 'shop') return end(1, `Error from server (NotFound): deployments.apps "${rest[0]}" not found`);
    return json({
      metadata: {
        name: 'shop',
        uid: 'u-1',
        generation: state.generation,
        annotations: { 'deployment.kubernetes.io/revision': String(state.current) },
      },
      spec: { replicas: state.replicas, selector: { matchLabels: { app: 'shop' } }, template: template(wanted()) },
      status: {
        observedGeneration: state.generation,
        replicas: state.replicas,
        updatedReplicas: state.replicas,
        readyReplicas: state.ready ?? state.replicas,
        availableReplicas: state.ready ?? state.replicas,
      },
    });
  }
  if (kind === 'replicasets') {
    const own = state.revisions.map((held) => ({
      metadata: {
        name: `shop-${held.id}`,
        creationTimestamp: held.createdAt,
        annotations: {
          'deployment.kubernetes.io/revision': String(held.revision),
          ...(held.history ? { 'deployment.kubernetes.io/revision-history': held.history } : {}),
        },
        ownerReferences: [{ uid: 'u-1' }],
      },
      spec: { template: template(held) },
    }));
    const foreign = { ...own[0]!, metadata: { ...own[0]!.metadata, name: 'other', ownerReferences: [{ uid: 'u-2' }] } };
    return json({ items: [foreign, ...own] });
  }
  if (kind === 'pods') {
    const { id, image } = wanted();
    return json({
      items: Array.from({ length: state.replicas }, (_, index) => ({
        metadata: { name: `shop-${id}-${index}`, creationTimestamp: state.podsSince, ownerReferences: [{ name: `shop-${id}` }] },
        spec: { volumes: [{ projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] } }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'shop', imageID: `registry/${state.pulled ?? image}`, restartCount: 2 }] },
      })),
    });
  }
  if (kind === 'events') {
    const at = (lastTimestamp: string | null, reason: string, who: string) => ({
      lastTimestamp,
      reason,
      message: 'it happened',
      involvedObject: { kind: 'Pod', name: who },
    });
    return json({
      items: [at('2026-11-21T03:00:00Z', 'Pulled', 'shop-c-0'), at('2026-11-21T03:01:00Z', 'BackOff', 'shop-c-1'), at(null, 'X', 'cart-1')],
    });
  }
  const object = state.objects[`${kind}/${rest[0]}`];
  return object ? json(object) : end(1, `Error from server (NotFound): ${kind} "${rest[0]}" not found`);
}

function scale([object, replicas = '']: string[]): void {
  state.replicas = Number(/^--replicas=(\d+)$/.exec(replicas)![1]);
  state.generation += 1;
  save();
  end(0, `${object} scaled`);
}

function rollout([verb, object, flag = '']: string[]): void {
  if (verb === 'status') {
    if (!/^--timeout=\d+s$/.test(flag)) return end(1, 'error: this would wait for ever');
    return (state.ready ?? state.replicas) < state.replicas
      ? end(1, 'error: timed out waiting for the condition')
      : end(0, 'successfully rolled out');
  }
  const revision = Number(/^--to-revision=([1-9]\d*)$/.exec(flag)?.[1]);
  const held = state.revisions.find((one) => one.revision === revision);
  if (!held) return end(1, `error: unable to find specified revision ${revision} in history`);
  // As the controller does: the old revision gets the next number, and remembers the one that it had.
  held.history = [held.history, held.revision].filter(Boolean).join(',');
  state.current = held.revision = Math.max(...state.revisions.map((one) => one.revision)) + 1;
  state.generation += 1;
  state.podsSince = new Date().toISOString();
  save();
  return end(0, `${object} rolled back`);
}

function patch([kind, name, type, p, text = '']: string[]): void {
  const object = state.objects[`${kind}/${name}`];
  if (!object || type !== '--type=merge' || p !== '-p') return end(1, `Error from server (NotFound): ${kind} "${name}" not found`);
  merge(object, JSON.parse(text) as Tree);
  save();
  return json(object);
}

function merge(into: Tree, changes: Tree): void {
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete into[key];
    else if (typeof value === 'object') merge((into[key] ??= {}) as Tree, value);
    else into[key] = value;
  }
}

function diff([k, folder = '']: string[]): void {
  if (k !== '-k' || !existsSync(folder)) return end(1, `error: must build at directory: not a valid directory: ${folder}`);
  if (state.applied === folder) return end(0, '');
  process.stdout.write('diff -u -N live merged\n');
  return end(1, 'exit status 1');
}

function apply([, folder = '']: string[]): void {
  state.applied = folder;
  save();
  end(0, 'deployment.apps/shop configured');
}
