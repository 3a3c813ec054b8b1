import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '../catalogue.ts';
import { loadEnvironment, resolveReference, type Environment } from '../config/environment.ts';
import { connectTemporal, resolveTemporal } from '../config/temporal.ts';
import { listMitigations } from '../runs/mitigations.ts';
import { createRuns, RunProblem } from '../runs/runs.ts';
import type { CommandOf, Verb } from '../workflows/messages.ts';
import { CliError, exitCodes } from './exit.ts';
import { refusalError } from './problems.ts';
import type { RunsClient, Said } from './runs-client.ts';

export interface DirectOptions {
  /** Variables with TEMPORAL_* and what the environment file refers to. */
  env: NodeJS.ProcessEnv;
  environmentFile: string;
  /** Who speaks; needed for everything but reading. */
  subject: string | undefined;
}

/** Reaches runs straight through Temporal, for the time when the API is down. Throws when Temporal does not answer either. */
export async function createDirectClient({ env, environmentFile, subject }: DirectOptions): Promise<RunsClient> {
  const environment = await loadEnvironment(environmentFile);
  const temporal = await connectTemporal(resolveTemporal(env));
  const runs = createRuns({ client: temporal.client, environment });
  return {
    through: `Temporal at ${temporal.address}`,
    start: (request, key) => {
      const requestedBy = speaker(environment, subject);
      mayStart(environment, request.runbook, requestedBy);
      return told(() => runs.start({ ...request, requestedBy, idempotencyKey: key }));
    },
    list: (limit) => told(() => runs.list(limit)),
    mitigations: () => told(() => listMitigations(runs)),
    view: (runId) => told(() => runs.view(runId)),
    command: <V extends Verb>(runId: string, verb: V, said: Said<V>, key: string) => {
      const by = speaker(environment, subject);
      return told(() => runs.command(runId, verb, { ...said, by, id: key, channel: 'cli' } as unknown as CommandOf[V]));
    },
    follow: (runId, signal) => runs.follow(runId, signal),
    report: async (runId, format) => {
      if (!/^[\w.-]+$/.test(runId)) throw new CliError(`${runId} is no run id`, exitCodes.usage);
      const file = join(resolveReference(environment.archive.folder, env), runId, `report.${format}`);
      return readFile(file, 'utf8').catch(() => {
        throw new CliError(`${file} is not there: a report is written when its run ends`, exitCodes.refused);
      });
    },
    close: () => temporal.close(),
  };
}

/** Temporal cannot tell who somebody is, so a name must be said and be among the environment's people. */
function speaker({ people, name }: Environment, subject: string | undefined): string {
  if (subject === undefined) throw new CliError('speaking to Temporal directly, say who you are: --as <subject>', exitCodes.usage);
  if (!people.some((person) => person.subject === subject))
    throw new CliError(`${subject} is not among the people of ${name}`, exitCodes.refused);
  return subject;
}

/** The API asks for this role before it starts a run; past the API we do. */
function mayStart({ people }: Environment, runbook: string, subject: string): void {
  const role = catalogue.find(({ name }) => name === runbook)?.startRole;
  const order = ['viewer', 'responder', 'approver', 'admin'];
  const held = people.find((person) => person.subject === subject)!.roles;
  if (role && !held.some((one) => order.indexOf(one) >= order.indexOf(role))) {
    throw new CliError(`NotEntitled: ${runbook} is started by the role ${role}; ${subject} has ${held.join(', ')}`, exitCodes.refused);
  }
}

async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof RunProblem ? refusalError(error) : error;
  }
}
