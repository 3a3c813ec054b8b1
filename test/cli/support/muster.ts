import { spawn } from 'node:child_process';
import { nodeArguments } from '../../../src/config/tools.ts';

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Nothing of this machine's own Muster or Temporal is known to a command under test. */
const environment = (variables: NodeJS.ProcessEnv) => ({ PATH: process.env['PATH'], HOME: '/nowhere', ...variables });

/** Runs the command line as a process of its own, as people do, but without a terminal. */
export function musterProcess(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Said> {
  const options = { env: environment(variables), stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  const child = spawn(process.execPath, [...nodeArguments('src/cli/main.ts'), ...args], options);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The same within this process, which is ten times as fast; one at a time. */
export async function muster(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Said> {
  const before = { env: process.env, exitCode: process.exitCode };
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.env = environment(variables);
  try {
    // Imported here, so that it is the same module for what commands load late: mocha itself loads tests in another way.
    const { runCommandLine } = await import('../../../src/cli/program.ts');
    const code = await runCommandLine(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = before.env;
    process.exitCode = before.exitCode;
    stdout.restore();
    stderr.restore();
  }
}

/** Keeps what is written to a stream, which for the time is no terminal. */
function capture(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  let text = '';
  const { isTTY } = stream;
  // The stream's own method lies on its prototype: ours hides it, and goes again.
  stream.write = (chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  stream.isTTY = false;
  return {
    text: () => text,
    restore: () => {
      delete (stream as { write?: unknown }).write;
      stream.isTTY = isTTY;
    },
  };
}
