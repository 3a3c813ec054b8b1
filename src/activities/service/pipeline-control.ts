import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { bearer, failure, inRegion, jsonOf, named, needed, requestGood, resolved, short } from '../kit/index.ts';

export type BatchState = 'waiting' | 'working' | 'done' | 'failed' | 'quarantined';

export interface Batch {
  id: string;
  state: BatchState;
  records: number;
  /** Why it failed, in the pipeline's words. */
  problem: string | null;
  /** Key of its last replay. */
  replay: string | null;
}

export interface PipelineState {
  writer: 'running' | 'stopped';
  /** ISO 8601, of the newest data that came through; null when none ever did. */
  newest: string | null;
  /** Records that are there more than once. */
  duplicates: number;
  /** Newest first; at most 200. */
  batches: Batch[];
}

export interface PipelinePlace {
  at: string;
  token: string;
  sources: { name: string; url: string }[];
  freshForMs: number;
}

const batch = z.object({
  id: z.string().min(1).max(200),
  state: z.enum(['waiting', 'working', 'done', 'failed', 'quarantined']),
  records: z.int().min(0),
  problem: z.string().nullable().default(null),
  replay: z.string().nullable().default(null),
});
const answer = z.object({
  writer: z.enum(['running', 'stopped']),
  newest: z.iso.datetime({ offset: true }).nullable(),
  duplicates: z.int().min(0),
  batches: z.array(batch),
});
const mostBatches = 200;

/** The pipeline of a service in a region. Throws InvalidInput when the environment names none. */
export function pipelineOf(environment: Environment, { service, region }: ServiceRegion): PipelinePlace {
  const { pipeline, regions } = named(environment.services, service, 'service');
  named(regions, region, `region of ${service}`);
  const { url, token, sources, freshFor } = needed(pipeline, `a pipeline of ${service}`);
  const here = (text: string) => inRegion(resolved(text), region);
  return { at: here(url).replace(/\/$/, ''), token, sources: sources.map((one) => ({ ...one, url: here(one.url) })), freshForMs: freshFor };
}

/** How it stands. Throws Permanent when the answer is something else. */
export async function readControl({ at, token }: PipelinePlace): Promise<PipelineState> {
  const parsed = answer.safeParse(jsonOf(await requestGood({ url: at, headers: bearer(token), kind: 'read' })));
  if (!parsed.success)
    throw failure(
      Failure.Permanent,
      `the pipeline ${at} answers something else than its state: ${short(z.prettifyError(parsed.error), 300)}`,
    );
  return {
    ...parsed.data,
    batches: parsed.data.batches.slice(0, mostBatches).map((one) => ({ ...one, problem: one.problem && short(one.problem, 500) })),
  };
}

/** The call that says what a part of it shall be. */
export const put = ({ at }: PipelinePlace, path: string, body: object) => ({ call: `PUT ${at}${path}`, args: body });

/** Makes that call. */
export async function send({ at, token }: PipelinePlace, path: string, body: object): Promise<void> {
  await requestGood({ method: 'PUT', url: `${at}${path}`, headers: bearer(token), body, kind: 'change' });
}
