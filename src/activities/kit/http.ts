import { HttpAnswer } from './classify-failure.ts';
import type { EvidenceEntry } from '../../record/evidence.ts';
import { short } from './fail.ts';
import { resolvedSecret } from './lookup.ts';
import { observed } from './observed.ts';
import { loginApart } from './redact-url.ts';

export interface HttpRequest {
  url: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  kind: EvidenceEntry['kind'];
  /** Whole time of the request in ms, the body included; 5 s by default. */
  timeoutMs?: number;
  /** A longer body is an error; 1 MB by default. */
  maxBytes?: number;
}

export interface HttpResult {
  status: number;
  ok: boolean;
  text: string;
  ms: number;
  retryAfterMs?: number;
}

const longestRetryAfter = 60_000;

/** The header that says who asks, by the reference of a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${resolvedSecret(token)}` });

/** An address that is asked for what was not over by a time, ISO 8601; for everything when left out. */
export function askedSince(base: string, since: string | undefined): URL {
  const url = new URL(base);
  if (since !== undefined) url.searchParams.set('since', since);
  return url;
}

/** Makes one request and records it. Any answer is a result; no answer in time, or one that is too long, throws. */
export async function request({
  url,
  method = 'GET',
  headers,
  body,
  kind,
  timeoutMs = 5_000,
  maxBytes = 1024 * 1024,
}: HttpRequest): Promise<HttpResult> {
  const call = {
    tool: kind === 'notify' ? 'notify' : 'http',
    call: `${method} ${url}`,
    kind,
    ...(body === undefined ? {} : { args: body }),
  } as const;
  const started = performance.now();
  return observed(
    call,
    async () => {
      const answer = await fetchUrl(url, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await readBody(answer, maxBytes);
      const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'));
      return {
        status: answer.status,
        ok: answer.ok,
        text,
        ms: Math.round(performance.now() - started),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      };
    },
    ({ status, ok }) => ({ outcome: String(status), ok }),
  );
}

/** Fetches once, unrecorded; redirects are not followed, and a login in the address goes into a header, because fetch refuses it there. */
export function fetchUrl(
  url: string,
  { headers, ...more }: RequestInit & { headers?: Readonly<Record<string, string>> },
): Promise<Response> {
  const { url: address, headers: login } = loginApart(url);
  return fetch(address, { redirect: 'manual', headers: { ...login, ...headers }, ...more });
}

/** The same for a service whose answer must be good; throws HttpAnswer when it is not. */
export async function requestGood(asked: HttpRequest): Promise<HttpResult> {
  const result = await request(asked);
  if (result.ok) return result;
  const { status, text, retryAfterMs } = result;
  throw new HttpAnswer(
    `${asked.method ?? 'GET'} ${asked.url} answered ${status}${text ? `: ${short(text, 200)}` : ''}`,
    status,
    retryAfterMs,
  );
}

/** Reads an answer as JSON; throws HttpAnswer when it is none. */
export function jsonOf({ text, status }: HttpResult): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpAnswer(`the answer is not JSON: ${short(text, 200)}`, status);
  }
}

async function readBody(answer: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new HttpAnswer(`the answer is longer than ${maxBytes} bytes`, answer.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), longestRetryAfter);
}
