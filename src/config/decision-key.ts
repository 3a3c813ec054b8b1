import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../workflows/canonical-json.ts';
import type { Proof } from '../workflows/verbs.ts';
import { resolveReference, type Environment } from './environment.ts';
import { homeFolder } from './home.ts';
import { idOf, makeOnce, spki } from './keys.ts';

/** What somebody said to a run, whole: nothing of it can be changed, nor said elsewhere. */
export interface Said {
  environment: string;
  /** Id of the workflow that is told. */
  to: string;
  /** The command's name. */
  what: string;
  /** With who says it, over which channel, and its id; without the proof. */
  command: object;
}

/** Answers for what a person said whom we know. */
export type Sign = (said: Said) => Proof;

type Keys = Pick<Environment, 'decisions'>;

const ownFile = (env: NodeJS.ProcessEnv): string => join(homeFolder(env), 'decisions.key');
/** What waited longer for a worker is no decision on what there is now. */
const longestMs = 86_400_000;
const aheadMs = 60_000;

/** Signs with the key that the environment names, or with the one in Muster's home, which is made when it is not there. Throws when neither can be had. */
export function createSigner({ decisions }: Keys, env: NodeJS.ProcessEnv = process.env): { key: string; publicKey: string; sign: Sign } {
  const secret = createPrivateKey(decisions.signWith === undefined ? madeKey(ownFile(env)) : resolveReference(decisions.signWith, env));
  if (secret.asymmetricKeyType !== 'ed25519')
    throw new Error('decisions.signWith is no Ed25519 key: make one with `openssl genpkey -algorithm ed25519`');
  const publicKey = spki(createPublicKey(secret));
  const key = idOf(publicKey);
  return {
    key,
    publicKey,
    sign: (said) => {
      const at = new Date().toISOString();
      return { key, at, signature: sign(null, textOf(said, { key, at }), secret).toString('base64') };
    },
  };
}

/** The keys that count for an environment: those that it lists, else the one that signs here; none when there is none yet. Throws on one that is broken. */
export function readDecisionKeys({ decisions }: Keys, env: NodeJS.ProcessEnv = process.env): KeyObject[] {
  if (decisions.keys) return decisions.keys.map((reference) => publicKeyIn(resolveReference(reference, env)));
  if (decisions.signWith !== undefined) return [createPublicKey(resolveReference(decisions.signWith, env))];
  const own = ownFile(env);
  return existsSync(own) ? [createPublicKey(readFileSync(own))] : [];
}

/** Whether one of the keys has signed just this, not longer than a day ago. */
export function isProven(keys: readonly KeyObject[], said: Said, { key, at, signature }: Proof): boolean {
  const age = Date.now() - Date.parse(at);
  if (!(age >= -aheadMs && age <= longestMs)) return false;
  const text = textOf(said, { key, at });
  return keys.some((open) => idOf(spki(open)) === key && verify(null, text, open, Buffer.from(String(signature), 'base64')));
}

const textOf = (said: Said, by: Omit<Proof, 'signature'>): Buffer =>
  Buffer.from(canonicalJson({ muster: 'decision', version: 1, ...said, ...by }));

/** PEM, or the base64 of DER on one line, as the API says its own at its start. */
function publicKeyIn(text: string): KeyObject {
  return text.includes('-----')
    ? createPublicKey(text)
    : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
}

function madeKey(file: string): string {
  makeOnce(file);
  return readFileSync(file, 'utf8');
}
