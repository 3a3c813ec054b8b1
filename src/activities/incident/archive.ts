import { resolve } from 'node:path';
import { resolveReference, type Environment } from '../../config/environment.ts';
import { thisBuild } from '../../report/build.ts';
import { archivedMessages, writeIncident, writePart } from '../../report/incident-folder.ts';
import { buildIncidentReport } from '../../report/incident-report.ts';
import { Failure } from '../../workflows/failures.ts';
import type { OutgoingMessage } from '../../workflows/incident/messages.ts';
import type { Incident } from '../../workflows/incident/view.ts';
import { collect, type Collected } from './collect.ts';
import { failure, record, redact } from '../kit/index.ts';

const hopeless: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG']);

/** Keeps what is left of an incident: evidence, messages and its report. */
export function incidentArchiveActivities(environment: Environment) {
  const archive = () => resolve(resolveReference(environment.archive.folder));
  const written = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = archive();
    try {
      return await work(folder);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw failure(hopeless.has(code) ? Failure.Permanent : Failure.Transient, `the archive ${folder} cannot be written: ${message}`);
    }
  };

  return {
    /** Collects logs, metrics, configuration, timeline and commands; what could not be had is a problem, never a failure. */
    collectIncident: record(({ incident }: { incident: Incident }): Promise<Collected> =>
      written((folder) => collect(environment, folder, incident)),
    ),

    /** Writes the incident's report, sealed, in the environment's own template. The same incident twice is one report. */
    archiveIncident: record(({ incident }: { incident: Incident }): Promise<{ report: string }> =>
      written(async (folder) => {
        const moved = await archivedMessages(folder, incident.number);
        const whole = withMoved(redact(incident) as Incident, moved);
        return { report: await writeIncident(folder, buildIncidentReport(whole, { build: thisBuild() })) };
      }),
    ),

    /** Moves old messages out of the incident's record. A part that is there already stays as it is. */
    archiveIncidentPart: record(
      ({ number, part, messages }: { number: string; part: number; messages: OutgoingMessage[] }): Promise<void> =>
        written((folder) => writePart(folder, number, part, redact(messages) as OutgoingMessage[])),
    ),
  };
}

/** The incident with all of its messages; when some are gone, that is a problem which the report shows. */
function withMoved(incident: Incident, moved: OutgoingMessage[]): Incident {
  const { archive, archived, messages } = incident;
  const gone = archived.messages - moved.length;
  const problems = [...(archive?.problems ?? []), ...(gone > 0 ? [`${gone} messages that were moved to the archive are gone`] : [])];
  const inOrder = [...moved, ...messages].sort((a, b) => placeOf(a) - placeOf(b));
  return { ...incident, messages: inOrder, ...(problems.length > 0 ? { archive: { ...archive, problems } } : {}) };
}

/** `m12` → 12. */
const placeOf = ({ id }: OutgoingMessage): number => Number(id.slice(1));
