import { z } from 'zod';
import { Failure } from '../../workflows/failures.ts';
import {
  type Argument,
  CommandFailed,
  type CommandResult,
  failure,
  type PredictedCall,
  runCommand,
  short,
  surroundings,
} from '../kit/index.ts';

/** Which cluster and namespace; every command names both, so that none can go to wherever the kubeconfig points just now. */
export interface Cluster {
  context: string;
  namespace: string;
}

export interface Kubectl {
  kind: 'read' | 'change';
  /** Verb, object and flags. */
  args: readonly Argument[];
  /** For the whole command in ms; 10 s by default. */
  timeoutMs?: number;
  /** What kubectl reads as its standard input. */
  input?: string;
  /** The longest answer in bytes; 8 MiB by default. */
  mostBytes?: number;
}

/** What kubectl and the plugins that bring its credentials need of Muster's own environment, see docs/operating.md. */
const passedOn = [
  ...['KUBECONFIG', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE'],
  ...['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_SESSION_NAME', 'AWS_STS_REGIONAL_ENDPOINTS'],
  ...['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ...['AWS_SESSION_TOKEN', 'GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CONFIG', 'AZURE_CONFIG_DIR', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID'],
  ...['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'],
];
const requestMs = 10_000;
const mostBytes = 8 * 1024 * 1024;
const contextPattern = /^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,252}$/;
const namePattern = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** A name as Kubernetes takes it. Throws InvalidInput for anything else, e.g. what would be taken for an option. */
export function objectName(name: string): string {
  if (namePattern.test(name)) return name;
  throw failure(Failure.InvalidInput, `${JSON.stringify(name)} is no name of an object in Kubernetes`);
}

/** `--context`, `-n` and `--request-timeout`, then the command. Throws InvalidInput for hostile names. */
export function kubectlArguments({ context, namespace }: Cluster, { args, timeoutMs = requestMs }: Kubectl): Argument[] {
  if (!contextPattern.test(context)) throw failure(Failure.InvalidInput, `${JSON.stringify(context)} is no context of a kubeconfig`);
  const where = ['--context', context, '-n', objectName(namespace), `--request-timeout=${Math.ceil(timeoutMs / 1_000)}s`];
  return [...where, ...args];
}

/** How a command will look in the evidence. */
export function predictedKubectl(cluster: Cluster, command: Kubectl): PredictedCall {
  const words = kubectlArguments(cluster, command).map((argument) => (typeof argument === 'string' ? argument : argument.value));
  return {
    call: ['kubectl', ...words].join(' '),
    args: ['kubectl', ...words, ...(command.input === undefined ? [] : [`< ${command.input}`])],
  };
}

/** Runs kubectl without a shell. A failure says in its class whether the change may have happened. */
export async function kubectl(cluster: Cluster, command: Kubectl): Promise<CommandResult> {
  const { kind, timeoutMs = requestMs, input, mostBytes: wholeStdout = mostBytes } = command;
  try {
    return await runCommand({
      ...{ file: 'kubectl', args: kubectlArguments(cluster, command), kind, timeoutMs: timeoutMs + 2_000, wholeStdout },
      ...(input === undefined ? {} : { input }),
      env: surroundings(passedOn),
    });
  } catch (error) {
    // A difference that `diff` found may hold any words.
    throw error instanceof CommandFailed && error.exitCode === 1 && error.said?.stderr !== '' ? sorted(error) : error;
  }
}

/** The same for `-o json`. Throws Permanent when the answer is not as it must be. */
export async function kubectlJson<T extends z.ZodType>(cluster: Cluster, schema: T, command: Kubectl): Promise<z.output<T>> {
  const { stdout } = await kubectl(cluster, { ...command, args: [...command.args, '-o', 'json'] });
  const parsed = schema.safeParse(jsonOf(stdout));
  if (parsed.success) return parsed.data;
  throw failure(Failure.Permanent, `kubectl answered something else than was asked for: ${z.prettifyError(parsed.error)}`);
}

/** A question beside the one that counts: when it is refused, the rest stands, and the refusal is told. */
export async function lookAside<T>(what: string, asked: Promise<T>): Promise<T | { none: string }> {
  return asked.catch((error: unknown) => {
    if (!(error instanceof CommandFailed)) throw error;
    return { none: `${what} cannot be read: ${short(error.message.replace(/^kubectl ended with exit code \d+: /, ''), 200)}` };
  });
}

/** kubectl ends with 1 whatever happened: only its words tell. */
function sorted(error: CommandFailed): Error {
  const words = error.message;
  const means = (code: 'retry' | 'unknown') => new CommandFailed(words, 1, { 1: code }, error.said);
  if (/connection refused|no such host|TLS handshake timeout|\(TooManyRequests\)|\(Conflict\)|object has been modified/i.test(words))
    return means('retry');
  if (
    /context deadline exceeded|Client\.Timeout|i\/o timeout|unexpected EOF|connection reset|\((InternalError|ServiceUnavailable|Timeout)\)/i.test(
      words,
    )
  )
    return means('unknown');
  return error;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `kubectl diff` ends with 1 for a difference, which it writes to its output; what goes wrong stands beside. */
export const isDifference = ({ said }: CommandFailed): boolean =>
  said !== undefined && said.stdout.trim() !== '' && !/^error/im.test(said.stderr);
