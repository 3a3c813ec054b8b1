import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cluster } from '../kubernetes/cluster.ts';

export interface Front {
  url: string;
  /** How many ready pods the load needs just now. */
  load: number;
  /** Of the rate limit, a second; null while there is none. */
  limit: number | null;
  /** How long it takes to answer while fewer pods than that are ready. */
  slow: { below: number; ms: number } | null;
  /** What else it cannot serve without, e.g. its database; null while it needs nothing. */
  needs: (() => Promise<boolean>) | null;
  /** What a person sees at the service itself. */
  status(): Promise<number>;
  stop(): void;
}

interface Status {
  status: { conditions?: { type: string; status: string }[] };
}
interface Pods {
  items: (Status & {
    metadata: { deletionTimestamp?: string };
    spec: { nodeName?: string; containers: { image: string }[] };
  })[];
}
interface Nodes {
  items: (Status & { metadata: { name: string } })[];
}
interface Policies {
  items: { spec: { policyTypes?: string[]; egress?: object[] } }[];
}

const lookEveryMs = 100;
/** Of these images it is known that they answer with errors. */
export const badImage = /:bad/;

/**
 * What stands before the pods of a Deployment, which run nothing themselves: it serves only while the cluster itself says that enough of them
 * are ready, on nodes that are, none of these runs a bad release, and they may ask for names.
 */
export async function startFront(cluster: Cluster, namespace: string, app: string, token: string): Promise<Front> {
  const orders = new Set<string>();
  let seen: Promise<{ status: number; ready: number }> | undefined;
  let seenAt = 0;
  let taken: number[] = [];

  const look = async () => {
    const of = (path: string) => `/${path.replace('NS', `namespaces/${namespace}`)}`;
    const [{ items }, policies, nodes] = await Promise.all([
      cluster.ask<Pods>(of(`api/v1/NS/pods?labelSelector=app%3D${app}`)),
      cluster.ask<Policies>(of('apis/networking.k8s.io/v1/NS/networkpolicies')),
      cluster.ask<Nodes>(of('api/v1/nodes')),
    ]);
    const up = new Set(nodes.items.filter(isReady).map(({ metadata }) => metadata.name));
    const ready = items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod) && up.has(pod.spec.nodeName ?? ''));
    const containers = ready.flatMap(({ spec }) => spec.containers);
    const cut = policies.items.some(({ spec }) => spec.policyTypes?.includes('Egress') && !spec.egress?.length);
    const lacks = front.needs !== null && !(await front.needs());
    const status = ready.length < front.load || cut || lacks ? 503 : containers.some(({ image }) => badImage.test(image)) ? 500 : 200;
    return { status, ready: ready.length };
  };
  const now = () => {
    if (!seen || Date.now() - seenAt > lookEveryMs) {
      seenAt = Date.now();
      // A cluster that does not answer serves nobody.
      seen = look().catch(() => ({ status: 503, ready: 0 }));
    }
    return seen;
  };
  const mayPass = () => {
    if (front.limit === null) return true;
    const second = Date.now() - 1_000;
    taken = [...taken.filter((at) => at > second), Date.now()];
    return taken.length <= front.limit;
  };

  const serve = async (request: IncomingMessage, answer: ServerResponse) => {
    const path = new URL(request.url!, 'http://shop').pathname;
    const end = (status: number, body: object = {}, headers: Record<string, string> = {}) =>
      answer.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
    const sent = request.method === 'GET' ? {} : ((await jsonIn(request)) as { id?: string; on?: boolean; value?: number });
    if (path === '/switches/rate-limit') {
      if (request.headers.authorization !== `Bearer ${token}`) return end(401);
      if (request.method === 'PUT') front.limit = sent.on ? (sent.value ?? 1) : null;
      return end(200, { on: front.limit !== null, value: front.limit });
    }
    const { status, ready } = await now();
    if (front.slow && ready < front.slow.below) await new Promise((resolve) => setTimeout(resolve, front.slow!.ms));
    if (path.startsWith('/orders') && !mayPass()) return end(429, {}, { 'Retry-After': '1' });
    if (path === '/orders' && status === 200) orders.add(sent.id!);
    const isThere = !path.startsWith('/orders/') || orders.has(path.slice('/orders/'.length));
    return end(status === 200 && !isThere ? 404 : status);
  };
  const server = createServer((request, answer) => void serve(request, answer));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const front: Front = {
    ...{ url, load: 1, limit: null, slow: null, needs: null },
    status: async () => (await fetch(`${url}/health/ready`)).status,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return front;
}

const isReady = ({ status }: Status) => status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;

async function jsonIn(request: AsyncIterable<Buffer>): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  return text === '' ? {} : (JSON.parse(text) as unknown);
}
