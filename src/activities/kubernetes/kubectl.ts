import { z } from 'zod';
import { Failure } from '../../workflows/failures.ts';
import { type Argument, CommandFailed, type CommandResult, failure, type PredictedCall, runCommand } from '../kit/index.ts';

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
  const config = process.env['KUBECONFIG'];
  try {
    return await runCommand({
      ...{ file: 'kubectl', args: kubectlArguments(cluster, command), kind, timeoutMs: timeoutMs + 2_000, wholeStdout },
      ...(input === undefined ? {} : { input }),
      ...(config === undefined ? {} : { env: { KUBECONFIG: config } }),
    });
  } catch (error) {
    throw error instanceof CommandFailed && error.exitCode === 1 ? sorted(error) : error;
  }
}

/** The same for `-o json`. Throws Permanent when the answer is not as it must be. */
export async function kubectlJson<T extends z.ZodType>(cluster: Cluster, schema: T, command: Kubectl): Promise<z.output<T>> {
  const { stdout } = await kubectl(cluster, { ...command, args: [...command.args, '-o', 'json'] });
  const parsed = schema.safeParse(jsonOf(stdout));
  if (parsed.success) return parsed.data;
  throw failure(Failure.Permanent, `kubectl answered something else than was asked for: ${z.prettifyError(parsed.error)}`);
}

/** kubectl ends with 1 whatever happened: only its words tell. */
function sorted(error: CommandFailed): Error {
  const words = error.message;
  const means = (code: 'retry' | 'unknown') => new CommandFailed(words, 1, { 1: code });
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
