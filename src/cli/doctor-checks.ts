import { execFile } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EnvironmentError, loadEnvironment, resolveReference, type Environment } from '../config/environment.ts';
import { connectTemporal, resolveTemporal, type TemporalConnection } from '../config/temporal.ts';
import { toolPath } from '../config/tools.ts';
import type { Places } from './connect.ts';

export interface Finding {
  ok: boolean;
  what: string;
  /** What a person can do about it, when it is not well. */
  fix?: string;
}

const run = promisify(execFile);
const well = (what: string): Finding => ({ ok: true, what });
const ill = (what: string, fix: string): Finding => ({ ok: false, what, fix });
const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Everything that must be well before somebody relies on Muster; looks at all of it, whatever is found. */
export async function examine(places: Places): Promise<Finding[]> {
  const { environment, finding } = await environmentFinding(places.environmentFile);
  return [
    nodeFinding(process.versions.node),
    await pythonFinding(),
    ...['temporal', 'temporal-test-server', 'moto_server'].map(toolFinding),
    finding,
    ...(environment ? [referencesFinding(environment, places), orchestratorFinding(environment)] : []),
    ...(await temporalFindings(places.env, environment)),
    await archiveFinding(places.archive),
    await apiFinding(places),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return well(`Node ${version}`);
  return ill(`Node ${version} is too old`, 'install Node 20.19 or newer; 22 and 24 are recommended');
}

async function pythonFinding(): Promise<Finding> {
  try {
    const { stdout } = await run('python3', ['-c', 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])']);
    const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
    if (major > 3 || minor >= 10) return well(`python3 ${stdout.trim()}, with venv`);
    return ill(`python3 ${stdout.trim()} is too old`, 'install Python 3.10 or newer');
  } catch {
    return ill('python3 with venv is not there', 'install Python 3.10 or newer with its venv module, e.g. apt install python3-venv');
  }
}

function toolFinding(name: string): Finding {
  try {
    return well(`${name} at ${toolPath(name)}`);
  } catch (error) {
    return ill(`${name} is not there`, sentence(error));
  }
}

async function environmentFinding(file: string): Promise<{ environment?: Environment; finding: Finding }> {
  try {
    const environment = await loadEnvironment(file);
    return { environment, finding: well(`environment ${environment.name} (${file})`) };
  } catch (error) {
    return {
      finding: ill(`the environment file is not valid:\n${sentence(error)}`, 'correct it, or name another with MUSTER_ENVIRONMENT'),
    };
  }
}

/** Secrets and addresses are kept outside the file; a missing one would be found in the middle of a failover. */
function referencesFinding(environment: Environment, { env, session }: Places): Finding {
  const references = [...new Set(textsIn(environment).filter((text) => /^(env|file):/.test(text)))];
  const missing = references.filter((reference) => {
    try {
      resolveReference(reference, env);
      return false;
    } catch (error) {
      if (error instanceof EnvironmentError) return true;
      throw error;
    }
  });
  if (missing.length === 0) return well(`all ${references.length} references of the environment file lead somewhere`);
  // What the practice range hands to its own worker and API is not in our variables.
  const practice = missing.every((reference) => reference.startsWith('env:MUSTER_RANGE_'));
  if (practice) return well(`the practice range gives the environment its values${session ? '' : ' when it is up'}`);
  return ill(`these references of the environment file lead nowhere: ${missing.join(', ')}`, 'set the variables, or write the files');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

export function orchestratorFinding({ orchestrator, services }: Pick<Environment, 'orchestrator' | 'services'>): Finding {
  const moved = Object.entries(services).find(([, { regions }]) => Object.hasOwn(regions, orchestrator.region));
  if (!moved) return well(`the orchestrator lives in ${orchestrator.region}, which nobody fails over`);
  return ill(
    `the orchestrator lives in ${orchestrator.region}, a region that ${moved[0]} may have to leave`,
    'run Temporal, the API and the workers in another region, and say so in orchestrator.region',
  );
}

async function temporalFindings(env: NodeJS.ProcessEnv, environment: Environment | undefined): Promise<Finding[]> {
  let temporal: TemporalConnection;
  try {
    const target = resolveTemporal(env);
    if (target === 'embedded')
      return [ill('no Temporal is configured and none runs here', 'start one with ./muster up, or set TEMPORAL_ADDRESS')];
    temporal = await connectTemporal(target, 3_000);
  } catch (error) {
    return [ill(sentence(error), 'check TEMPORAL_ADDRESS, TEMPORAL_PROFILE and the network')];
  }
  try {
    const { address, namespace } = temporal;
    const found = [well(`Temporal answers at ${address}, namespace ${namespace}`)];
    return environment ? [...found, await workerFinding(temporal, environment.orchestrator.taskQueue)] : found;
  } finally {
    await temporal.close();
  }
}

async function workerFinding({ connection, namespace }: TemporalConnection, taskQueue: string): Promise<Finding> {
  const fix = 'start a worker: node dist/src/worker.js, or ./muster up';
  try {
    const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType: 1 };
    const { pollers } = await connection.withDeadline(Date.now() + 3_000, () => connection.workflowService.describeTaskQueue(request));
    // The server remembers a worker for five minutes; one that lives asks at least every minute.
    const lives = pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - 70_000);
    return lives ? well(`a worker polls ${taskQueue}`) : ill(`no worker polls ${taskQueue}; runs wait`, fix);
  } catch (error) {
    return ill(`Temporal cannot say who polls ${taskQueue}: ${sentence(error)}`, fix);
  }
}

async function archiveFinding(folder: string): Promise<Finding> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return well(`reports can be written to ${folder}`);
  } catch (error) {
    return ill(`reports cannot be written: ${sentence(error)}`, 'make the folder writable, or set MUSTER_ARCHIVE to another');
  }
}

async function apiFinding({ api, token, session }: Places): Promise<Finding> {
  if (api === undefined) return ill('no API is known', 'start one with ./muster up, or set MUSTER_API and MUSTER_TOKEN');
  try {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(new URL('/api/me', api), { headers, signal: AbortSignal.timeout(3_000) });
    const { subject, detail = 'it does not say why' } = (await response.json().catch(() => ({}))) as Record<string, string | undefined>;
    if (!response.ok || subject === undefined)
      return ill(`the API at ${api} does not let you in (${response.status}): ${detail}`, 'set MUSTER_TOKEN to a token of yours');
    return well(`the API at ${api} knows you as ${subject}${session ? `; ./muster up runs as process ${session.pid}` : ''}`);
  } catch {
    return ill(
      `the API at ${api} does not answer`,
      'start it with ./muster up; until then commands go to Temporal itself, with --as <subject>',
    );
  }
}
