import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SigningKey } from '../config/keys.ts';
import { sha256, type Report } from './chain.ts';
import { readContents } from './content.ts';
import { folderName, keyHere, signed, sumsOf } from './pack.ts';
import { fileNames, readReport } from './read.ts';
import { renderers } from './render.ts';
import { verifyReport } from './verify.ts';

/** One evidence pack; `hash` is the head of the report's chain. */
export interface Archived {
  folder: string;
  files: string[];
  hash: string;
}

/** Folder of a run in the archive; an id that is no plain name is spelled so that it stays inside. */
export function folderOf(archive: string, runId: string): string {
  return join(archive, folderName(runId));
}

/** The pack of a view, if the archive already holds it whole and unchanged. */
export async function findArchived(archive: string, runId: string, viewDigest: string): Promise<Archived | undefined> {
  const folder = folderOf(archive, runId);
  const { whole, head } = await verifyReport(folder);
  if (!whole || head === undefined) return undefined;
  const { run } = readContents(await readReport(join(folder, fileNames.json)));
  return run.view === viewDigest ? { folder, files: (await readdir(folder)).sort(), hash: head } : undefined;
}

/** Writes an evidence pack all at once: a reader sees the whole folder or none. An earlier pack of the run is kept beside it. */
export async function writeArchive(
  archive: string,
  runId: string,
  report: Report,
  history?: string,
  key: SigningKey | undefined = keyHere(),
): Promise<Archived> {
  const texts: Record<string, string> = {
    [fileNames.json]: renderers.json(report),
    [fileNames.md]: renderers.md(report),
    [fileNames.html]: renderers.html(report),
    ...(history === undefined ? {} : { [fileNames.history]: history }),
  };
  const sums = sumsOf(
    report.head,
    Object.entries(texts).map(([name, text]) => [name, sha256(text)]),
  );
  Object.assign(texts, { [fileNames.sums]: sums }, signed(report, sums, key));
  const folder = await placeFolder(archive, runId, texts);
  return { folder, files: Object.keys(texts).sort(), hash: report.head };
}

/** Writes a folder with these files all at once; a folder of that name which is there already is kept beside it. Answers where it is. */
export async function placeFolder(archive: string, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = folderOf(archive, name);
  const draft = join(archive, `${draftPrefix(name)}${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(draft, file)), { recursive: true });
      await writeFile(join(draft, file), text, { flush: true });
    }
    while (!(await moved(draft, folder))) await moveAside(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await sweepDrafts(archive, name);
  return folder;
}

/** Evidence is never overwritten: what is there gets the next free number. */
async function moveAside(folder: string): Promise<void> {
  try {
    for (let number = 1; !(await moved(folder, `${folder}.earlier-${number}`)); number++);
  } catch (error) {
    // Nothing is there, or another attempt has just moved it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** False when the target is taken. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    throw error;
  }
}

const draftPrefix = (runId: string) => `.draft-${basename(folderOf('', runId))}-`;

/** No attempt writes for this long, so what is older was left by a process that died. */
const deadAfterMs = 60_000;

async function sweepDrafts(archive: string, runId: string): Promise<void> {
  for (const name of (await readdir(archive)).filter((candidate) => candidate.startsWith(draftPrefix(runId)))) {
    const { mtimeMs } = await stat(join(archive, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > deadAfterMs) await rm(join(archive, name), { recursive: true, force: true });
  }
}
