import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../eventually.ts';

/** The way that customers take: each request goes to the next of some addresses. Some customers are always there. */
export interface Edge {
  url: string;
  /** Waits until so many customers in a row got a good answer. */
  serves(inARow?: number): Promise<void>;
  stop(): Promise<void>;
}

const customerEveryMs = 150;
const patienceMs = 2_000;
const calmAfter = 10;

/** Starts it on a free port; `targets` answers `host:port` of what may get requests now. `GET /outage` tells what its customers saw. */
export async function startEdge(targets: () => Promise<string[]>): Promise<Edge> {
  let known: string[] = [];
  let turn = 0;
  let goodInARow = 0;
  const outage = { startedAt: null as string | null, endedAt: null as string | null, failed: 0, since: null as string | null };

  const pass = (incoming: IncomingMessage, answer: ServerResponse) => {
    const [host, port] = (known[(turn += 1) % known.length] ?? '').split(':');
    const refuse = () => {
      if (!answer.headersSent) answer.writeHead(502).end('nobody answers');
      else answer.destroy();
    };
    if (!host) return refuse();
    const headers = { ...incoming.headers, connection: 'close' };
    const upstream = request({ host, port, method: incoming.method, path: incoming.url, headers, timeout: patienceMs });
    upstream.once('response', (response) => {
      answer.writeHead(response.statusCode!, { 'content-type': 'text/plain' });
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    upstream.once('timeout', () => upstream.destroy());
    upstream.once('error', refuse);
    answer.once('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };
  const tell = (answer: ServerResponse) => {
    const { startedAt, endedAt, failed, since } = outage;
    const totalMs = startedAt === null ? 0 : Date.parse(endedAt!) - Date.parse(startedAt);
    const told = { startedAt, endedAt: since === null ? endedAt : null, totalMs, failed, over: since === null, since };
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ outage: told }));
  };
  const server = createServer((incoming, answer) => (incoming.url === '/outage' ? tell(answer) : pass(incoming, answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const buy = async () => {
    const good = await fetch(`${url}/health`, { signal: AbortSignal.timeout(patienceMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
    goodInARow = good ? goodInARow + 1 : 0;
    if (good && goodInARow >= calmAfter) outage.since = null;
    if (good) return;
    const now = new Date().toISOString();
    outage.startedAt ??= now;
    outage.since ??= now;
    outage.endedAt = now;
    outage.failed += 1;
  };
  const look = async () => void (known = await targets().catch(() => known));
  await look();
  const timers = [setInterval(() => void buy(), customerEveryMs), setInterval(() => void look(), 2 * customerEveryMs)];
  return {
    url,
    serves: async (inARow = calmAfter) => {
      goodInARow = 0;
      await eventually(
        `${inARow} good answers in a row`,
        () => goodInARow,
        (good) => good >= inARow,
        30_000,
      );
    },
    stop: async () => {
      timers.forEach(clearInterval);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
