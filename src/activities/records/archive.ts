import { resolve } from 'node:path';
import { Context } from '@temporalio/activity';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { resolveReference, type Environment } from '../../config/environment.ts';
import { findArchived, writeArchive, type Archived } from '../../report/archive-folder.ts';
import { thisBuild } from '../../report/build.ts';
import { sha256 } from '../../report/chain.ts';
import { buildReport, digestOfView, type ReportExtra } from '../../report/report.ts';
import { Failure } from '../../workflows/failures.ts';
import type { RunView } from '../../workflows/messages.ts';
import { failure, record } from '../kit/index.ts';

const hopeless: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']);

/** Keeps the evidence of runs, because Temporal forgets them after a while. */
export function archiveActivities(environment: Pick<Environment, 'archive'>) {
  return {
    /** Writes the report of a run and its history into the archive. The same view twice is one pack. */
    archiveRun: record(async ({ view }: { view: RunView }): Promise<Archived> => {
      const archive = resolve(resolveReference(environment.archive.folder));
      const before = await findArchived(archive, view.runId, digestOfView(view));
      if (before) return before;
      const { json, ...extra } = await historyOf(view.runId);
      try {
        return await writeArchive(archive, view.runId, buildReport(view, { build: thisBuild(), ...extra }), json);
      } catch (error) {
        const { code = '', message } = error as NodeJS.ErrnoException;
        throw failure(hopeless.has(code) ? Failure.Permanent : Failure.Transient, `the archive ${archive} cannot be written: ${message}`);
      }
    }),
  };
}

/** The history so far. Without one the report is still written, and says why. */
async function historyOf(workflowId: string): Promise<Omit<ReportExtra, 'build'> & { json?: string }> {
  try {
    const { client, info } = Context.current();
    const own = info.workflowExecution?.workflowId === workflowId ? info.workflowExecution.runId : undefined;
    const history = await client.workflow.getHandle(workflowId, own).fetchHistory();
    const json = historyToJSON(history);
    return { json, history: { events: history.events?.length ?? 0, sha256: sha256(json) } };
  } catch (error) {
    return { historyProblem: (error as Error).message };
  }
}
