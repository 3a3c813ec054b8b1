import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEnvironment, resolveReference } from '../config/environment.ts';
import { connectTemporal, resolveTemporal } from '../config/temporal.ts';
import { createDeskClient } from '../incidents/desk-client.ts';
import { createDeskQueue } from '../incidents/desk-queue.ts';
import { createIncidents } from '../incidents/incidents.ts';
import { readMonth } from '../incidents/month.ts';
import { createRuns } from '../runs/runs.ts';
import type { IncidentAsk } from '../workflows/incident/commands.ts';
import type { DirectOptions } from './direct-client.ts';
import { CliError, exitCodes } from './exit.ts';
import type { IncidentsClient } from './incidents-client.ts';
import { mayRespond, mayStart, person, speaker, told } from './speaker.ts';

/** Reaches incidents straight through Temporal, for the time when the API is down. Throws when Temporal does not answer either. */
export async function createIncidentDirectClient({ env, environmentFile, subject }: DirectOptions): Promise<IncidentsClient> {
  const environment = await loadEnvironment(environmentFile);
  if (subject !== undefined) speaker(environment, subject);
  const temporal = await connectTemporal(resolveTemporal(env));
  const { client } = temporal;
  const desk = createDeskClient({ client, environment });
  const queue = createDeskQueue({ take: (request) => desk.take(request), gatherMs: 0 });
  const incidents = createIncidents({ client, environment, desk, queue });
  const runs = createRuns({ client, environment });
  const responder = (): string => {
    const by = speaker(environment, subject);
    mayRespond(environment, by);
    return by;
  };
  return {
    through: `Temporal at ${temporal.address}`,
    declare: (said, key) => {
      const by = responder();
      return told(() => incidents.declare({ ...said, by, key }));
    },
    list: () => told(() => incidents.list()),
    view: (number) => told(() => incidents.view(number)),
    ask: (number, command, said, key) => {
      const by = responder();
      return told(() => incidents.ask(number, { by, id: key, channel: 'cli', command, with: said } as IncidentAsk));
    },
    start: (number, request, key) => {
      const requestedBy = speaker(environment, subject);
      mayStart(environment, request.runbook, requestedBy);
      return told(() => runs.start({ ...request, incident: number, requestedBy, idempotencyKey: key }));
    },
    follow: (number, signal) => incidents.follow(number, signal),
    report: async (number, format) => {
      if (!/^INC-[\d-]+$/.test(number)) throw new CliError(`${number} is no number of an incident`, exitCodes.usage);
      const folder = resolveReference(environment.archive.folder, env);
      const file = join(folder, 'incidents', number, 'report', `report.${format}`);
      return readFile(file, 'utf8').catch(() => {
        throw new CliError(`${file} is not there: a report is written when its incident is resolved`, exitCodes.refused);
      });
    },
    month: (month) => told(() => readMonth(environment, incidents, month)),
    me: async () => person(environment, subject),
    close: () => temporal.close(),
  };
}
