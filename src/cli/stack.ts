import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keysFolder, signingKey } from '../config/keys.ts';
import { resolveTemporal } from '../config/temporal.ts';
import { cloneFolder } from '../config/tools.ts';
import { workflowSource } from '../config/workflow-code.ts';
import type { RangeAddresses } from '../range/contract.ts';
import type { Part } from './part.ts';
import { startApiPart, startRangePart, startTemporalPart, startWorkerPart, type ApiPart, type TemporalPart } from './stack-parts.ts';
import { duration } from '../words/durations.ts';

export interface StackOptions {
  /** Folder for this stack's data and logs. */
  home: string;
  /** Bring up the practice range and look after it; without it MUSTER_ENVIRONMENT must name an environment file. */
  range: boolean;
  /** File of the range's environment when part of it runs on something else than the range's own; `environments/range.yaml` by default. */
  rangeEnvironment?: string;
  /** Its data will be thrown away, so `stop` does not wait for work in progress. */
  ephemeral?: boolean;
  /** Where the evidence packs go; `archive` in the home by default. */
  archive?: string;
  /** Serve Temporal's web UI. */
  ui?: boolean;
  /** Progress, one sentence at a time. */
  log?: (line: string) => void;
}

export interface Stack {
  addresses: { api: string; signIn: string; temporal: string; namespace: string; ui?: string; control?: string };
  /** Tokens of the practice range's people, by subject. */
  tokens: Record<string, string>;
  /** What its processes have in their environment, for other programs that shall belong to it. */
  variables: Record<string, string>;
  environmentFile: string;
  archive: string;
  worker: Part<unknown>;
  api: ApiPart;
  /** Undefined when Temporal is somebody else's. */
  temporal: TemporalPart | undefined;
  range: (RangeAddresses & { part: Part<RangeAddresses> }) | undefined;
  stop(): Promise<void>;
}

type Base = Pick<Stack, 'temporal'> & {
  rangePart: Part<RangeAddresses> | undefined;
  /** The workflow code, ready for workers. */
  bundle: string;
  address: string;
  namespace: string;
};

/**
 * Starts the range, Temporal (unless one is configured), the worker and the API, as processes that cannot outlive us.
 * Throws, leaving nothing running, when one of them does not come up.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { home, log = () => undefined } = options;
  mkdirSync(join(home, 'logs'), { recursive: true });
  const up: Up = { service: [], base: [], log, startedAt: Date.now(), ephemeral: options.ephemeral ?? false };
  try {
    const base = await startBase(up, options);
    return await startService(up, options, base);
  } catch (error) {
    await stopAll(up);
    throw error;
  }
}

type Ending = Pick<Part<unknown>, 'stop' | 'kill'>;

/** What has been started so far: the service, and what it stands on. */
interface Up {
  service: Ending[];
  base: Ending[];
  log: (line: string) => void;
  startedAt: number;
  ephemeral: boolean;
}

async function startBase(up: Up, { home, range, ui = false }: StackOptions): Promise<Base> {
  const target = resolveTemporal();
  const options = { home, log: up.log };
  const [rangePart, temporal, bundle] = await all(
    range ? begin(up, up.base, 'practice range', startRangePart(options)) : undefined,
    target === 'embedded' ? begin(up, up.base, 'Temporal', startTemporalPart({ ...options, ui })) : undefined,
    workflowCode(home),
  );
  const { address, namespace } = target === 'embedded' ? temporal!.ready : target;
  return { rangePart, temporal, bundle, address, namespace };
}

/** A copy of its own: the worker may be started again long after the sources have changed. */
async function workflowCode(home: string): Promise<string> {
  const { workflowBundle } = await workflowSource();
  const own = join(home, 'workflows.js');
  await copyFile(workflowBundle.codePath, own);
  return own;
}

async function startService(up: Up, options: StackOptions, { rangePart, temporal, bundle, address, namespace }: Base): Promise<Stack> {
  const { home, archive = join(home, 'archive') } = options;
  // Practice never reaches another environment, whatever is set.
  const environmentFile = options.range
    ? (options.rangeEnvironment ?? join(cloneFolder, 'environments/range.yaml'))
    : process.env['MUSTER_ENVIRONMENT'];
  if (!environmentFile) throw new Error('without the practice range, MUSTER_ENVIRONMENT must name an environment file');
  const variables: Record<string, string> = {
    ...rangePart?.ready.variables,
    ...{ MUSTER_ENVIRONMENT: environmentFile, MUSTER_ARCHIVE: archive, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
    // API and worker must find one key.
    MUSTER_HOME: home,
    MUSTER_SIGNING_KEY: process.env['MUSTER_SIGNING_KEY'] ?? keyBeside(archive),
    MUSTER_WORKFLOW_BUNDLE: bundle,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...(options.ephemeral ? { MUSTER_READINESS: 'when-asked' } : {}),
  };
  const link = randomBytes(32).toString('base64url');
  const process_ = { home, log: up.log, env: { ...process.env, ...variables } };
  const [worker, api] = await all(
    begin(up, up.service, 'worker', startWorkerPart(process_)),
    begin(up, up.service, 'API', startApiPart({ ...process_, signIn: `you:${link}` })),
  );
  return {
    addresses: {
      ...{ api: api.ready.url, signIn: `${api.ready.url}/sign-in?token=${link}`, temporal: address, namespace },
      ...(temporal?.ready.uiUrl ? { ui: temporal.ready.uiUrl } : {}),
      ...(rangePart ? { control: rangePart.ready.control } : {}),
    },
    ...{ tokens: tokensOf(variables), variables, environmentFile, archive, worker, api, temporal },
    range: rangePart ? { ...rangePart.ready, part: rangePart } : undefined,
    stop: () => stopAll(up),
  };
}

/** The key that signs reports lasts as long as they do, also when the rest of the home is thrown away. */
function keyBeside(archive: string): string {
  const env = { MUSTER_HOME: dirname(archive) };
  signingKey(env);
  return join(keysFolder(env), 'signing.pem');
}

async function begin<P extends Ending>(up: Up, parts: Ending[], what: string, starting: Promise<P>): Promise<P> {
  const part = await starting;
  parts.push(part);
  up.log(`${what} is up after ${duration(Date.now() - up.startedAt)}`);
  return part;
}

/** The service first, so that it hands its work back; what it stands on after it. */
async function stopAll({ service, base, ephemeral }: Up): Promise<void> {
  await Promise.all(service.splice(0).map((part) => (ephemeral ? part.kill() : part.stop())));
  // The range ends its own databases.
  await Promise.all(base.splice(0).map((part) => part.stop()));
}

/** Waits for all, also when one fails: only then is known what must be stopped. */
async function all<T extends unknown[]>(...starting: { [K in keyof T]: T[K] | Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

const tokenPrefix = 'MUSTER_RANGE_TOKEN_';

function tokensOf(variables: Record<string, string>): Record<string, string> {
  const own = Object.entries(variables).filter(([name]) => name.startsWith(tokenPrefix));
  return Object.fromEntries(own.map(([name, token]) => [name.slice(tokenPrefix.length).toLowerCase(), token]));
}
