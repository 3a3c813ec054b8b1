import { mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { resolveReference, type Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { sha256Of } from '../postgres/index.ts';
import { currentStep, failure, heartbeat, type HostPlace } from '../kit/index.ts';
import { ssh, type Remote } from './ssh.ts';

/** A copy in the archive. */
export interface LogCopy {
  file: string;
  bytes: number;
  sha256: string;
}

/** A new file in the archive for what is about to go; no two attempts share one, so that none is ever written over. */
export async function copyFile(environment: Environment, name: string): Promise<string> {
  const { operationId, attempt, runId } = currentStep();
  const folder = join(resolve(resolveReference(environment.archive.folder)), 'logs', runId.replace(/[^A-Za-z0-9._-]/g, '-'));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw failure(Failure.Permanent, `the archive ${folder} cannot be written: ${(error as Error).message}`);
  }
  return join(folder, `${operationId.slice(0, 12)}-${attempt}-${Date.now()}-${basename(name)}`);
}

/** Keeps what a command prints. Throws Transient when fewer bytes arrived than there must be. */
export async function keepOutput(host: HostPlace, of: (file: string) => Remote, file: string, least: number): Promise<LogCopy> {
  await ssh(host, { ...of(file), stdoutTo: file });
  const { size } = await stat(file);
  const step = currentStep();
  if (size < least) throw failure(Failure.Transient, `only ${size} of ${least} bytes arrived in ${file}`);
  const beats = setInterval(() => heartbeat(step), 1_000);
  try {
    return { file, bytes: size, sha256: (await sha256Of(file)).sha256 };
  } finally {
    clearInterval(beats);
  }
}
