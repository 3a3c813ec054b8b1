import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { crossCheck, type Problem } from './cross-check.ts';
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
  const written: unknown = document.toJS({ maxAliasCount: 50 });
  const parsed = environmentSchema.safeParse(written);
  const problems = [...(parsed.success ? [] : flatten(parsed.error.issues)), ...crossCheck(written)];
  if (problems.length > 0 || !parsed.success) {
    const placed = problems.map((problem) => ({ ...problem, offset: offsetOf(document, problem.path) ?? 0 }));
    const sentences = placed
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, path, message }) => `${at(offset)} /${path.join('/')} ${message}`);
    throw new EnvironmentError([...new Set(sentences)].join('\n'));
  }
  return parsed.data;
}

function flatten(issues: z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
      : [{ path: issue.path, message: issue.message }],
  );
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

/** Follows `env:NAME`, `env:NAME/path/below` and `file:PATH`; any other text is its own value. Throws when what it names is not there. */
export function resolveReference(reference: string, env: NodeJS.ProcessEnv = process.env): string {
  if (reference.startsWith('env:')) {
    const [, name = '', path = ''] = /^([^/]*)(\/.*)?$/s.exec(reference.slice('env:'.length)) ?? [];
    const value = env[name];
    if (value === undefined || value === '')
      throw new EnvironmentError(`the variable ${name} is not set, and the environment file refers to it`);
    return path === '' ? value : `${value.replace(/\/+$/, '')}${path}`;
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
