import { createHash } from 'node:crypto';

/** SHA-256; enough for tokens of 256 random bits, which cannot be guessed from their hash. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
