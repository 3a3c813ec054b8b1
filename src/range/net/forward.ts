import { request, type Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { errorCode } from './http-call.ts';

/** Passes a request on to a loopback port and its answer back; 502 when there is none. `marks` are headers added to the answer. */
export function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  port: number,
  agent: Agent,
  marks: OutgoingHttpHeaders = {},
): void {
  const upstream = request({
    host: '127.0.0.1',
    port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...incoming.headers, connection: 'keep-alive' },
    agent,
  });
  upstream.once('response', (response) => {
    answer.writeHead(response.statusCode!, { ...response.headers, connection: 'keep-alive', ...marks });
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  upstream.on('error', (error) => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, 502, `no answer from upstream (${errorCode(error)})`, marks);
  });
  // A client that gave up waits for nothing: free the place it held.
  answer.once('close', () => {
    if (!answer.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
}

/** Answers with an error of our own. */
export function refuse(answer: ServerResponse, status: number, detail: string, marks: OutgoingHttpHeaders = {}): void {
  if (answer.destroyed || answer.headersSent) return;
  answer.writeHead(status, { 'content-type': 'application/json', ...marks });
  answer.end(JSON.stringify({ detail }));
}
