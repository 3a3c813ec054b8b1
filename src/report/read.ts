import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { findBreak, serialize, type Report } from './chain.ts';

/** Names of the files of an evidence pack; `report.sha256` can also be checked with `sha256sum -c`. */
export const fileNames = {
  json: 'report.json',
  md: 'report.md',
  html: 'report.html',
  history: 'history.json',
  sums: 'report.sha256',
} as const;

const entrySchema = z.strictObject({
  seq: z.int(),
  kind: z.string(),
  at: z.string(),
  data: z.unknown(),
  prev: z.string(),
  hash: z.string(),
});
const reportSchema = z.strictObject({
  muster: z.literal('report'),
  version: z.literal(1),
  head: z.string(),
  entries: z.array(entrySchema),
});

/** Name of the file that seals a bundle of evidence. */
export const manifestName = 'manifest.json';

/** A file that is not a report as it was written; the message says where it breaks. */
export class BrokenReport extends Error {
  override name = 'BrokenReport';
  readonly entries: number;

  constructor(problem: string, entries = 0) {
    super(problem);
    this.entries = entries;
  }
}

/** What a folder of the archive may hold: a report, the manifest of collected evidence, or both of an incident below it. */
const inFolders = [fileNames.json, manifestName, join('report', fileNames.json)];

/** The sealed file that a path means, be it a folder of the archive or the file itself. */
export async function reportPath(path: string): Promise<{ file: string; folder: string }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new BrokenReport(`${path} cannot be read: ${(cause as Error).message}`);
  });
  if (!found.isDirectory()) return { file: path, folder: dirname(path) };
  const there = inFolders.map((name) => join(path, name)).find((file) => existsSync(file));
  const file = there ?? join(path, fileNames.json);
  return { file, folder: dirname(file) };
}

/** Reads a sealed report and checks every byte of it. Throws BrokenReport naming the first entry that is not as it was written. */
export async function readReport(file: string): Promise<Report> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new BrokenReport(`${file} cannot be read: ${(cause as Error).message}`);
  });
  const parsed = reportSchema.safeParse(parse(bytes));
  if (!parsed.success) throw new BrokenReport(`it is not a report: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`);
  const report: Report = parsed.data;
  const problem = findBreak(report) ?? otherSpelling(bytes, report);
  if (problem !== undefined) throw new BrokenReport(problem, report.entries.length);
  return report;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    const broken = bytes
      .toString('utf8')
      .split('\n')
      .findIndex((line, index) => index > 0 && line.startsWith('{') && !isEntry(line));
    throw new BrokenReport(broken > 0 ? `entry ${broken} was changed: it is no longer JSON` : 'it is no longer JSON');
  }
}

function isEntry(line: string): boolean {
  try {
    JSON.parse(line.replace(/,$/, ''));
    return true;
  } catch {
    return false;
  }
}

/** Same values in other bytes, such as a space more, are a change too. */
function otherSpelling(bytes: Buffer, report: Report): string | undefined {
  const expected = Buffer.from(serialize(report));
  if (bytes.equals(expected)) return undefined;
  const at = expected.findIndex((byte, index) => byte !== bytes[index]);
  const line = expected.subarray(0, at < 0 ? expected.length : at).filter((byte) => byte === 0x0a).length;
  const where =
    line > 0 && line <= report.entries.length ? `entry ${line} (${report.entries[line - 1]!.kind})` : 'the part around the entries';
  return `${where} was changed: it is not spelled as it was written`;
}
