import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { homeFolder } from '../home.ts';
import { alone, replaceFile } from './private-file.ts';

const time = z.iso.datetime();
const storedToken = z.strictObject({
  /** What `muster token revoke` names; says nothing about the token. */
  id: z.string().regex(/^[0-9a-f]{12}$/),
  subject: z.string().min(1),
  /** SHA-256 of the token, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** `read` may only look; `decide` is for everything that the person may. */
  scope: z.enum(['read', 'decide']),
  createdAt: time,
  createdBy: z.string(),
  /** Null when it never expires. */
  expiresAt: time.nullable(),
  note: z.string().nullable(),
  revokedAt: time.nullable(),
  revokedBy: z.string().nullable(),
});
const storeSchema = z.strictObject({ version: z.literal(1), environment: z.string(), tokens: z.array(storedToken) });

/** A token as it is kept: all but the token itself. */
export type StoredToken = z.output<typeof storedToken>;
export type TokenState = 'valid' | 'expired' | 'revoked';
export type NewToken = Pick<StoredToken, 'subject' | 'scope' | 'createdBy' | 'expiresAt' | 'note'>;

/** The tokens of one environment, as API and command line share them. */
export interface Tokens {
  /** The file, which need not be there. */
  file: string;
  /** The token with this SHA-256, whatever its state; looks at the file each time. Throws TokenStoreError. */
  withHash(hash: Buffer): StoredToken | undefined;
  /** Throws TokenStoreError. */
  list(): readonly StoredToken[];
  /** Makes one, which is never seen again. `before` is told, and may throw, before it counts. Throws TokenStoreError. */
  create(wanted: NewToken, before?: (made: StoredToken) => void): { token: string; made: StoredToken };
  /** Ends one from now on; undefined when there is none of that id, as it was when it had been revoked before. Throws TokenStoreError. */
  revoke(id: string, by: string, before?: (revoked: StoredToken) => void): StoredToken | undefined;
}

/** The store cannot be read, so that nobody gets in by it. */
export class TokenStoreError extends Error {
  override name = 'TokenStoreError';
}

/** What every token of a store begins with, so that people and scanners recognise one. */
export const tokenPrefix = 'mst_';

/** Whether a token still lets somebody in. */
export function stateOf({ expiresAt, revokedAt }: Pick<StoredToken, 'expiresAt' | 'revokedAt'>, now = Date.now()): TokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'valid';
}

/** Opens the tokens of an environment, in `tokens` in the home. Reads nothing yet. */
export function openTokens(environment: string, env: NodeJS.ProcessEnv = process.env): Tokens {
  const file = join(homeFolder(env), 'tokens', `${environment}.json`);
  let seen: { mark: string; tokens: StoredToken[] } | undefined;
  const read = (): StoredToken[] => {
    const mark = markOf(file);
    if (mark === undefined) return [];
    // Whoever writes puts another file in its place.
    if (seen?.mark !== mark) seen = { mark, tokens: readStore(file, environment) };
    return seen.tokens;
  };
  const write = (tokens: StoredToken[]) => replaceFile(file, `${JSON.stringify({ version: 1, environment, tokens }, undefined, 2)}\n`);
  return {
    file,
    withHash: (hash) => {
      let found: StoredToken | undefined;
      // All are compared, so that the time taken tells nothing.
      for (const one of read()) if (timingSafeEqual(Buffer.from(one.hash, 'hex'), hash)) found = one;
      return found;
    },
    list: read,
    create: (wanted, before) => {
      const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
      const hash = createHash('sha256').update(token).digest('hex');
      const at = { id: randomBytes(6).toString('hex'), createdAt: new Date().toISOString() };
      const made: StoredToken = { ...wanted, ...at, hash, revokedAt: null, revokedBy: null };
      alone(file, () => {
        const tokens = read();
        before?.(made);
        write([...tokens, made]);
      });
      return { token, made };
    },
    revoke: (id, by, before) =>
      alone(file, () => {
        const tokens = read();
        const found = tokens.find((one) => one.id === id);
        if (!found || found.revokedAt !== null) return found;
        const revoked = { ...found, revokedAt: new Date().toISOString(), revokedBy: by };
        before?.(revoked);
        write(tokens.map((one) => (one === found ? revoked : one)));
        return revoked;
      }),
  };
}

/** Which file lies there now; undefined when there is none. */
function markOf(file: string): string | undefined {
  try {
    const { ino, mtimeNs, size, mode } = statSync(file, { bigint: true });
    if ((mode & 0o022n) !== 0n) throw new TokenStoreError(`${file} can be written by others than its owner: chmod 600 it`);
    return `${ino} ${mtimeNs} ${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw broken(file, error);
  }
}

function readStore(file: string, environment: string): StoredToken[] {
  try {
    const store = storeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (store.environment !== environment)
      throw new TokenStoreError(`${file} holds the tokens of ${store.environment}, not of ${environment}`);
    return store.tokens;
  } catch (error) {
    throw broken(file, error);
  }
}

function broken(file: string, error: unknown): TokenStoreError {
  if (error instanceof TokenStoreError) return error;
  const why = error instanceof z.ZodError ? `${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}` : (error as Error).message;
  return new TokenStoreError(`${file} cannot be read, so no token in it counts: ${why}`);
}
