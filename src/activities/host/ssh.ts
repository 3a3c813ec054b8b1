import { Failure } from '../../workflows/failures.ts';
import { CommandFailed, type CommandResult, failure, type HostPlace, type PredictedCall, runCommand } from '../kit/index.ts';

/** A command of a host: which program with which words, never a line for a shell. */
export interface Remote {
  kind: 'read' | 'change';
  words: readonly string[];
  /** Needs root there. */
  asRoot?: boolean;
  /** What the program reads as its standard input. */
  input?: string;
  /** For the program on the host, in whole seconds; 10 by default. */
  seconds?: number;
  /** Stdout as it came, up to so many bytes; its redacted end otherwise. */
  wholeStdout?: number;
  /** File of ours that takes stdout. */
  stdoutTo?: string;
}

const connectSeconds = 10;
const addressPattern = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9a-f:]{2,45}$/i;

/** Nothing of the user's own configuration, no agent, no forwarding, no question, no other host key than the known ones. */
const options = [
  ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'GlobalKnownHostsFile=/dev/null', 'UpdateHostKeys=no', 'IdentitiesOnly=yes'],
  ...['IdentityAgent=none', 'PreferredAuthentications=publickey', 'ForwardAgent=no', 'ForwardX11=no', 'ClearAllForwardings=yes'],
  ...['PermitLocalCommand=no', 'ControlMaster=no', 'ControlPath=none', 'EscapeChar=none', 'LogLevel=ERROR'],
  ...[`ConnectTimeout=${connectSeconds}`, 'ConnectionAttempts=1', 'ServerAliveInterval=5', 'ServerAliveCountMax=2'],
];

/** One word for the shell at the other end, which then means just itself. Throws InvalidInput for control characters. */
export function quoted(word: string): string {
  if (/\p{Cc}/u.test(word)) throw failure(Failure.InvalidInput, `a word for the host holds control characters: ${JSON.stringify(word)}`);
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The options that every connection has; a path is only ever the value of one. */
export function sshOptions({ identity, knownHosts }: HostPlace): string[] {
  for (const path of [identity, knownHosts])
    if (!/^\/[\w./@+-]*$/.test(path)) throw failure(Failure.InvalidInput, `${JSON.stringify(path)} is no path for ssh, use a whole one`);
  return [...options, `UserKnownHostsFile=${knownHosts}`, `IdentityFile=${identity}`];
}

/** The arguments of ssh for a command. Throws InvalidInput for hostile names. */
export function sshArguments(host: HostPlace, { words, asRoot = false, seconds = 10 }: Remote): string[] {
  if (!addressPattern.test(host.address)) throw failure(Failure.InvalidInput, `${JSON.stringify(host.address)} is no address of a host`);
  const root = asRoot && host.user !== 'root' ? ['sudo', '-n'] : [];
  // The limit holds on the host too: what is cut off from us would go on there.
  const limited = ['env', 'LC_ALL=C', 'TZ=UTC', 'timeout', '--kill-after=2', String(seconds), ...root, ...words];
  const where = ['-p', String(host.port), '-l', host.user, '--', host.address];
  return ['-F', 'none', '-T', ...sshOptions(host).flatMap((option) => ['-o', option]), ...where, limited.map(quoted).join(' ')];
}

/** How a command will look in the evidence. */
export function predictedSsh(host: HostPlace, command: Remote): PredictedCall {
  const args = ['ssh', ...sshArguments(host, command)];
  return { call: args.join(' '), args: [...args, ...(command.input === undefined ? [] : [`< ${command.input}`])] };
}

/** Runs a command on a host. A failure says in its class whether the change may have happened. */
export async function ssh(host: HostPlace, command: Remote): Promise<CommandResult> {
  const { kind, seconds = 10, input, wholeStdout, stdoutTo } = command;
  try {
    return await runCommand({
      ...{ file: 'ssh', args: sshArguments(host, command), kind, timeoutMs: (seconds + connectSeconds + 5) * 1_000 },
      ...(input === undefined ? {} : { input }),
      ...(wholeStdout === undefined ? {} : { wholeStdout }),
      ...(stdoutTo === undefined ? {} : { stdoutTo }),
    });
  } catch (error) {
    throw error instanceof CommandFailed ? sorted(host, error) : error;
  }
}

/** The same, or undefined when the program itself ended with one of these codes: what it looked for is not there. */
export async function sshUnless(host: HostPlace, command: Remote, codes: readonly number[]): Promise<CommandResult | undefined> {
  return ssh(host, command).catch((error: unknown) => {
    const ended = error instanceof CommandFailed && error.exitCode !== undefined && codes.includes(error.exitCode);
    if (ended && !/\bsudo: /.test(error.message)) return undefined;
    throw error;
  });
}

/** ssh ends with 255 whatever went wrong with the connection: only its words tell. */
function sorted({ address }: HostPlace, error: CommandFailed): Error {
  if (error.exitCode !== 255) return error;
  const words = `${address}: ${error.message}`;
  if (/connect to (host|address)|Could not resolve|banner exchange|kex_exchange_identification/i.test(words))
    return new CommandFailed(words, 255, { 255: 'retry' });
  if (/Host key verification failed|Permission denied|REMOTE HOST IDENTIFICATION|Load key|no such identity/i.test(words))
    return new CommandFailed(words, 255, { 255: 'permanent' });
  return new CommandFailed(words, 255, { 255: 'unknown' });
}
