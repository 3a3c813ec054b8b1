import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

// Handed over as text: another user may not be able to read our folder.
const wrapper = readFileSync(new URL('./tethered.sh', import.meta.url), 'utf8');

export interface TetheredOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Another user to run as, for programs that refuse to run as root. */
  uid?: number;
  gid?: number;
  /** Signal that asks the program to end; KILL follows after five seconds. */
  stopSignal?: 'TERM' | 'INT' | 'QUIT';
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface Tethered {
  /** Id of the wrapper; the program is its child. */
  readonly pid: number;
  /** Settles with the exit code when the program has ended. */
  readonly ended: Promise<number | null>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a long-lived program that cannot outlive us: a pipe that closes with our process ends it, even after SIGKILL. */
export function startTethered(command: string, args: readonly string[], options: TetheredOptions = {}): Tethered {
  const child = spawn('/bin/sh', ['-c', wrapper, 'tethered', options.stopSignal ?? 'TERM', command, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  forwardLines(child, options.onLine ?? (() => undefined));
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  return {
    pid: child.pid ?? -1,
    ended,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

function forwardLines(child: ChildProcess, onLine: NonNullable<TetheredOptions['onLine']>): void {
  for (const name of ['stdout', 'stderr'] as const) {
    let rest = '';
    child[name]!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) onLine(line, name);
    });
  }
}
