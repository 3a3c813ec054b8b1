import { join } from 'node:path';
import { folderOf } from '../../report/archive-folder.ts';
import { readContents } from '../../report/content.ts';
import { fileNames, readReport } from '../../report/read.ts';

/** Every call that a run and the runs that it started have made, from their sealed reports. Throws while the run has no report. */
export async function callsOf(archive: string, runId: string): Promise<string> {
  const reports = [];
  const left = [runId];
  for (let id = left.shift(); id !== undefined; id = left.shift()) {
    const { head, run, steps } = await reportOf(archive, id);
    const calls = steps.flatMap(({ id: step, title, made }) => made.map((call) => ({ ...call, step, title })));
    reports.push({ runId: run.runId, runbook: run.runbook, mode: run.mode, state: run.state, head, calls });
    left.push(...steps.flatMap(({ child }) => child ?? []));
  }
  return `${JSON.stringify(reports, null, 1)}\n`;
}

async function reportOf(archive: string, runId: string) {
  try {
    return readContents(await readReport(join(folderOf(archive, runId), fileNames.json)));
  } catch (cause) {
    throw new Error(`the run ${runId} has no whole report in the archive (yet)`, { cause });
  }
}
