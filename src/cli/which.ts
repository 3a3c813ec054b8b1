import { nearest } from '../words/nearest.ts';
import { CliError, exitCodes, RefusedError } from './exit.ts';
import type { IncidentsClient } from './incidents-client.ts';
import type { RunsClient } from './runs-client.ts';

/** How far back a beginning of an id is looked for. */
const lookedAt = 200;
const shown = 8;
const wholeRun = /-(\d{8}-\d{6}-[0-9a-f]{4}|[0-9a-f]{16})$/;
const wholeIncident = /^INC-\d{4}-\d{2}-\d{2}-\d{3,6}$/;

/** The run that is meant by an id, by its beginning, by the beginning of what follows its runbook's name, or by `latest`. Throws with those that it may be. */
export async function whichRun(runs: Pick<RunsClient, 'list' | 'view'>, said: string): Promise<string> {
  if (wholeRun.test(said)) return said;
  const found = await runs.list(said === 'latest' ? 1 : lookedAt);
  if (said === 'latest') return found[0]?.runId ?? none('there are no runs yet: start one with muster start');
  const ids = found.map(({ runId }) => runId);
  if (ids.includes(said)) return said;
  const meant = found
    .filter(
      ({ runId, runbook }) =>
        runId.startsWith(said) || (runId.startsWith(`${runbook}-`) && runId.slice(runbook.length + 1).startsWith(said)),
    )
    .map(({ runId }) => runId);
  if (meant.length > 0) return only(meant, said, 'run');
  try {
    // It may be older than those that are listed, or be started by another run.
    return (await runs.view(said)).runId;
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'NotFound') return unknown(said, ids, 'run', error);
    throw error;
  }
}

/** The incident that is meant by its number, by the beginning or the end of it, or by `latest`: the newest that is open, else the newest. */
export async function whichIncident(incidents: Pick<IncidentsClient, 'list'>, said: string): Promise<string> {
  const number = said.toUpperCase();
  if (wholeIncident.test(number)) return number;
  const { open, ended } = await incidents.list();
  const all = [open, ended].map((some) =>
    some
      .map((one) => one.number)
      .sort()
      .reverse(),
  );
  const numbers = all.flat();
  if (said === 'latest') return numbers[0] ?? none('there are no incidents yet');
  const meant = numbers.filter((one) => one.startsWith(number) || one.endsWith(`-${number}`));
  if (meant.length > 0) return only(meant, said, 'incident');
  return unknown(said, numbers, 'incident');
}

/** The folder of the archive that is meant, as `whichRun` does; folders are given the newest first. */
export function whichFolder(folders: readonly string[], said: string): string | undefined {
  if (said === 'latest') return folders[0];
  if (folders.includes(said)) return said;
  const meant = folders.filter((folder) => folder.startsWith(said));
  return meant.length === 0 ? undefined : only(meant, said, 'run');
}

function only(meant: readonly string[], said: string, what: string): string {
  if (meant.length === 1) return meant[0]!;
  const more = meant.length > shown ? `\n  and ${meant.length - shown} more` : '';
  throw new CliError(
    `${said} may be any of ${meant.length} ${what}s; say more of it:\n  ${meant.slice(0, shown).join('\n  ')}${more}`,
    exitCodes.usage,
  );
}

function unknown(said: string, known: readonly string[], what: string, cause?: RefusedError): never {
  const near = nearest(said, known);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const newest = known.slice(0, 3);
  const list = near === undefined && newest.length > 0 ? `; the newest: ${newest.join(', ')}` : '';
  const looks = what === 'incident' ? ' (its number looks like INC-2026-03-14-001)' : '';
  throw new RefusedError('NotFound', `${cause?.message ?? `there is no ${what} ${said}`}${looks}${meant}${list}`, exitCodes.refused);
}

function none(what: string): never {
  throw new RefusedError('NotFound', what, exitCodes.refused);
}
