import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  key: string | undefined;
  token: string | undefined;
  body: unknown;
}

/** Answers one request; `undefined` cuts the connection. A text is sent as server-sent events. */
export type Reply = (asked: Asked) => { status: number; body: unknown } | string | undefined;

export interface FakeApi {
  url: string;
  asked: Asked[];
  reply: Reply;
  close(): Promise<void>;
}

/** An API that answers what a test wants, and remembers what it was asked. */
export async function startFakeApi(): Promise<FakeApi> {
  const api: FakeApi = { url: '', asked: [], reply: () => undefined, close: async () => undefined };
  const server = createServer((request, response) => void answer(request, response, api));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return api;
}

async function answer(request: IncomingMessage, response: ServerResponse, api: FakeApi): Promise<void> {
  const text = (await request.toArray()).join('');
  const { authorization, 'idempotency-key': key } = request.headers;
  const asked = {
    ...{ method: request.method!, path: request.url!, token: authorization, key: key as string | undefined },
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
  api.asked.push(asked);
  const reply = api.reply(asked);
  if (reply === undefined) return void request.socket.destroy();
  if (typeof reply === 'string') return void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(reply);
  response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
}
