import { stateOf, type StoredToken, type Tokens, TokenStoreError } from '../config/access/tokens.ts';
import { withoutTokens } from '../config/people.ts';
import type { Person } from '../workflows/messages.ts';
import { type Bearer, notSignedIn } from './access.ts';
import { ApiProblem } from './errors.ts';

/** Tokens of the store, as it is at that moment. What they answer throws 401 problems once one is over, and 503 ones while the store cannot be read. */
export function storedTokens(people: readonly Person[], tokens: Pick<Tokens, 'withHash'>): Bearer {
  const find = (hash: Buffer): { person: Person; found: StoredToken } | undefined => {
    const found = readable(() => tokens.withHash(hash));
    const person = found && people.find(({ subject }) => subject === found.subject);
    return person && { person: withoutTokens(person), found };
  };
  return (hash) =>
    find(hash) &&
    (() => {
      const { person, found } = find(hash) ?? over('is not known any more');
      const state = stateOf(found);
      if (state === 'revoked') over(`was revoked at ${found.revokedAt}`);
      if (state === 'expired') over(`has expired at ${found.expiresAt}`);
      return found.scope === 'read' ? { person: { ...person, roles: ['viewer'] }, scope: 'read' } : { person };
    });
}

/** Said to nobody but who has the token. */
function over(how: string): never {
  throw notSignedIn(`The token ${how}; \`muster token create\` makes another.`);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TokenStoreError)) throw error;
    throw new ApiProblem(503, 'TokensUnreadable', error.message);
  }
}
