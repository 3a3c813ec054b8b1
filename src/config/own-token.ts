import { createHash, timingSafeEqual } from 'node:crypto';
import { openTokens, stateOf, type StoredToken, tokenPrefix } from './access/tokens.ts';
import { resolveReference, type Environment } from './environment.ts';

type Known = Pick<Environment, 'people' | 'name'>;

/**
 * Whether a token is one of a person's own, by the environment file or the store beside us, and may decide; false where its reference leads
 * nowhere from here. Throws TokenStoreError.
 */
export function isTokenOf(environment: Known, subject: string, token: string | undefined, env: NodeJS.ProcessEnv): boolean {
  const known = environment.people.find((person) => person.subject === subject);
  if (token === undefined || !known) return false;
  const stored = storedOf(environment, token, env);
  if (stored) return whyNot(stored, subject) === undefined;
  const hash = hashOf(token);
  return known.tokens.some((reference) => {
    try {
      const value = resolveReference(reference, env);
      const hex = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
      return timingSafeEqual(hash, hex === undefined ? hashOf(value) : Buffer.from(hex, 'hex'));
    } catch {
      return false;
    }
  });
}

/** Why a token that was made does not prove that somebody is this person, to go on from "the token"; undefined when it does, or none was made. */
export function noProof(environment: Known, subject: string, token: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const stored = token === undefined ? undefined : storedOf(environment, token, env);
  return stored && whyNot(stored, subject);
}

function whyNot(stored: StoredToken, subject: string): string | undefined {
  const state = stateOf(stored);
  if (stored.subject !== subject) return `is not that of ${subject}`;
  if (state === 'revoked') return `was revoked at ${stored.revokedAt}`;
  if (state === 'expired') return `has expired at ${stored.expiresAt}`;
  return stored.scope === 'decide' ? undefined : 'may only look';
}

const storedOf = ({ name }: Known, token: string, env: NodeJS.ProcessEnv): StoredToken | undefined =>
  token.startsWith(tokenPrefix) ? openTokens(name, env).withHash(hashOf(token)) : undefined;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
