import { signingKey, type SigningKey } from '../config/keys.ts';
import { sha256, type Report } from './chain.ts';
import { readContents, type RunFacts } from './content.ts';
import { isIncident, readIncident } from './incident-content.ts';
import { BrokenReport, fileNames } from './read.ts';
import { signatureName, signatureText } from './signature.ts';

/** What a report is about, and what its folder must be called. */
export interface Subject extends Pick<RunFacts, 'build' | 'history'> {
  of: string;
  /** Of the folder of a run; an incident's report lies one below that. */
  folder: string;
  below: boolean;
}

/** Reads what a report is about. Throws BrokenReport when it lacks an entry that every report has. */
export function subjectOf(report: Report): Subject {
  try {
    if (isIncident(report)) {
      const { number, build } = readIncident(report).incident;
      return { of: `incident ${number}`, folder: folderName(number), below: true, build };
    }
    const { runId, build, history } = readContents(report).run;
    return { of: `run ${runId}`, folder: folderName(runId), below: false, build, ...(history === undefined ? {} : { history }) };
  } catch (error) {
    throw new BrokenReport((error as Error).message, report.entries.length);
  }
}

/** Name of a folder in the archive; an id that is no plain name is spelled so that it stays inside. */
export const folderName = (id: string): string => encodeURIComponent(id).replace(/^\./, '%2E');

/** The one spelling of the sums of a pack. */
export const sumsOf = (head: string, sums: Iterable<readonly [name: string, sum: string]>): string =>
  `# head ${head}\n${[...sums].map(([name, sum]) => `${sum}  ${name}\n`).join('')}`;

/** The signature of a pack as a file beside it; none when there is no key, so that a recovery never waits for one. */
export function signed(report: Report, sums: string, key: SigningKey | undefined): Record<string, string> {
  return key === undefined
    ? {}
    : { [signatureName]: signatureText({ of: subjectOf(report).of, head: report.head, sums: sha256(sums) }, key) };
}

/** The key of this place, if it has one or can make one. */
export function keyHere(): SigningKey | undefined {
  try {
    return signingKey();
  } catch {
    return undefined;
  }
}

/** Files that a pack must have beside its report, in the order of its sums. */
export const filesOf = ({ history }: Pick<Subject, 'history'>): string[] => [
  ...[fileNames.json, fileNames.md, fileNames.html],
  ...(history === undefined ? [] : [fileNames.history]),
];
