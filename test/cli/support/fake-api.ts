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
  /** Ids of the runs that it lists when a beginning of one is looked for. */
  runs: string[];
  close(): Promise<void>;
}

/** Whose the token is; asked by the way, so that it is not among what was asked. */
export const me = {
  subject: 'sam',
  name: 'Sam (on call)',
  roles: ['responder'],
  duties: [],
  environment: { name: 'range', title: 'Range' },
};

/** An API that answers what a test wants, and remembers what it was asked. */
export async function startFakeApi(): Promise<FakeApi> {
  const api: FakeApi = {
    url: '',
    asked: [],
    reply: () => undefined,
    runs: ['run-1', 'mitigate-1', 'fail-over-region-1'],
    close: async () => undefined,
  };
  const server = createServer((request, response) => void answer(request, response, api));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return api;
}

/** What every command asks by the way. */
function asideOf(path: string, { runs }: FakeApi): object | undefined {
  if (path === '/api/me') return me;
  return path === '/api/runs?limit=200'
    ? { runs: runs.map((runId) => ({ runId, runbook: 'fail-over-region', state: 'inProgress' })) }
    : undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse, api: FakeApi): Promise<void> {
  const text = (await request.toArray()).join('');
  const { authorization, 'idempotency-key': key } = request.headers;
  const asked = {
    ...{ method: request.method!, path: request.url!, token: authorization, key: key as string | undefined },
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
  const aside = asideOf(asked.path, api);
  if (aside === undefined) api.asked.push(asked);
  const reply = aside === undefined ? api.reply(asked) : { status: 200, body: aside };
  if (reply === undefined) return void request.socket.destroy();
  if (typeof reply === 'string') return void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(reply);
  response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
}
