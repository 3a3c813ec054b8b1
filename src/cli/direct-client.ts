import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, type Sign } from '../config/decision-key.ts';
import { loadEnvironment, resolveReference, type Environment } from '../config/environment.ts';
import { isTokenOf, noProof } from '../config/own-token.ts';
import { connectTemporal, resolveTemporal } from '../config/temporal.ts';
import { listMitigations } from '../runs/mitigations.ts';
import { createRuns } from '../runs/runs.ts';
import type { CommandOf, Verb } from '../workflows/messages.ts';
import { CliError, exitCodes } from './exit.ts';
import type { RunsClient, Said } from './runs-client.ts';
import { mayStart, person, speaker, told } from './speaker.ts';

export interface DirectOptions {
  /** Variables with TEMPORAL_* and what the environment file refers to. */
  env: NodeJS.ProcessEnv;
  environmentFile: string;
  /** Who speaks; needed for everything but reading. */
  subject: string | undefined;
  /** Theirs, which proves it. */
  token: string | undefined;
  /** Tells the person what they should know, a line at a time. */
  say?: (line: string) => void;
}

/** Signs for a speaker whose own token is at hand; undefined for whoever only says a name, and where there is no key to sign with. */
export function signFor(environment: Environment, { env, subject, token, say }: DirectOptions): Sign | undefined {
  if (subject === undefined) return undefined;
  if (!isTokenOf(environment, subject, token, env)) {
    const why = noProof(environment, subject, token, env);
    if (why !== undefined) say?.(`The token ${why}: what is said with it is not proven, and counts as decisions.unsigned says.`);
    return undefined;
  }
  try {
    return createSigner(environment, env).sign;
  } catch {
    return undefined;
  }
}

/** Reaches runs straight through Temporal, for the time when the API is down. Throws when Temporal does not answer either. */
export async function createDirectClient(options: DirectOptions): Promise<RunsClient> {
  const { env, environmentFile, subject } = options;
  const environment = await loadEnvironment(environmentFile);
  if (subject !== undefined) speaker(environment, subject);
  const temporal = await connectTemporal(resolveTemporal(env));
  const runs = createRuns({ client: temporal.client, environment, sign: signFor(environment, options) });
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
    me: async () => person(environment, subject),
    close: () => temporal.close(),
  };
}
