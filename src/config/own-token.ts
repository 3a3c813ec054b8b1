import { createHash, timingSafeEqual } from 'node:crypto';
import { resolveReference, type Environment } from './environment.ts';

/** Whether a token is one of a person's own by the environment file; false where its reference leads nowhere from here. */
export function isTokenOf(
  { people }: Pick<Environment, 'people'>,
  subject: string,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): boolean {
  if (token === undefined) return false;
  const hash = createHash('sha256').update(token).digest();
  const { tokens = [] } = people.find((person) => person.subject === subject) ?? {};
  return tokens.some((reference) => {
    try {
      const value = resolveReference(reference, env);
      const hex = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
      return timingSafeEqual(hash, hex === undefined ? createHash('sha256').update(value).digest() : Buffer.from(hex, 'hex'));
    } catch {
      return false;
    }
  });
}
