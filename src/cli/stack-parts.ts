import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { workerNodeOptions } from '../config/worker-memory.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../config/temporal.ts';
import type { RangeAddresses } from '../range/contract.ts';
import { keepUp, launchProgram, type Part } from './part.ts';

export interface PartOptions {
  /** Folder for this stack's data and logs. */
  home: string;
  /** Progress, one sentence at a time. */
  log: (line: string) => void;
}

export type TemporalPart = Part<Pick<EmbeddedTemporal, 'address' | 'namespace' | 'uiUrl' | 'ports'>>;
export type ApiPart = Part<{ url: string }>;

const rangeReady = z.object({ ready: z.object({ control: z.string(), variables: z.record(z.string(), z.string()) }) });
const apiReady = z.object({ url: z.string() });

const logFile = (home: string, name: string) => join(home, 'logs', `${name}.log`);

/** The embedded Temporal server, on the same ports after every restart. */
export function startTemporalPart({ home, log, ui }: PartOptions & { ui: boolean }): Promise<TemporalPart> {
  const serverLog = logFile(home, 'temporal');
  const launch = async (before: Pick<EmbeddedTemporal, 'ports'> | undefined) => {
    const server = await startEmbeddedTemporal({
      ...{ folder: join(home, 'temporal'), ui, log: (line) => appendFileSync(serverLog, `${line}\n`) },
      ...(before ? { ports: before.ports } : {}),
    });
    return { ready: server, pid: server.pid, ended: server.ended, stop: () => server.stop() };
  };
  return keepUp({ name: 'Temporal', launch, log });
}

/** The practice range. */
export function startRangePart({ home, log }: PartOptions): Promise<Part<RangeAddresses>> {
  const env = { ...process.env, MUSTER_RANGE_FOLDER: join(home, 'range') };
  const program = { name: 'range', entry: 'src/range/main.ts', env, logFile: logFile(home, 'range'), onProgress: log };
  const launch = () => launchProgram(program, (line) => rangeReady.parse(line).ready);
  return keepUp({ name: 'the range', launch, log, again: false });
}

/** The worker of one environment. */
export function startWorkerPart({ home, log, env }: PartOptions & { env: NodeJS.ProcessEnv }): Promise<Part<unknown>> {
  const limited = { ...env, NODE_OPTIONS: [env['NODE_OPTIONS'], workerNodeOptions].join(' ').trim() };
  const program = { name: 'worker', entry: 'src/worker.ts', env: limited, logFile: logFile(home, 'worker') };
  return keepUp({ name: 'the worker', launch: () => launchProgram(program, (line) => line), log });
}

/** A link that works once would work again, and for as long again, in every API that is told of it. */
export const onlyOnce = (before: object | undefined, signIn: string): NodeJS.ProcessEnv =>
  before === undefined ? { MUSTER_SIGN_IN: signIn } : {};

/** The API, on the same port after every restart. `signIn` is `subject:token` of the one-time link. */
export function startApiPart({ home, log, env, signIn }: PartOptions & { env: NodeJS.ProcessEnv; signIn: string }): Promise<ApiPart> {
  const launch = (before: { url: string } | undefined) => {
    const port = before === undefined ? (env['PORT'] ?? '0') : new URL(before.url).port;
    const program = { name: 'api', entry: 'src/api/server.ts', logFile: logFile(home, 'api') };
    return launchProgram({ ...program, env: { ...env, PORT: port, ...onlyOnce(before, signIn) } }, (line) => apiReady.parse(line));
  };
  return keepUp({ name: 'the API', launch, log });
}
