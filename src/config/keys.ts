import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from './home.ts';

/** An Ed25519 key that signs; who has the public half can check it. */
export interface SigningKey {
  /** First 16 hex characters of the SHA-256 of the public key. */
  id: string;
  /** SPKI in base64. */
  publicKey: string;
  /** Signature in base64. */
  sign(text: string): string;
}

/** Where keys lie: `keys` in the home. */
export const keysFolder = (env: NodeJS.ProcessEnv = process.env): string => join(homeFolder(env), 'keys');

/** Where the public keys lie that are trusted here, as .pem files. */
export const knownFolder = (env: NodeJS.ProcessEnv = process.env): string => join(keysFolder(env), 'known');

const ownFile = (env: NodeJS.ProcessEnv): string => env['MUSTER_SIGNING_KEY'] ?? join(keysFolder(env), 'signing.pem');

/** The key of this place: the PEM file MUSTER_SIGNING_KEY, else one that is made at its first use. Throws when there is none and none can be made. */
export function signingKey(env: NodeJS.ProcessEnv = process.env): SigningKey {
  const file = ownFile(env);
  if (env['MUSTER_SIGNING_KEY'] === undefined && makeOnce(file)) publish(file);
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is no Ed25519 key`);
  const publicKey = spki(createPublicKey(key));
  return { id: idOf(publicKey), publicKey, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') };
}

/** The public keys that are trusted here, SPKI in base64: those in the folder, and this place's own. */
export function knownKeys(env: NodeJS.ProcessEnv = process.env): ReadonlySet<string> {
  const folder = knownFolder(env);
  const names = tried(() => readdirSync(folder)) ?? [];
  const files = [...names.filter((name) => name.endsWith('.pem')).map((name) => join(folder, name)), ownFile(env)];
  return new Set(files.flatMap((file) => tried(() => spki(createPublicKey(readFileSync(file)))) ?? []));
}

/** Tells whether a text was signed with the private half of a key. Never throws. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = tried(() => createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }));
  if (key?.asymmetricKeyType !== 'ed25519' || spki(key) !== publicKey) return false;
  const bytes = Buffer.from(signature, 'base64');
  // Base64 has several spellings of one value.
  return bytes.toString('base64') === signature && verify(null, Buffer.from(text), key, bytes);
}

/** Short name of a public key. */
export const idOf = (publicKey: string): string => createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);

/** A public key, SPKI in base64. */
export const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');

/** Makes an Ed25519 key where there is none yet, for its owner only; of several that start at once one makes it, and all see it whole. True when we did. */
export function makeOnce(file: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(draft, pem, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Puts the public half of a key beside it, among those that are trusted. */
function publish(file: string): void {
  const open = createPublicKey(readFileSync(file));
  const folder = join(dirname(file), 'known');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, `${idOf(spki(open))}.pem`), open.export({ format: 'pem', type: 'spki' }));
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
