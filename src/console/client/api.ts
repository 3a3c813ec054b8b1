import { safeText } from '../../words/safe.ts';
import type { Problem } from './types.ts';

/** A refusal of the API, in its own words; `status` 0: it did not answer at all. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

const longest = 20_000;

/** Reads JSON in which nothing is obeyed, hidden or turned round: what others wrote passes here once, and nowhere else. */
export const readSafely = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? safeText(value, longest) : value));

/** Reads from the API. Throws ApiError. */
export const get = <T>(path: string): Promise<T> => call<T>(path, {});

/** Asks the API for a change, once: a repeat with the same key is the same change. Throws ApiError. */
export const post = <T>(path: string, body: unknown, key: string = crypto.randomUUID()): Promise<T> =>
  call<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-muster': '1', 'idempotency-key': key },
    body: JSON.stringify(body),
  });

/** Trades a token for a session of this browser; the token itself is kept nowhere. Throws ApiError. */
export async function signIn(token: string): Promise<void> {
  const { path } = await call<{ path: string }>('/api/sign-in-links', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{}',
  });
  // The cookie comes with the answer; where it leads is where we are already.
  await fetch(path, { redirect: 'manual' });
}

async function call<T>(path: string, options: RequestInit): Promise<T> {
  const response = await fetch(path, options).catch(() => {
    throw new ApiError(0, 'The API does not answer. What you asked for may not have reached it.');
  });
  const text = await response.text();
  const body = text === '' ? undefined : bodyOf(text);
  if (response.ok) return body as T;
  const problem = body as Partial<Problem> | undefined;
  const fields = problem?.errors?.map(({ pointer, detail }) => `${pointer.slice(1) || 'it'}: ${detail}`) ?? [];
  const said = problem?.detail ?? problem?.title ?? `The API answered ${response.status}.`;
  throw new ApiError(response.status, [said, ...fields.filter((one) => !said.includes(one))].join(' · '));
}

function bodyOf(text: string): unknown {
  try {
    return readSafely(text);
  } catch {
    return undefined;
  }
}
