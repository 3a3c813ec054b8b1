import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { CancelledFailure } from '@temporalio/common';
import { execa } from 'execa';
import { Failure } from '../../workflows/failures.ts';
import { CommandFailed, type Verdict } from './classify-failure.ts';
import { failure } from './fail.ts';
import { observed } from './observed.ts';
import { redactText, tail } from './redact.ts';
import { activityContext, currentStep, heartbeat } from './step-context.ts';

/** A fixed word that we write (`rollout`, `--to-revision`), or a value that came from somewhere else. */
export type Argument = string | { value: string };

export interface Command {
  file: string;
  args: readonly Argument[];
  kind: 'read' | 'change';
  timeoutMs: number;
  cwd?: string;
  /** Added to PATH, HOME and LANG, which are all that is passed on. */
  env?: Readonly<Record<string, string>>;
  /** Stdout is answered as it came, to be parsed and never kept: up to so many bytes, more is a failure. */
  wholeStdout?: number;
  /** File that the program reads as its standard input; it gets none otherwise. */
  stdin?: string;
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

const tailBytes = 64 * 1024;
const killAfterMs = 2_000;
const beatMs = 1_000;

/**
 * Runs a program without a shell and answers the end of its output. Cancellation and timeout end its whole process tree.
 * Throws InvalidInput for a dangerous argument, CommandFailed for a bad exit, CancelledFailure when cancelled.
 */
export async function runCommand(command: Command): Promise<CommandResult> {
  const args = command.args.map(checked);
  return observed({ tool: 'command', call: [command.file, ...args].join(' '), args: [command.file, ...args], kind: command.kind }, () =>
    run(command, args),
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
  const { file, timeoutMs, cwd, env, exitCodes, wholeStdout, stdin, stdoutTo } = command;
  // Made before the program starts, so that nobody else can read it for a moment.
  if (stdoutTo !== undefined) await writeFile(stdoutTo, '', { mode: 0o600 });
  const child = execa(file, args, {
    // A group of its own, so that the whole tree can be ended: a signal to the child alone misses its children.
    detached: true,
    stdin: stdin === undefined ? 'ignore' : { file: stdin },
    stdout: stdoutTo === undefined ? 'pipe' : { file: stdoutTo },
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { ...inherited(), ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [stdout, stderr] = [keepTail(child.stdout, wholeStdout), keepTail(child.stderr)];
  const step = currentStep();
  const cancellation = activityContext()?.cancellationSignal;
  let ended: 'timed out' | 'cancelled' | undefined;
  let gone = Promise.resolve();
  const end = (why: 'timed out' | 'cancelled') => {
    if (ended) return;
    ended = why;
    gone = endTree(child);
  };
  const onCancel = () => end('cancelled');
  const timer = setTimeout(() => end('timed out'), timeoutMs);
  const beats = setInterval(() => heartbeat(step), beatMs);
  cancellation?.addEventListener('abort', onCancel);
  if (cancellation?.aborted) onCancel();
  const result = await child;
  clearTimeout(timer);
  clearInterval(beats);
  cancellation?.removeEventListener('abort', onCancel);
  await gone;
  if (ended === 'cancelled') throw new CancelledFailure(`${file} was ended with all its processes, because the step was cancelled`);
  if (ended === 'timed out')
    throw new CommandFailed(`${file} did not end within ${timeoutMs} ms, and was ended with all its processes`, undefined, exitCodes);
  // It could not start, or a file of ours broke under it.
  if (result.failed && !result.exitCode && result.signal === undefined)
    throw result.cause instanceof Error ? result.cause : new Error(result.shortMessage);
  if (result.exitCode !== 0) {
    const how = result.exitCode === undefined ? `was ended by ${result.signal}` : `ended with exit code ${result.exitCode}`;
    throw new CommandFailed(`${file} ${how}: ${tail(stderr.text() || stdout.text(), 1_000)}`, result.exitCode, exitCodes);
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

function inherited(): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'LANG'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Asks the whole group to end, and makes it end after 2 s; resolves when nothing of it runs any more. */
async function endTree(child: { pid?: number | undefined; stdout: Readable; stderr: Readable }): Promise<void> {
  if (child.pid === undefined) return;
  const deadline = Date.now() + killAfterMs;
  for (let alive = signal(child.pid, 'SIGTERM'); alive && Date.now() < deadline; alive = signal(child.pid, 0)) await wait(50);
  signal(child.pid, 'SIGKILL');
  // A process that left the group may still hold the pipes.
  child.stdout.destroy();
  child.stderr.destroy();
}

function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}

function keepTail(stream: Readable, most = tailBytes): { text(): string; raw(): string; bytes(): number } {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    keptBytes += chunk.byteLength;
    kept.push(chunk);
    if (keptBytes < 4 * most) return;
    kept = [Buffer.concat(kept).subarray(-most - 1)];
    keptBytes = kept[0]!.byteLength;
  });
  const raw = () => Buffer.concat(kept).toString('utf8');
  return { text: () => tail(redactText(stripVTControlCharacters(raw())), tailBytes), raw, bytes: () => bytes };
}
