import { resolveReference } from '../../config/environment.ts';

const shortest = 16;

/** The secret that others sign with. Throws a sentence when its reference leads nowhere, or to so little that anybody could guess it. */
export function readSecret(reference: string, what: string, env: NodeJS.ProcessEnv = process.env): string {
  const secret = resolveReference(reference, env);
  if (secret.length < shortest) throw new Error(`${what} has fewer than ${shortest} characters: it is none of theirs`);
  return secret;
}
