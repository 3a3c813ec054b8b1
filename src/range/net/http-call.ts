import { request, type Agent, type IncomingHttpHeaders } from 'node:http';

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpCall {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** For the whole call, answer included. */
  timeoutMs: number;
  /** Without one, the call has a connection of its own. */
  agent?: Agent;
}

/** One HTTP call on loopback; rejects when there is no whole answer in time. */
export async function httpCall(url: string, { method = 'GET', body, timeoutMs, agent }: HttpCall): Promise<HttpAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      agent: agent ?? false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
    });
    outgoing.on('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.once('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    outgoing.end(payload);
  });
}

/** GETs a health address: undefined when it answers 2xx, else why it counts as unhealthy. */
export async function unhealthyBecause(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const { status } = await httpCall(url, { timeoutMs });
    return status >= 200 && status < 300 ? undefined : `answered ${status}`;
  } catch (error) {
    return `no answer (${errorCode(error)})`;
  }
}

/** The short name of a connection error, e.g. `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code === 'ABORT_ERR' ? 'timeout' : error.code;
  return error instanceof Error ? error.message : String(error);
}
