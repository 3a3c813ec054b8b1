import { resolveReference } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure } from './fail.ts';
import { rememberSecret } from './redact.ts';
import { secretsInUrl } from './redact-url.ts';

/** One entry of the environment by its name; InvalidInput names what there is instead. */
export function named<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  throw failure(Failure.InvalidInput, `this environment has no ${what} "${name}"; it has: ${Object.keys(table).join(', ') || 'none'}`);
}

/** What the environment may leave out, and is needed here; InvalidInput says what is missing. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw failure(Failure.InvalidInput, `this environment does not name ${what}`);
}

/** The value of a reference, whose secret parts are redacted from then on when it is a URL; InvalidInput when it cannot be read. */
export function resolved(reference: string): string {
  try {
    const value = resolveReference(reference);
    secretsInUrl(value).forEach(rememberSecret);
    return value;
  } catch (error) {
    throw failure(Failure.InvalidInput, (error as Error).message);
  }
}

/** The same for a secret, which from then on is redacted wherever it turns up. */
export function resolvedSecret(reference: string): string {
  return rememberSecret(resolved(reference));
}

/** Base URL and path as one URL; what the base asks for in its query stays. */
export function under(base: string, path: string): string {
  const [, address = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(base) ?? [];
  const whole = `${address.replace(/\/+$/, '')}${path}`;
  return query === '' ? whole : `${whole}${path.includes('?') ? '&' : '?'}${query}`;
}
