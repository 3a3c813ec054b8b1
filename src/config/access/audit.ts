import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { userInfo } from 'node:os';
import { canonicalJson } from '../../workflows/canonical-json.ts';
import { homeFolder } from '../home.ts';
import { alone } from './private-file.ts';

/** An act that changes who may do what. */
export interface Act {
  /** `token created`, `token revoked`. */
  what: string;
  environment: string;
  /** Who did it, as this machine knows them. */
  by: string;
  about: Record<string, string | null>;
}

export interface AuditEntry extends Act {
  at: string;
  /** Hash of the entry before; of the first one `none`. */
  before: string;
  hash: string;
}

export interface AuditVerdict {
  entries: number;
  /** Hash of the newest entry: whoever noted it sees when entries at the end are gone. */
  head: string;
  /** What is wrong, with its line; undefined when the chain is whole. */
  problem?: string;
}

/** The audit of a home. */
export const auditFile = (env: NodeJS.ProcessEnv = process.env): string => join(homeFolder(env), 'audit.jsonl');

const first = 'none';

/** Adds one act to the end of the audit. Throws when the last entry there cannot be read. */
export function writeAudit(act: Act, env: NodeJS.ProcessEnv = process.env): void {
  const file = auditFile(env);
  mkdirSync(dirname(file), { recursive: true });
  alone(file, () => {
    const lines = linesOf(file);
    const last = lines.at(-1);
    const entry = { ...act, at: new Date().toISOString(), before: last === undefined ? first : entryIn(last, file, lines.length).hash };
    appendFileSync(file, `${JSON.stringify({ ...entry, hash: hashOf(entry) })}\n`, { mode: 0o600, flush: true });
  });
}

/** Looks whether every entry is as it was written, and follows the one before it. */
export function verifyAudit(env: NodeJS.ProcessEnv = process.env): AuditVerdict {
  const file = auditFile(env);
  let head = first;
  const lines = linesOf(file);
  for (const [index, line] of lines.entries()) {
    try {
      const { hash, ...said } = entryIn(line, file, index + 1);
      if (said.before !== head) throw new Error(`line ${index + 1} does not follow the one before it`);
      if (hash !== hashOf(said)) throw new Error(`line ${index + 1} is not as it was written`);
      head = hash;
    } catch (error) {
      return { entries: index, head, problem: (error as Error).message };
    }
  }
  return { entries: lines.length, head };
}

/** Who uses this machine's account: nobody else can say who acts on its files. */
export function whoActs(): string {
  try {
    return `${userInfo().username} on this machine`;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'} on this machine`;
  }
}

function linesOf(file: string): string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

const hashOf = (entry: Omit<AuditEntry, 'hash'>): string => createHash('sha256').update(canonicalJson(entry)).digest('hex');

function entryIn(line: string, file: string, number: number): AuditEntry {
  try {
    const entry = JSON.parse(line) as AuditEntry;
    if (typeof entry.hash === 'string') return entry;
  } catch {
    // Said below, the same way.
  }
  throw new Error(`line ${number} of ${file} is no entry of an audit`);
}
