import { z } from 'zod';
import { idOf, isSignedBy, knownFolder, type SigningKey } from '../config/keys.ts';
import { BrokenReport } from './read.ts';

/** Name of the file that signs a pack. */
export const signatureName = 'signature.json';

/** What a signature binds together, so that no part can be exchanged or given another name. */
export interface Signed {
  /** E.g. `run fail-over-region-58e4e5`. */
  of: string;
  /** Head of the chain. */
  head: string;
  /** SHA-256 of the file of sums; missing where the chain names every file itself. */
  sums?: string;
}

const signatureSchema = z.strictObject({
  muster: z.literal('signature'),
  version: z.literal(1),
  of: z.string(),
  head: z.string(),
  sums: z.string().exactOptional(),
  key: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});

/** The file that signs a pack. */
export function signatureText({ of, head, sums }: Signed, { id, publicKey, sign }: Pick<SigningKey, 'id' | 'publicKey' | 'sign'>): string {
  const signed = { of, head, ...(sums === undefined ? {} : { sums }) };
  return spelled({ muster: 'signature', version: 1, ...signed, key: id, publicKey, signature: sign(textOf(signed)) });
}

/** The id of the key that signed a pack, and whether that is known here. Throws BrokenReport when it is no signature of this pack. */
export function checkSignature(text: string | undefined, expected: Signed, known: ReadonlySet<string>): { key: string; known: boolean } {
  if (text === undefined)
    throw new BrokenReport(`${signatureName} is missing: nothing shows who wrote this, and whoever has it could have rewritten it`);
  const parsed = signatureSchema.safeParse(jsonIn(text));
  if (!parsed.success || spelled(parsed.data) !== text) throw new BrokenReport(`${signatureName} was changed: it is not as it was written`);
  const { of, head, sums, key, publicKey, signature } = parsed.data;
  if (of !== expected.of) throw new BrokenReport(`${signatureName} signs "${of}", this is "${expected.of}"`);
  if (head !== expected.head || sums !== expected.sums) throw new BrokenReport(`${signatureName} signs other files than these`);
  if (key !== idOf(publicKey) || !isSignedBy(publicKey, textOf(expected), signature))
    throw new BrokenReport(`${signatureName} was changed: the signature is not that of the key that it names`);
  return { key, known: known.has(publicKey) };
}

/** Why a whole pack is not believed here. */
export const notKnown = (key: string): string =>
  `it is signed by the key ${key}, which is not known here: when you trust that key, put its public half as a .pem file into ${knownFolder()}`;

// The first line keeps what is signed here from being taken for anything else that the key signs.
const textOf = ({ of, head, sums = '-' }: Signed): string => `muster pack 1\n${of}\n${head}\n${sums}\n`;

const spelled = (signature: object): string => `${JSON.stringify(signature, undefined, 2)}\n`;

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
