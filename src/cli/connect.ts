import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { ApiDown, createApiClient } from './api-client.ts';
import { CliError, exitCodes } from './exit.ts';
import type { RunsClient } from './runs-client.ts';
import { homeFolder, readSession, type Session } from './session.ts';

/** Options that every command has. */
export interface GlobalOptions {
  output: 'table' | 'json';
  api?: string;
  as?: string;
  direct?: boolean;
}

/** Where the parts are: variables win over what a running `muster up` has written. */
export interface Places {
  session: Session | undefined;
  api: string | undefined;
  token: string | undefined;
  environmentFile: string;
  archive: string;
  /** The process's variables with Temporal's address filled in. */
  env: NodeJS.ProcessEnv;
}

/** Finds the API, the token, the environment file and Temporal. */
export function findPlaces(options: Pick<GlobalOptions, 'api' | 'as'> = {}, env: NodeJS.ProcessEnv = process.env): Places {
  const session = readSession(homeFolder(env));
  const environmentFile = env['MUSTER_ENVIRONMENT'] ?? session?.environmentFile ?? join(cloneFolder, 'environments/range.yaml');
  const archive = env['MUSTER_ARCHIVE'] ?? session?.archive ?? join(homeFolder(env), 'archive');
  const temporal = session && !env['TEMPORAL_ADDRESS'] && !env['TEMPORAL_PROFILE'] ? session.temporal : undefined;
  const practice = options.as === undefined ? undefined : session?.tokens?.[options.as];
  return {
    ...{ session, environmentFile, archive, api: options.api ?? env['MUSTER_API'] ?? session?.api },
    token: practice ?? env['MUSTER_TOKEN'] ?? session?.token,
    env: {
      ...env,
      ...{ MUSTER_ENVIRONMENT: environmentFile, MUSTER_ARCHIVE: archive },
      ...(temporal ? { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace } : {}),
    },
  };
}

/** Opens the way to runs: the API, or Temporal itself with `--direct` and whenever the API is down. Always says so on standard error. */
export async function connectRuns(
  options: GlobalOptions,
  say = (line: string) => void process.stderr.write(`${line}\n`),
): Promise<RunsClient> {
  const places = findPlaces(options);
  const { api, token, env, environmentFile } = places;
  const direct = async (): Promise<RunsClient> => {
    const { createDirectClient } = await import('./direct-client.ts');
    const client = await createDirectClient({ env, environmentFile, subject: options.as ?? env['MUSTER_AS'] });
    say(`Speaks to ${client.through} directly${options.as ? ` as ${options.as}` : ''}.`);
    return client;
  };
  if (options.direct) return direct();
  if (api === undefined)
    throw new CliError('no Muster runs here: start one with ./muster up, or set MUSTER_API and MUSTER_TOKEN', exitCodes.usage);
  if (!/^https?:$/.test(URL.canParse(api) ? new URL(api).protocol : '')) {
    throw new CliError(`${api} is no address of an API; write it like http://127.0.0.1:8080`, exitCodes.usage);
  }
  if (options.as && !places.session?.tokens?.[options.as]) {
    say(`The API takes the person from the token; --as ${options.as} counts only past the API.`);
  }
  return withFallback(createApiClient({ url: api, token }), direct, say);
}

function withFallback(api: RunsClient, openDirect: () => Promise<RunsClient>, say: (line: string) => void): RunsClient {
  let current = api;
  const fall = async (error: unknown): Promise<RunsClient> => {
    if (!(error instanceof ApiDown) || current !== api) throw error;
    say(`${error.message}${error.mayHaveActed ? '; what was on its way may have been recorded' : ''}.`);
    current = await openDirect();
    return current;
  };
  const via = <T>(call: (client: RunsClient) => Promise<T>) => call(current).catch(async (error: unknown) => call(await fall(error)));
  return {
    get through() {
      return current.through;
    },
    start: (request, key) => via((client) => client.start(request, key)),
    list: (limit) => via((client) => client.list(limit)),
    mitigations: () => via((client) => client.mitigations()),
    view: (runId) => via((client) => client.view(runId)),
    command: (runId, verb, said, key) => via((client) => client.command(runId, verb, said, key)),
    async *follow(runId, signal) {
      try {
        yield* current.follow(runId, signal);
      } catch (error) {
        yield* (await fall(error)).follow(runId, signal);
      }
    },
    report: (runId, format) => via((client) => client.report(runId, format)),
    close: () => current.close(),
  };
}
