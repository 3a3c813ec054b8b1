import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { environmentSchema, type Environment } from './schema.ts';

export type { Environment } from './schema.ts';

/** The file is not a valid environment; the message holds every error with `file:line:column`. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/** Reads and checks one environment file. Throws EnvironmentError naming every mistake at once. */
export async function loadEnvironment(path: string): Promise<Environment> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new EnvironmentError(`${path}: cannot be read: ${(cause as Error).message}`);
  });
  return parseEnvironment(text, path);
}

/** The same for a text that is already at hand; `file` is used in messages only. */
export function parseEnvironment(text: string, file: string): Environment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new EnvironmentError(document.errors.map((error) => `${at(error.pos[0])} ${error.message}`).join('\n'));
  }
  const parsed = environmentSchema.safeParse(document.toJS({ maxAliasCount: 50 }));
  const problems = parsed.success ? crossCheck(parsed.data) : flatten(parsed.error.issues);
  if (problems.length > 0 || !parsed.success) {
    throw new EnvironmentError(
      problems.map(({ path, message }) => `${at(offsetOf(document, path))} /${path.join('/')} ${message}`).join('\n'),
    );
  }
  return parsed.data;
}

interface Problem {
  path: PropertyKey[];
  message: string;
}

function flatten(issues: z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
      : [{ path: issue.path, message: issue.message }],
  );
}

/** What a schema cannot say: every name that refers to something must find it. */
function crossCheck(environment: Environment): Problem[] {
  const problems: Problem[] = [];
  const mustKnow = (known: object, key: string, path: PropertyKey[], what: string) => {
    if (!Object.hasOwn(known, key)) problems.push({ path, message: `names the ${what} ${key}, which is not in this file` });
  };
  const regionsKnown = (regional: object, path: PropertyKey[]) => {
    for (const key of Object.keys(regional)) mustKnow(environment.regions, key, [...path, key], 'region');
  };
  for (const [key, service] of Object.entries(environment.services)) {
    mustKnow(environment.databases, service.database, ['services', key, 'database'], 'database');
    mustKnow(environment.dns, service.dns, ['services', key, 'dns'], 'dns entry');
    regionsKnown(service.regions, ['services', key, 'regions']);
    regionsKnown(service.consumers ?? {}, ['services', key, 'consumers']);
  }
  for (const [key, database] of Object.entries(environment.databases)) regionsKnown(database.regions, ['databases', key, 'regions']);
  for (const [key, cluster] of Object.entries(environment.clusters)) {
    regionsKnown(cluster.regions, ['clusters', key, 'regions']);
    if (cluster.service !== undefined) mustKnow(environment.services, cluster.service, ['clusters', key, 'service'], 'service');
  }
  for (const [key, dns] of Object.entries(environment.dns)) {
    regionsKnown(dns.sets, ['dns', key, 'sets']);
    if (dns.traffic.by === 'route53-records') continue;
    const inRegions = dns.traffic.by === 'arc-routing-control' ? 'controls' : 'switches';
    const places: object = dns.traffic.by === 'arc-routing-control' ? dns.traffic.controls : dns.traffic.switches;
    regionsKnown(places, ['dns', key, 'traffic', inRegions]);
    if (Object.keys(places).length === 0)
      problems.push({ path: ['dns', key, 'traffic', inRegions], message: 'must name at least one region' });
    if (dns.strategy !== 'failover') problems.push({ path: ['dns', key, 'strategy'], message: `must be failover with ${dns.traffic.by}` });
  }
  const { stages } = environment.failover;
  if (stages.at(-1) !== 100 || stages.some((share, index) => index > 0 && share <= stages[index - 1]!)) {
    problems.push({ path: ['failover', 'stages'], message: 'must rise and end with 100' });
  }
  return problems;
}

/** The offset of the deepest part of a path that the file has. */
function offsetOf(document: Document, path: PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = isMap(parent) ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path[length - 1])?.key : undefined;
    if (isScalar(key) && key.range) return key.range[0];
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)) return node.range[0] as number;
  }
  return undefined;
}

/** Follows `env:NAME` and `file:PATH`; any other text is its own value. Throws when what it names is not there. */
export function resolveReference(reference: string, env: NodeJS.ProcessEnv = process.env): string {
  if (reference.startsWith('env:')) {
    const name = reference.slice('env:'.length);
    const value = env[name];
    if (value === undefined || value === '')
      throw new EnvironmentError(`the variable ${name} is not set, and the environment file refers to it`);
    return value;
  }
  if (reference.startsWith('file:')) {
    const path = reference.slice('file:'.length);
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (cause) {
      throw new EnvironmentError(`${path} cannot be read, and the environment file refers to it: ${(cause as Error).message}`);
    }
  }
  return reference;
}
