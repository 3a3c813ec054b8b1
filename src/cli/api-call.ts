import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from './exit.ts';
import { refusalError } from './problems.ts';
import { readEvents } from './server-events.ts';

const retryEveryMs = 300;

/** The API does not answer. `mayHaveActed`: a request was on its way when the connection was cut. */
export class ApiDown extends Error {
  override name = 'ApiDown';
  readonly mayHaveActed: boolean;

  constructor(url: string, mayHaveActed: boolean, cause: unknown) {
    super(`the API at ${url} does not answer`, { cause });
    this.mayHaveActed = mayHaveActed;
  }
}

export interface ApiOptions {
  url: string;
  token: string | undefined;
  /** How long a cut connection is tried again, in milliseconds. */
  patienceMs?: number;
}

interface Call {
  method?: 'GET' | 'POST';
  body?: unknown;
  key?: string;
  signal?: AbortSignal;
  accept?: string;
}

/** Calls an API. A connection that is cut is tried again with the same Idempotency-Key. All throw ApiDown when there is none at all, and refusals. */
export interface ApiCaller {
  json(path: string, how?: Call): Promise<unknown>;
  /** Posts, and tells whether it was applied (true) or only recorded. */
  post(path: string, body: unknown, key: string): Promise<{ applied: boolean; answer: unknown }>;
  text(path: string): Promise<string>;
  /** Server-sent views until their end; connects again when it is cut. */
  views(path: string, signal: AbortSignal): AsyncIterable<unknown>;
}

/** Makes the caller of one API. */
export function createApiCaller({ url, token, patienceMs = 20_000 }: ApiOptions): ApiCaller {
  const send = (path: string, { method = 'GET', body, key, signal, accept = 'application/json' }: Call) =>
    fetch(new URL(path, url), {
      method,
      headers: {
        Accept: accept,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? AbortSignal.timeout(60_000),
    });

  const call = async <T>(path: string, how: Call, use: (response: Response) => Promise<T>): Promise<T> => {
    const until = Date.now() + patienceMs;
    for (let wasCut = false; ;) {
      try {
        const response = await send(path, how);
        if (!response.ok) throw await refusalOf(response);
        return await use(response);
      } catch (error) {
        if (error instanceof CliError || how.signal?.aborted) throw error;
        wasCut ||= !neverConnected(error);
        if (!wasCut || Date.now() > until) throw new ApiDown(url, wasCut, error);
        await delay(retryEveryMs);
      }
    }
  };
  const read = async (response: Response) => parseJson(await response.text(), url);

  return {
    json: (path, how = {}) => call(path, how, read),
    post: (path, body, key) =>
      call(path, { method: 'POST', body, key }, async (response) => ({ applied: response.status !== 202, answer: await read(response) })),
    text: (path) => call(path, { accept: '*/*' }, (response) => response.text()),
    async *views(path, signal) {
      for (;;) {
        const response = await call(path, { signal, accept: 'text/event-stream' }, async (opened) => opened);
        const ended = yield* viewsOf(response, signal);
        if (ended || signal.aborted) return;
        await delay(retryEveryMs);
      }
    },
  };
}

/** Yields views; returns false when the stream was cut before its end. */
async function* viewsOf(response: Response, signal: AbortSignal): AsyncGenerator<unknown, boolean> {
  try {
    for await (const { event, data } of readEvents(response)) {
      if (event === 'end') return true;
      if (event === 'problem') throw await problemIn(data);
      if (event === 'message') yield JSON.parse(data);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
  }
  return signal.aborted;
}

async function problemIn(text: string): Promise<CliError> {
  return refusalError((await import('./api-answers.ts')).refusal.parse(JSON.parse(text)));
}

async function refusalOf(response: Response): Promise<CliError> {
  const text = await response.text();
  try {
    return await problemIn(text);
  } catch {
    return new CliError(`the API answered ${response.status} ${response.statusText}: ${text.slice(0, 200)}`);
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`what answers at ${url} is not Muster's API: ${text.slice(0, 100)}`);
  }
}

/** No request left: the failure came before there was a connection. */
function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
}
