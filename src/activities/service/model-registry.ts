import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import {
  bearer,
  failure,
  heartbeat,
  HttpAnswer,
  inRegion,
  jsonOf,
  named,
  fetchUrl,
  needed,
  observed,
  request,
  requestGood,
  resolved,
  short,
} from '../kit/index.ts';

export interface ModelVersion {
  version: string;
  /** `sha256:` of the artefact, as the registry says it. */
  digest: string;
  schema: string;
  /** ISO 8601. */
  at: string;
}

export interface ModelState {
  serving: { version: string; digest: string };
  /** Newest first. */
  versions: ModelVersion[];
}

export interface ArtefactSeen {
  /** `sha256:` of what is really there. */
  digest: string;
  bytes: number;
  /** It is what the registry says. */
  intact: boolean;
}

/** One golden input, with what came of it. */
export interface GoldenAnswer {
  name: string;
  good: boolean;
  detail: string;
}

type Model = NonNullable<Environment['services'][string]['model']>;
export interface ModelPlace extends Model {
  /** Of the registry, with the region in it. */
  at: string;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const version = z.object({ version: z.string().min(1), digest, schema: z.string(), at: z.string(), artefact: z.string() });
const answer = z.object({ serving: z.object({ version: z.string(), digest: z.string() }), versions: z.array(version) });
const mostBytes = 32 * 1024 ** 3;
const artefactMs = 50 * 60_000;

/** The model of a service in a region. Throws InvalidInput when the environment names none. */
export function modelOf(environment: Environment, { service, region }: ServiceRegion): ModelPlace {
  const { model, regions } = named(environment.services, service, 'service');
  named(regions, region, `region of ${service}`);
  const found = needed(model, `a model of ${service}`);
  const here = (text: string) => inRegion(resolved(text), region);
  return { ...found, at: here(found.registry.url), predict: here(found.predict) };
}

async function registryOf({ at, registry }: ModelPlace): Promise<z.output<typeof answer>> {
  const parsed = answer.safeParse(jsonOf(await requestGood({ url: at, headers: bearer(registry.token), kind: 'read' })));
  if (parsed.success) return parsed.data;
  throw failure(Failure.Permanent, `the registry ${at} answers something else than models: ${short(z.prettifyError(parsed.error), 300)}`);
}

/** What is served, and what could be. */
export async function readRegistry(place: ModelPlace): Promise<ModelState> {
  const { serving, versions } = await registryOf(place);
  const sorted = versions.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return { serving, versions: sorted.map(({ artefact: _, ...told }) => told) };
}

/** Reads an artefact whole and reckons its checksum, without keeping it. Throws InvalidInput for a version that is not there. */
export async function readArtefact(place: ModelPlace, wanted: string): Promise<ArtefactSeen> {
  const { versions } = await registryOf(place);
  const found = versions.find((one) => one.version === wanted);
  if (!found) throw failure(Failure.InvalidInput, `the registry has no version ${JSON.stringify(wanted)}`);
  const url = new URL(found.artefact, place.at);
  // The token of the registry is for the registry, and nothing else is asked because it says so.
  if (url.origin !== new URL(place.at).origin) throw failure(Failure.RefusedBySafetyRule, `the artefact of ${wanted} is on another host`);
  return observed(
    { tool: 'http', call: `GET ${url.href}`, kind: 'read' },
    () => hash(url.href, place, found.digest),
    ({ digest: seen, bytes, intact }) => ({ outcome: `${bytes} bytes, ${seen}`, ok: intact }),
  );
}

async function hash(url: string, { registry }: ModelPlace, said: string): Promise<ArtefactSeen> {
  const response = await fetchUrl(url, { headers: bearer(registry.token), signal: AbortSignal.timeout(artefactMs) });
  if (!response.ok) throw new HttpAnswer(`GET ${url} answered ${response.status}`, response.status);
  const sum = createHash('sha256');
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    heartbeat();
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw failure(Failure.Permanent, `the artefact is longer than ${mostBytes} bytes`);
    sum.update(chunk);
  }
  const seen = `sha256:${sum.digest('hex')}`;
  return { digest: seen, bytes, intact: seen === said };
}

/** Asks the service itself for every golden input. No answer, and a number that is missing, are wrong answers. */
export function askGolden({ golden, predict: url }: ModelPlace): Promise<GoldenAnswer[]> {
  return Promise.all(
    golden.map(async ({ name, input, answer: known, tolerance }): Promise<GoldenAnswer> => {
      try {
        const result = await request({ method: 'POST', url, body: input, kind: 'read' });
        if (!result.ok) return { name, good: false, detail: `answered ${result.status}` };
        const given = jsonOf(result) as Record<string, unknown> | null;
        const wrong = Object.entries(known).filter(([key, value]) => !isNear(given?.[key], value, tolerance));
        const said = wrong.map(([key, value]) => `${key} is ${short(JSON.stringify(given?.[key]) ?? 'missing', 60)}, not ${value}`);
        return { name, good: wrong.length === 0, detail: said.join(', ') || 'as known' };
      } catch (error) {
        return { name, good: false, detail: short((error as Error).message, 200) };
      }
    }),
  );
}

const isNear = (given: unknown, known: number, tolerance: number): boolean =>
  typeof given === 'number' && Math.abs(given - known) <= tolerance;
