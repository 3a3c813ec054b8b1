import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { MitigationSummary } from '../runs/mitigations.ts';
import type { RunSummary } from '../runs/runs.ts';
import { verbPaths, type RunState, type RunView, type Verb } from '../workflows/messages.ts';
import { CliError } from './exit.ts';
import { refusalError } from './problems.ts';
import type { RunsClient } from './runs-client.ts';
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

const startedSchema = z.object({ runId: z.string(), applied: z.boolean(), existed: z.boolean() });
const answerSchema = z.object({ state: z.custom<RunState>((state) => typeof state === 'string'), status: z.string() });

const problemSchema = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  holder: z.string().optional(),
});

/** Reaches runs through the API. A connection that is cut is tried again with the same Idempotency-Key; ApiDown when there is none at all. */
export function createApiClient({ url, token, patienceMs = 20_000 }: ApiOptions): RunsClient {
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

  const call = async <T>(path: string, how: Call, read: (response: Response) => Promise<T>): Promise<T> => {
    const until = Date.now() + patienceMs;
    for (let wasCut = false; ;) {
      try {
        const response = await send(path, how);
        if (!response.ok) throw await refusalOf(response);
        return await read(response);
      } catch (error) {
        if (error instanceof CliError || how.signal?.aborted) throw error;
        wasCut ||= !neverConnected(error);
        if (!wasCut || Date.now() > until) throw new ApiDown(url, wasCut, error);
        await delay(retryEveryMs);
      }
    }
  };
  const json = async (response: Response) => parseJson(await response.text(), url);
  const runPath = (runId: string) => `/api/runs/${encodeURIComponent(runId)}`;

  return {
    through: `the API at ${url}`,
    start: async (request, key) => startedSchema.parse(await call('/api/runs', { method: 'POST', body: request, key }, json)),
    list: async (limit) => ((await call(`/api/runs?limit=${limit}`, {}, json)) as { runs: RunSummary[] }).runs,
    mitigations: async () => ((await call('/api/mitigations', {}, json)) as { mitigations: MitigationSummary[] }).mitigations,
    view: async (runId) => (await call(runPath(runId), {}, json)) as RunView,
    command: (runId, verb, said, key) =>
      call(`${runPath(runId)}/signals/${pathOf(verb)}`, { method: 'POST', body: said, key }, async (response) => {
        const answer = await json(response);
        return response.status === 202 ? { applied: false } : { applied: true, answer: answerSchema.parse(answer) };
      }),
    async *follow(runId, signal) {
      for (;;) {
        const response = await call(`${runPath(runId)}/events`, { signal, accept: 'text/event-stream' }, async (opened) => opened);
        const ended = yield* viewsOf(response, signal);
        if (ended || signal.aborted) return;
        await delay(retryEveryMs);
      }
    },
    report: (runId, format) => call(`${runPath(runId)}/report?format=${format}`, { accept: '*/*' }, async (response) => response.text()),
    close: async () => undefined,
  };
}

function pathOf(verb: Verb): string {
  return Object.entries(verbPaths).find(([, name]) => name === verb)![0];
}

/** Yields views; returns false when the stream was cut before its end. */
async function* viewsOf(response: Response, signal: AbortSignal): AsyncGenerator<RunView, boolean> {
  try {
    for await (const { event, data } of readEvents(response)) {
      if (event === 'end') return true;
      if (event === 'problem') throw refusalError(problemSchema.transform(toRefusal).parse(JSON.parse(data)));
      if (event === 'message') yield JSON.parse(data) as RunView;
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
  }
  return signal.aborted;
}

function toRefusal({ errors, ...problem }: z.output<typeof problemSchema>) {
  return { ...problem, fields: errors };
}

async function refusalOf(response: Response): Promise<CliError> {
  const text = await response.text();
  try {
    return refusalError(toRefusal(problemSchema.parse(JSON.parse(text))));
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
