import { z } from 'zod';
import { Failure } from '../../workflows/failures.ts';
import {
  type Argument,
  CommandFailed,
  type CommandResult,
  type ComposePlace,
  failure,
  type PredictedCall,
  runCommand,
  surroundings,
} from '../kit/index.ts';

export interface Docker {
  kind: 'read' | 'change';
  /** Command and flags after `docker --host …`; after `--file …` when it is a command of compose. */
  args: readonly Argument[];
  /** For the whole command in ms; 10 s by default. */
  timeoutMs?: number;
  /** A command of `docker compose`. */
  compose?: boolean;
  /** Only the end of the output is answered, without secrets; as it is for logs. */
  tail?: boolean;
}

const commandMs = 10_000;
const mostBytes = 8 * 1024 * 1024;
const hostPattern =
  /^(unix:\/\/\/[\w./@+-]+|ssh:\/\/([\w.-]+@)?[A-Za-z0-9][\w.-]*(:\d{1,5})?|tcp:\/\/([A-Za-z0-9][\w.-]*|\[[0-9a-f:]+\]):\d{1,5})$/;
const projectPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const servicePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const filePattern = /^[^-\s]\P{Cc}*$/u;
const idPattern = /^(sha256:)?[0-9a-f]{64}$/;
/** What the client needs to find its plugins and its keys; nothing of it says where to go. */
const passedOn = [
  ...['DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY', 'SSH_AUTH_SOCK', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
  ...['https_proxy', 'http_proxy', 'no_proxy'],
];

/** The id of a container or an image, whole, so that it means one thing for ever. Throws InvalidInput for anything else, e.g. an option. */
export function wholeId(id: string): string {
  if (idPattern.test(id)) return id;
  throw failure(Failure.InvalidInput, `${JSON.stringify(id)} is no whole id of a container or an image`);
}

/** `--host` always, and project and files for compose, then the command. Throws InvalidInput for hostile names. */
export function dockerArguments({ host, project, files, service }: ComposePlace, { args, compose }: Docker): Argument[] {
  const check = (value: string, pattern: RegExp, what: string) => {
    if (!pattern.test(value)) throw failure(Failure.InvalidInput, `${JSON.stringify(value)} is no ${what}`);
  };
  check(host, hostPattern, 'address of a Docker engine (unix://, ssh:// or tcp://, without a password)');
  check(project, projectPattern, 'project of docker compose');
  check(service, servicePattern, 'service of docker compose');
  for (const file of files) check(file, filePattern, 'path of a compose file');
  const where: Argument[] = compose
    ? ['compose', '--ansi', 'never', '--project-name', project, ...files.flatMap((value): Argument[] => ['--file', { value }])]
    : [];
  return ['--host', host, ...where, ...args];
}

/** How a command will look in the evidence. */
export function predictedDocker(place: ComposePlace, command: Docker): PredictedCall {
  const words = dockerArguments(place, command).map((argument) => (typeof argument === 'string' ? argument : argument.value));
  return { call: ['docker', ...words].join(' '), args: ['docker', ...words] };
}

/** Runs docker without a shell. A failure says in its class whether the change may have happened. */
export async function docker(place: ComposePlace, command: Docker): Promise<CommandResult> {
  const { kind, timeoutMs = commandMs, tail } = command;
  const env = surroundings(passedOn);
  try {
    return await runCommand({
      ...{ file: 'docker', args: dockerArguments(place, command), kind, timeoutMs, env },
      ...(tail ? {} : { wholeStdout: mostBytes }),
    });
  } catch (error) {
    throw error instanceof CommandFailed && error.exitCode !== undefined ? sorted(error) : error;
  }
}

/** The same for a command that answers JSON: one value, or one in each line. Throws Permanent when the answer is not as it must be. */
export async function dockerJson<T extends z.ZodType>(place: ComposePlace, schema: T, command: Docker): Promise<z.output<T>[]> {
  const { stdout } = await docker(place, command);
  const parsed = z.array(schema).safeParse(jsonOf(stdout));
  if (parsed.success) return parsed.data;
  throw failure(Failure.Permanent, `docker answered something else than was asked for: ${z.prettifyError(parsed.error)}`);
}

function jsonOf(text: string): unknown {
  const parsed = parse(text);
  if (parsed !== undefined) return Array.isArray(parsed) ? parsed : [parsed];
  return text.split('\n').filter(Boolean).map(parse);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** docker ends with 1 whatever happened: only its words tell. */
function sorted(error: CommandFailed): Error {
  const words = error.message;
  const code = error.exitCode!;
  if (code === 125 && /unknown (shorthand )?flag|is not a docker command|Usage:/i.test(words))
    return new CommandFailed(
      'docker compose is missing on the machine that Muster runs on: install its plugin (docker-compose-plugin)',
      code,
    );
  const means = (verdict: 'retry' | 'unknown') => new CommandFailed(words, code, { [code]: verdict });
  // Somebody else has changed it meanwhile, or nobody was there to hear it.
  if (
    /cannot connect to the docker daemon|connection refused|no such host|no such (container|object)|already in progress|marked for removal|is already in use by container/i.test(
      words,
    )
  )
    return means('retry');
  if (/deadline exceeded|Client\.Timeout|i\/o timeout|unexpected EOF|: EOF|connection reset|broken pipe|error during connect/i.test(words))
    return means('unknown');
  return error;
}
