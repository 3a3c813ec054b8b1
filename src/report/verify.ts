import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { thisBuild } from './build.ts';
import { checkBundle, isBundle } from './bundle.ts';
import { sha256, type Report } from './chain.ts';
import { readContents, type RunFacts } from './content.ts';
import { isIncident, readIncident } from './incident-content.ts';
import { BrokenReport, fileNames, readReport, reportPath } from './read.ts';
import { renderers } from './render.ts';

export interface Verification {
  ok: boolean;
  entries: number;
  head?: string;
  /** What is wrong first, as a sentence. */
  problem?: string;
  /** Files that were checked. */
  checked: string[];
  /** What could not be checked, and why. */
  notes: string[];
}

/** Checks, offline, that a report (its file, or its folder of the archive) and the files beside it are as they were written. Never throws for a bad one. */
export async function verifyReport(path: string): Promise<Verification> {
  const found: Verification = { ok: false, entries: 0, checked: [], notes: [] };
  try {
    const { file, folder } = await reportPath(path);
    const report = await readReport(file);
    Object.assign(found, { entries: report.entries.length, head: report.head });
    found.checked.push(basename(file));
    if (isBundle(report)) found.checked.push(...(await checkBundle(report, folder)));
    else await checkCompanions(report, folder, found);
    return { ...found, ok: true };
  } catch (error) {
    if (!(error instanceof BrokenReport)) throw error;
    return { ...found, entries: error.entries || found.entries, problem: error.message };
  }
}

async function checkCompanions(report: Report, folder: string, found: Verification): Promise<void> {
  const { build, history: known } = contentsOf(report);
  const sums = await sumsIn(folder);
  for (const format of ['md', 'html'] as const) {
    const bytes = await readIfThere(join(folder, fileNames[format]));
    if (bytes?.equals(Buffer.from(renderers[format](report)))) found.checked.push(fileNames[format]);
    else if (bytes) otherRendering(fileNames[format], bytes, build.version, sums, found);
  }
  const history = await readIfThere(join(folder, fileNames.history));
  if (history && !known) found.notes.push(`${fileNames.history} is not part of the report`);
  else if (history && sha256(history) !== known?.sha256) {
    throw new BrokenReport(`${fileNames.history} was changed: it is not the history that the report names`);
  } else if (history) found.checked.push(fileNames.history);
  if (sums) await checkSums(sums, report, folder, found);
}

/** Another version of Muster may word the same report otherwise; then the sums of its day must do. */
function otherRendering(name: string, bytes: Buffer, version: string, sums: Sums | undefined, found: Verification): void {
  if (sums?.files.get(name) !== sha256(bytes)) throw new BrokenReport(`${name} was changed: it is not what the report says`);
  if (version === thisBuild().version) {
    const why = `both it and ${fileNames.sums} were changed, or another build wrote them`;
    throw new BrokenReport(`${name} is not what this Muster makes of the report: ${why}`);
  }
  found.notes.push(`${name} was written by Muster ${version}, which words it otherwise; it agrees with ${fileNames.sums}`);
}

async function checkSums({ head, files }: Sums, report: Report, folder: string, found: Verification): Promise<void> {
  if (head !== report.head) throw new BrokenReport(`${fileNames.sums} names another head than the report`);
  for (const [name, sum] of files) {
    const bytes = await readIfThere(join(folder, basename(name)));
    if (!bytes) found.notes.push(`${name} is not beside the report any more`);
    else if (sha256(bytes) !== sum) throw new BrokenReport(`${fileNames.sums} was changed: its sum of ${name} is another`);
  }
  found.checked.push(fileNames.sums);
}

interface Sums {
  head: string | undefined;
  files: Map<string, string>;
}

/** What the files beside a report are held against. Throws BrokenReport when it lacks an entry that every report has. */
function contentsOf(report: Report): Pick<RunFacts, 'build' | 'history'> {
  try {
    return isIncident(report) ? { build: readIncident(report).incident.build } : readContents(report).run;
  } catch (error) {
    throw new BrokenReport((error as Error).message, report.entries.length);
  }
}

/** The head and the sums that were written beside the report. */
async function sumsIn(folder: string): Promise<Sums | undefined> {
  const text = (await readIfThere(join(folder, fileNames.sums)))?.toString('utf8');
  if (text === undefined) return undefined;
  const files = new Map([...text.matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)].map(([, sum, name]) => [name!, sum!]));
  return { head: /^# head ([0-9a-f]{64})$/m.exec(text)?.[1], files };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BrokenReport(`${file} cannot be read: ${(error as Error).message}`);
  });
}
