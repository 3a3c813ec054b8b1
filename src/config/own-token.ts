import { createHash, timingSafeEqual } from 'node:crypto';
import { openTokens, stateOf, tokenPrefix } from './access/tokens.ts';
import { resolveReference, type Environment } from './environment.ts';

/**
 * Whether a token is one of a person's own, by the environment file or the store beside us, and may decide; false where its reference leads
 * nowhere from here. Throws TokenStoreError.
 */
export function isTokenOf(
  { people, name }: Pick<Environment, 'people' | 'name'>,
  subject: string,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): boolean {
  if (token === undefined) return false;
  const hash = createHash('sha256').update(token).digest();
  const known = people.find((person) => person.subject === subject);
  if (!known) return false;
  if (token.startsWith(tokenPrefix)) {
    const stored = openTokens(name, env).withHash(hash);
    if (stored) return stored.subject === subject && stored.scope === 'decide' && stateOf(stored) === 'valid';
  }
  return known.tokens.some((reference) => {
    try {
      const value = resolveReference(reference, env);
      const hex = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
      return timingSafeEqual(hash, hex === undefined ? createHash('sha256').update(value).digest() : Buffer.from(hex, 'hex'));
    } catch {
      return false;
    }
  });
}
