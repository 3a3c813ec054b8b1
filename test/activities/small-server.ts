import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export interface SmallServer {
  url: string;
  asked: Asked[];
  stop(): Promise<void>;
}

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'reset' | 'silence';

/** A real HTTP server on a free port; `answer` decides over each request, the n-th of which has index n - 1. */
export async function smallServer(answer: (asked: Asked, index: number) => Answer | Promise<Answer>): Promise<SmallServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => void handle(request, response));
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const seen = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: bodyOf(text),
    };
    asked.push(seen);
    const what = await answer(seen, asked.length - 1);
    if (what === 'reset') request.socket.resetAndDestroy();
    else if (what !== 'silence')
      response.writeHead(what.status, what.headers).end(typeof what.body === 'string' ? what.body : JSON.stringify(what.body ?? {}));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** JSON as what it says; anything else as it came. */
function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A URL where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = await smallServer(() => ({ status: 200 }));
  await server.stop();
  return server.url;
}

/** Starts small servers for the tests of one suite, and stops them after each test. */
export function smallServers(): (answer: (asked: Asked, index: number) => Answer) => Promise<SmallServer> {
  const servers: SmallServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  return async (answer) => {
    const server = await smallServer(answer);
    servers.push(server);
    return server;
  };
}
