import type { HttpResult } from './http.ts';

/** A part of a JSON answer, or a text in it. */
export type ExpectedBody = string | Readonly<Record<string, unknown>>;

/** Why an answer is not the expected one; undefined when it is. Without a status any of 2xx is good. */
export function unlike(answer: HttpResult, expected: { status?: number; body?: ExpectedBody }): string | undefined {
  const { status, body } = expected;
  const good = status === undefined ? answer.ok : answer.status === status;
  if (!good) return `answers ${answer.status}${status === undefined || !answer.ok ? '' : ` instead of ${status}`}`;
  if (body === undefined) return undefined;
  if (holds(answer.text, body)) return undefined;
  return `answers ${answer.status}, and its body does not hold ${typeof body === 'string' ? `"${body}"` : JSON.stringify(body)}`;
}

/** What an answer says of itself although it is good by its status; undefined when it says nothing bad. */
export function ailsBy({ text }: HttpResult): string | undefined {
  const json = parsed(text);
  if (json === undefined) return /\bunhealthy\b/i.test(text) ? 'unhealthy' : undefined;
  const { status, health, state } = (json ?? {}) as Record<string, unknown>;
  return [status, health, state].find(
    (word): word is string => typeof word === 'string' && /^(unhealthy|down|fail(ed|ing)?|error|critical|out_of_service)$/i.test(word),
  );
}

/** The value at a way such as `order.lines.0.id` in a JSON answer; undefined when there is none. */
export function valueAt(text: string, way: string): unknown {
  return way.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }, parsed(text));
}

function holds(text: string, expected: ExpectedBody): boolean {
  if (typeof expected !== 'string') return isPartOf(expected, parsed(text));
  // By whole words: "unhealthy" does not hold "healthy".
  const literal = expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'u').test(text);
}

function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return part === whole;
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((item) => whole.some((other) => isPartOf(item, other)));
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && isPartOf(value, (whole as Record<string, unknown>)[key]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
