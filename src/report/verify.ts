import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { knownKeys } from '../config/keys.ts';
import { thisBuild } from './build.ts';
import { bundleOf, checkBundle, isBundle } from './bundle.ts';
import { sha256, type Report } from './chain.ts';
import { filesOf, folderName, subjectOf, type Subject, sumsOf } from './pack.ts';
import { BrokenReport, fileNames, readReport, reportPath } from './read.ts';
import { renderers } from './render.ts';
import { checkSignature, notKnown, signatureName, type Signed } from './signature.ts';

export interface Verification {
  /** It is whole, and signed by a key that is known here. */
  ok: boolean;
  /** Every file is there and as it was written, and the signature is that of its key, be that known here or not. */
  whole: boolean;
  entries: number;
  head?: string;
  signedBy?: { key: string; known: boolean };
  /** What is wrong first, as a sentence. */
  problem?: string;
  /** Files that were checked. */
  checked: string[];
  /** What could not be checked, and why. */
  notes: string[];
  /** What the check shows, and what it cannot show, a sentence each. */
  says: string[];
}

/** Checks, offline, that a report (its file, or its folder of the archive) and the files beside it are as they were written. Never throws for a bad one. */
export async function verifyReport(path: string, known: ReadonlySet<string> = knownKeys()): Promise<Verification> {
  const found: Verification = { ok: false, whole: false, entries: 0, checked: [], notes: [], says: [] };
  try {
    const { file, folder } = await reportPath(path);
    const report = await readReport(file);
    Object.assign(found, { entries: report.entries.length, head: report.head });
    found.checked.push(basename(file));
    const signed = isBundle(report) ? await bundle(report, folder, found) : await pack(report, folder, found);
    const signature = await readIfThere(join(folder, signatureName));
    const signedBy = checkSignature(signature?.toString('utf8'), signed, known);
    found.checked.push(signatureName);
    const whole = { ...found, whole: true, signedBy, says: saysOf(signed, signedBy) };
    return signedBy.known ? { ...whole, ok: true } : { ...whole, problem: notKnown(signedBy.key) };
  } catch (error) {
    if (error instanceof BrokenReport) return { ...found, entries: error.entries || found.entries, problem: error.message };
    // What was forged may have any shape behind hashes that hold.
    return { ...found, problem: `it cannot be read as a report: ${(error as Error).message}` };
  }
}

function saysOf({ of }: Signed, { key, known }: { key: string; known: boolean }): string[] {
  return [
    'shows: every file that it names is there, and no byte of them was changed since it was signed',
    `shows: it is that of ${of}, and lies under that name`,
    known
      ? `shows: it was signed by the key ${key}, which is known here`
      : `does not show who wrote it: the key ${key} is not known here, and anybody can make one`,
    'does not show: when it was signed, whether others were taken away whole, or that what was recorded is true',
  ];
}

async function bundle(report: Report, folder: string, found: Verification): Promise<Signed> {
  const of = bundleOf(report);
  inItsFolder(folder, { of, folder: folderName(of.replace('bundle ', '')), below: true });
  found.checked.push(...(await checkBundle(report, folder)));
  return { of, head: report.head };
}

async function pack(report: Report, folder: string, found: Verification): Promise<Signed> {
  const subject = subjectOf(report);
  inItsFolder(folder, subject);
  const bytesOf = async (name: string): Promise<Buffer> => {
    const bytes = await readIfThere(join(folder, name));
    if (!bytes) throw new BrokenReport(`${name} is missing: the pack is not whole`);
    return bytes;
  };
  const files = new Map<string, Buffer>();
  for (const name of [...filesOf(subject), fileNames.sums]) files.set(name, await bytesOf(name));
  for (const format of ['md', 'html'] as const) {
    const name = fileNames[format];
    if (!files.get(name)!.equals(Buffer.from(renderers[format](report)))) otherRendering(name, subject.build.version, found);
    else found.checked.push(name);
  }
  const history = files.get(fileNames.history);
  if (history && sha256(history) !== subject.history?.sha256)
    throw new BrokenReport(`${fileNames.history} was changed: it is not the history that the report names`);
  if (history) found.checked.push(fileNames.history);
  else if (await readIfThere(join(folder, fileNames.history))) found.notes.push(`${fileNames.history} is not part of the report`);
  checkSums(report, files);
  found.checked.push(fileNames.sums);
  return { of: subject.of, head: report.head, sums: sha256(files.get(fileNames.sums)!) };
}

/** A pack that was put under another one's name would be taken for that. */
function inItsFolder(folder: string, { of, folder: expected, below }: Pick<Subject, 'of' | 'folder' | 'below'>): void {
  const own = resolve(folder);
  const name = basename(below ? dirname(own) : own).replace(/\.earlier-\d+$/, '');
  if (name !== expected) throw new BrokenReport(`it is the report of ${of}, but lies in a folder named ${name}`);
}

/** Another version of Muster may word the same report otherwise; then the sums of its day, which are signed, must do. */
function otherRendering(name: string, version: string, found: Verification): void {
  if (version === thisBuild().version) throw new BrokenReport(`${name} was changed: it is not what the report says`);
  found.notes.push(`${name} was written by Muster ${version}, which words it otherwise; it agrees with ${fileNames.sums}`);
}

function checkSums(report: Report, files: ReadonlyMap<string, Buffer>): void {
  const sums = files.get(fileNames.sums)!.toString('latin1');
  const others = [...files].filter(([name]) => name !== fileNames.sums).map(([name, bytes]) => [name, sha256(bytes)] as const);
  if (sums === sumsOf(report.head, others)) return;
  const wrong = others.find(([name, sum]) => !sums.includes(`${sum}  ${name}\n`));
  throw new BrokenReport(
    wrong ? `${fileNames.sums} has another sum of ${wrong[0]}: one of the two was changed` : `${fileNames.sums} was changed`,
  );
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BrokenReport(`${file} cannot be read: ${(error as Error).message}`);
  });
}
