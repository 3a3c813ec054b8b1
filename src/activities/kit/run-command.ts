import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { CancelledFailure } from '@temporalio/common';
import { execa } from 'execa';
import { Failure } from '../../workflows/failures.ts';
import { CommandFailed, type Verdict } from './classify-failure.ts';
import { failure } from './fail.ts';
import { keepTail } from './kept-output.ts';
import { finding, observed } from './observed.ts';
import { endTree, treeMark } from './process-tree.ts';
import { tail } from './redact.ts';
import { activityContext, currentStep, heartbeat } from './step-context.ts';

/** A fixed word that we write (`rollout`, `--to-revision`), or a value that came from somewhere else. */
export type Argument = string | { value: string };

export interface Command {
  file: string;
  args: readonly Argument[];
  kind: 'read' | 'change';
  timeoutMs: number;
  cwd?: string;
  /** Added to PATH, HOME, LANG and the command's own mark, which are all that is passed on. */
  env?: Readonly<Record<string, string>>;
  /** Stdout is answered as it came, to be parsed and never kept: up to so many bytes, more is a failure. */
  wholeStdout?: number;
  /** File that the program reads as its standard input; it gets none otherwise. */
  stdin?: string;
  /** The same, as a text of ours; it is kept as evidence. */
  input?: string;
  /** File, made anew and readable by us only, that takes the standard output whole; then nothing of it is answered but its size. */
  stdoutTo?: string;
  /** What an exit code of this program means, where it differs from the common table. */
  exitCodes?: Readonly<Record<number, Verdict>>;
}

export interface CommandResult {
  /** The last 64 KB, without control sequences and secrets. */
  stdout: string;
  stderr: string;
  /** How much there was. */
  stdoutBytes: number;
  stderrBytes: number;
}

const beatMs = 1_000;
/** What still holds the output of a program that has ended is waited for so long. */
const lingerMs = 1_000;

type Ended = 'timed out' | 'cancelled' | 'said too much';

/**
 * Runs a program without a shell and answers the end of its output. Cancellation and timeout end its whole process tree; what a program
 * leaves running when it ends is ended too.
 * Throws InvalidInput for a dangerous argument, CommandFailed for a bad exit, CancelledFailure when cancelled.
 */
export async function runCommand(command: Command): Promise<CommandResult> {
  const args = command.args.map(checked);
  const given = command.input === undefined ? [] : [`< ${command.input}`];
  return observed(
    { tool: 'command', call: [command.file, ...args].join(' '), args: [command.file, ...args, ...given], kind: command.kind },
    () => run(command, args),
  );
}

function checked(argument: Argument): string {
  const text = typeof argument === 'string' ? argument : argument.value;
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw failure(Failure.InvalidInput, `an argument holds control characters: ${JSON.stringify(text)}`);
  if (typeof argument !== 'string' && text.startsWith('-')) {
    throw failure(Failure.InvalidInput, `a value may not start with "-", it would be taken for an option: ${text}`);
  }
  return text;
}

async function run(command: Command, args: readonly string[]): Promise<CommandResult> {
  const { file, timeoutMs, cwd, env, exitCodes, wholeStdout, stdin, input, stdoutTo } = command;
  // Made before the program starts, so that nobody else can read it for a moment.
  if (stdoutTo !== undefined) await writeFile(stdoutTo, '', { mode: 0o600 });
  const mark = randomUUID();
  const child = execa(file, args, {
    // A group of its own, so that the whole tree can be ended: a signal to the child alone misses its children.
    detached: true,
    stdin: input !== undefined ? 'pipe' : stdin === undefined ? 'ignore' : { file: stdin },
    ...(input === undefined ? {} : { input }),
    stdout: stdoutTo === undefined ? 'pipe' : { file: stdoutTo },
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { ...inherited(), ...env, [treeMark]: mark },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const step = currentStep();
  const cancellation = activityContext()?.cancellationSignal;
  let ended: Ended | undefined;
  let cutOff = false;
  let gone: Promise<boolean> = Promise.resolve(false);
  const endProcesses = async () => child.pid !== undefined && endTree(child.pid, mark);
  const letGo = () => {
    cutOff = true;
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const endAll = async () => {
    const any = await endProcesses();
    // Whoever cannot be ended may still hold the pipes.
    letGo();
    return any;
  };
  const end = (why: Ended) => {
    if (ended) return;
    ended = why;
    gone = endAll();
  };
  // A read that says more than can be used may be ended; a change goes on, whatever it says.
  const onOver = () => (command.kind === 'read' && wholeStdout !== undefined ? end('said too much') : undefined);
  const [stdout, stderr] = [keepTail(child.stdout, wholeStdout, onOver), keepTail(child.stderr)];
  const onCancel = () => end('cancelled');
  const timer = setTimeout(() => end('timed out'), timeoutMs);
  let linger: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    // What is still on its way into a file has the command's whole time; the pipes of the rest are closed by the end of those who hold them.
    if (stdoutTo !== undefined) return;
    clearTimeout(timer);
    linger = setTimeout(() => {
      gone = gone.then(endProcesses);
      linger = setTimeout(letGo, 2 * lingerMs);
    }, lingerMs);
  });
  const beats = setInterval(() => heartbeat(step), beatMs);
  cancellation?.addEventListener('abort', onCancel);
  if (cancellation?.aborted) onCancel();
  const result = await child;
  clearTimeout(timer);
  clearTimeout(linger);
  clearInterval(beats);
  cancellation?.removeEventListener('abort', onCancel);
  const leftBehind = (await gone) || (await endProcesses());
  const exitCode = result.exitCode ?? (cutOff ? (child.exitCode ?? undefined) : undefined);
  if (ended === 'cancelled') throw new CancelledFailure(`${file} was ended with all its processes, because the step was cancelled`);
  if (ended === 'timed out')
    throw new CommandFailed(`${file} did not end within ${timeoutMs} ms, and was ended with all its processes`, undefined, exitCodes);
  if (ended === undefined && leftBehind) finding('processes left behind', `${file} left processes running, which were ended`);
  // It could not start, or a file of ours broke under it.
  if (result.failed && !exitCode && result.signal === undefined && !cutOff)
    throw result.cause instanceof Error ? result.cause : new Error(result.shortMessage);
  if (exitCode !== 0 && ended === undefined) {
    const how = exitCode === undefined ? `was ended by ${result.signal}` : `ended with exit code ${exitCode}`;
    throw new CommandFailed(`${file} ${how}: ${tail(stderr.text() || stdout.text(), 1_000)}`, exitCode, exitCodes, {
      stdout: tail(stdout.text(), 1_000),
      stderr: tail(stderr.text(), 1_000),
    });
  }
  if (wholeStdout !== undefined && stdout.bytes() > wholeStdout)
    throw new CommandFailed(`${file} answered more than ${wholeStdout} bytes`, 0, { 0: 'permanent' });
  return {
    stdout: stdoutTo !== undefined ? '' : wholeStdout === undefined ? stdout.text() : stdout.raw(),
    stderr: stderr.text(),
    stdoutBytes: stdout.bytes(),
    stderrBytes: stderr.bytes(),
  };
}

const inherited = () => surroundings(['PATH', 'HOME', 'LANG']);

/** Those of our own variables that a program is given by name; no other ever reaches it. */
export function surroundings(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
