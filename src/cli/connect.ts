import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { createApiCaller, type ApiOptions } from './api-call.ts';
import { createApiClient } from './api-client.ts';
import type { DirectOptions } from './direct-client.ts';
import { CliError, exitCodes } from './exit.ts';
import { fallBack, type Fallback } from './fallback.ts';
import { createIncidentApiClient } from './incident-api-client.ts';
import type { IncidentsClient } from './incidents-client.ts';
import { createReadinessApiClient, type ReadinessClient } from './readiness-api-client.ts';
import type { RunsClient } from './runs-client.ts';
import { homeFolder, readSession, type Session } from './session.ts';
import { mustBeKnown, mustOwnToken } from './who.ts';

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

/** Who somebody says to be. */
const subjectOf = ({ as }: Pick<GlobalOptions, 'as'>, env: NodeJS.ProcessEnv): string | undefined => as ?? env['MUSTER_AS'];

/** Finds the API, the token, the environment file and Temporal. Throws when `--as` is nobody of the practice range that runs here. */
export function findPlaces(options: Pick<GlobalOptions, 'api' | 'as'> = {}, env: NodeJS.ProcessEnv = process.env): Places {
  const session = readSession(homeFolder(env));
  const environmentFile = env['MUSTER_ENVIRONMENT'] ?? session?.environmentFile ?? join(cloneFolder, 'environments/range.yaml');
  const archive = env['MUSTER_ARCHIVE'] ?? session?.archive ?? join(homeFolder(env), 'archive');
  const temporal = session && !env['TEMPORAL_ADDRESS'] && !env['TEMPORAL_PROFILE'] ? session.temporal : undefined;
  const subject = subjectOf(options, env);
  const api = options.api ?? env['MUSTER_API'] ?? session?.api;
  const tokens = practiceTokens(session, api);
  if (subject !== undefined && tokens && !env['MUSTER_TOKEN']) mustBeKnown(subject, Object.keys(tokens), 'the practice range');
  const practice = subject === undefined ? undefined : tokens?.[subject];
  return {
    ...{ session, environmentFile, archive, api },
    token: practice ?? env['MUSTER_TOKEN'] ?? session?.token,
    env: {
      ...env,
      ...{ MUSTER_ENVIRONMENT: environmentFile, MUSTER_ARCHIVE: archive },
      ...(temporal ? { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace } : {}),
    },
  };
}

/** The practice range has a token of each of its people; they are for its own API only. */
function practiceTokens(session: Session | undefined, api: string | undefined): Record<string, string> | undefined {
  return session?.tokens && session.api === api && Object.keys(session.tokens).length > 0 ? session.tokens : undefined;
}

interface Ways<C> {
  api: (options: ApiOptions) => C;
  direct: (options: DirectOptions) => Promise<C>;
  /** The client that uses the one, and the other when the first is down. */
  both: (ways: Fallback<C>) => C;
}

/** Opens the way to runs: the API, or Temporal itself with `--direct` and whenever the API is down. Always says so on standard error. */
export function connectRuns(options: GlobalOptions, say = toStandardError): Promise<RunsClient> {
  // What speaks to Temporal takes a while to load, and most commands never need it.
  return connect(options, say, {
    api: createApiClient,
    direct: async (how) => (await import('./direct-client.ts')).createDirectClient(how),
    both: (ways) => ({
      get through() {
        return ways.through;
      },
      start: (request, key) => ways.via((client) => client.start(request, key)),
      list: (limit) => ways.via((client) => client.list(limit)),
      mitigations: () => ways.via((client) => client.mitigations()),
      view: (runId) => ways.via((client) => client.view(runId)),
      command: (runId, verb, said, key) => ways.via((client) => client.command(runId, verb, said, key)),
      follow: (runId, signal) => ways.following((client) => client.follow(runId, signal)),
      report: (runId, format) => ways.via((client) => client.report(runId, format)),
      me: () => ways.via((client) => client.me()),
      close: () => ways.close(),
    }),
  });
}

/** Opens the way to incidents, as `connectRuns` does. */
export function connectIncidents(options: GlobalOptions, say = toStandardError): Promise<IncidentsClient> {
  return connect(options, say, {
    api: createIncidentApiClient,
    direct: async (how) => (await import('./incident-direct-client.ts')).createIncidentDirectClient(how),
    both: (ways) => ({
      get through() {
        return ways.through;
      },
      declare: (said, key) => ways.via((client) => client.declare(said, key)),
      list: () => ways.via((client) => client.list()),
      view: (number) => ways.via((client) => client.view(number)),
      ask: (number, command, said, key) => ways.via((client) => client.ask(number, command, said, key)),
      start: (number, request, key) => ways.via((client) => client.start(number, request, key)),
      follow: (number, signal) => ways.following((client) => client.follow(number, signal)),
      report: (number, format) => ways.via((client) => client.report(number, format)),
      month: (month) => ways.via((client) => client.month(month)),
      me: () => ways.via((client) => client.me()),
      close: () => ways.close(),
    }),
  });
}

/** Opens the way to readiness, as `connectRuns` does. */
export function connectReadiness(options: GlobalOptions, say = toStandardError): Promise<ReadinessClient> {
  return connect(options, say, {
    api: createReadinessApiClient,
    direct: async (how) => (await import('./readiness-direct-client.ts')).createReadinessDirectClient(how),
    both: (ways) => ({
      get through() {
        return ways.through;
      },
      view: () => ways.via((client) => client.view()),
      evaluate: () => ways.via((client) => client.evaluate()),
      close: () => ways.close(),
    }),
  });
}

const toStandardError = (line: string) => void process.stderr.write(`${line}\n`);

async function connect<C extends { readonly through: string; close(): Promise<void> }>(
  options: GlobalOptions,
  say: (line: string) => void,
  ways: Ways<C>,
): Promise<C> {
  const places = findPlaces(options);
  const { api, token, env, environmentFile } = places;
  const subject = subjectOf(options, env);
  const direct = async (): Promise<C> => {
    const client = await ways.direct({ env, environmentFile, subject, token, say });
    say(`Speaks to ${client.through} directly${subject ? ` as ${subject}` : ''}.`);
    return client;
  };
  if (options.direct) return direct();
  if (api === undefined)
    throw new CliError('no Muster runs here: start one with ./muster up, or set MUSTER_API and MUSTER_TOKEN', exitCodes.usage);
  if (!/^https?:$/.test(URL.canParse(api) ? new URL(api).protocol : '')) {
    throw new CliError(`${api} is no address of an API; write it like http://127.0.0.1:8080`, exitCodes.usage);
  }
  if (subject !== undefined && practiceTokens(places.session, api)?.[subject] !== token)
    await mustOwnToken(createApiCaller({ url: api, token, patienceMs: 0 }), subject);
  return ways.both(fallBack(ways.api({ url: api, token }), direct, say));
}
