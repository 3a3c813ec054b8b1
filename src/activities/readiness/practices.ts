import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveReference, type Environment } from '../../config/environment.ts';
import { readContents } from '../../report/content.ts';
import { fileNames, readReport } from '../../report/read.ts';
import type { Practice } from '../../workflows/readiness/view.ts';
import { searchAttributes as keys } from '../../workflows/search-attributes.ts';
import { asked, ourClient } from '../records/index.ts';

const listMs = 5_000;
/** Packs of a runbook that are read at most, the newest first. */
const mostPacks = 20;

/** What counts as having done it: a live run that was completed; a dry run has moved nothing. */
const counts = { mode: 'live', state: 'completed' } as const;

/** The newest run of a runbook that ended well, as far back as Temporal remembers; undefined when it knows none. */
export function recentPractice({ name }: Environment, runbook: string): Promise<Practice | undefined> {
  const client = ourClient();
  const is = {
    [keys.runbook.name]: runbook,
    [keys.environment.name]: name,
    [keys.mode.name]: counts.mode,
    [keys.state.name]: counts.state,
  };
  const query = Object.entries(is).map(([key, value]) => `${key} = '${value.replaceAll(/['\\]/g, '')}'`);
  return asked(() =>
    client.withDeadline(Date.now() + listMs, async () => {
      let newest: Practice | undefined;
      for await (const { workflowId, closeTime, memo } of client.workflow.list({ query: query.join(' AND '), pageSize: mostPacks })) {
        const at = closeTime?.toISOString();
        if (at === undefined || (newest && newest.at >= at)) continue;
        newest = { runId: workflowId, at, code: typeof memo?.['code'] === 'string' ? memo['code'] : null };
      }
      return newest;
    }),
  );
}

/** The same by the archive, which does not say what the runbook's code was; a pack that is broken counts as none. */
export async function archivedPractice(environment: Environment, runbook: string): Promise<Practice | undefined> {
  const archive = resolve(resolveReference(environment.archive.folder));
  const names = await readdir(archive).catch(() => []);
  const packs = await Promise.all(
    names
      .filter((name) => name.startsWith(`${runbook}-`) && !name.includes('.earlier-'))
      .map(async (name) => ({ name, writtenAt: (await stat(join(archive, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  packs.sort((a, b) => b.writtenAt - a.writtenAt);
  for (const { name } of packs.slice(0, mostPacks)) {
    const run = await readReport(join(archive, name, fileNames.json)).then(
      (report) => readContents(report).run,
      () => undefined,
    );
    const good = run?.mode === counts.mode && run.state === counts.state && run.environment === environment.name;
    if (run && good) return { runId: run.runId, at: run.endedAt, code: null };
  }
  return undefined;
}
