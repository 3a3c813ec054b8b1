import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { toolPath } from '../../../src/config/tools.ts';

export interface Service {
  image?: string;
  build?: { context: string };
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: (string | { type: string; source: string; target: string })[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  profiles?: string[];
}

export interface ComposeFile {
  services: Record<string, Service>;
  volumes?: Record<string, unknown>;
}

const strictly =
  'import sys; from compose_spec import PyCompose; file = PyCompose.from_yaml(sys.stdin.read()); file.validate(); print(file.to_json())';

/** Parses a compose file as Compose does: podman-compose fills the variables in and merges, compose_spec checks every key and value. Rejects with what they say. */
export async function parseCompose(file: string, variables: Record<string, string>): Promise<ComposeFile> {
  const podmanCompose = toolPath('podman-compose');
  const env = { PATH: process.env['PATH'], ...variables };
  const merged = await output(podmanCompose, ['--dry-run', '--profile', 'range', '-f', file, 'config'], { env, cwd: dirname(file) });
  const checked = await output(join(dirname(podmanCompose), 'python3'), ['-c', strictly], { input: merged });
  return JSON.parse(checked) as ComposeFile;
}

/** Docker's own parser, where it is installed: undefined when it is not, else what it has to say against the file. */
export async function dockerSays(file: string, variables: Record<string, string>): Promise<string[] | undefined> {
  const there = await output('docker', ['compose', 'version'], {}).catch(() => undefined);
  if (there === undefined) return undefined;
  const args = ['compose', '--profile', 'range', '-f', file, 'config', '--quiet'];
  return output('docker', args, { env: { ...process.env, ...variables } }).then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
}

/** Standard output of a program; rejects with the end of all that it said when it fails. */
export function output(program: string, args: string[], { input, ...options }: OutputOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 60_000, maxBuffer: 16 * 1024 * 1024, ...options }, (error, stdout, stderr) =>
      error ? reject(new Error(`${program} failed: ${lastLines(stdout, stderr)}`, { cause: error })) : resolve(stdout),
    );
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}

interface OutputOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** For standard input. */
  input?: string;
  /** In ms; a minute by default. */
  timeout?: number;
}

function lastLines(...texts: string[]): string {
  return texts.flatMap((text) => text.trim().split('\n').slice(-8)).join('\n');
}
