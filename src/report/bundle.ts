import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { seal, serialize, sha256, type Report } from './chain.ts';
import type { Build } from './content.ts';
import { keyHere } from './pack.ts';
import { BrokenReport, manifestName } from './read.ts';
import { signatureName, signatureText } from './signature.ts';

/** What a bundle says of itself. */
export interface BundleFacts {
  number: string;
  at: string;
  build: Build;
  problems: string[];
}

interface FileFacts {
  name: string;
  bytes: number;
  sha256: string;
}

/** The files of a bundle with their manifest: one chained entry a file, in the order of their names. */
export function sealedBundle(facts: BundleFacts, files: Readonly<Record<string, string>>): Record<string, string> {
  const { at } = facts;
  const names = Object.keys(files).sort();
  const entries = names.map((name) => {
    const text = files[name]!;
    return { kind: 'file', at, data: { name, bytes: Buffer.byteLength(text), sha256: sha256(text) } satisfies FileFacts };
  });
  const manifest = seal([{ kind: 'bundle', at, data: facts }, ...entries]);
  const key = keyHere();
  const signature = key === undefined ? {} : { [signatureName]: signatureText({ of: bundleOf(manifest), head: manifest.head }, key) };
  return { ...files, [manifestName]: serialize(manifest), ...signature };
}

/** What a bundle is of, as its signature names it. */
export const bundleOf = (manifest: Report): string =>
  `bundle ${String((manifest.entries[0]?.data as Partial<BundleFacts> | null)?.number)}`;

/** True when a sealed file is the manifest of a bundle. */
export const isBundle = (report: Report): boolean => report.entries[0]?.kind === 'bundle';

/** Checks every file that a manifest names; answers their names. Throws BrokenReport at the first that is not as it was collected. */
export async function checkBundle(report: Report, folder: string): Promise<string[]> {
  const files = report.entries.filter(({ kind }) => kind === 'file').map(({ data }) => data as FileFacts);
  for (const { name, sha256: expected } of files) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (!bytes) throw new BrokenReport(`${name} is gone`, report.entries.length);
    if (sha256(bytes) !== expected) throw new BrokenReport(`${name} was changed: it is not what was collected`, report.entries.length);
  }
  const named = new Set([manifestName, signatureName, ...files.map(({ name }) => name)]);
  const there = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const added = there
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
    .find((name) => !named.has(name));
  if (added !== undefined) throw new BrokenReport(`${added} was added: the manifest does not name it`, report.entries.length);
  return files.map(({ name }) => name);
}
