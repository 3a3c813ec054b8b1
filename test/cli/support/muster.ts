import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as people do, without a terminal; nothing of this machine's own Muster or Temporal is known to it. */
export function muster(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Said> {
  const entry = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
  const env = { PATH: process.env['PATH'], HOME: '/nowhere', ...variables };
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
