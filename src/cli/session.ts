import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../config/home.ts';

export { homeFolder };

/** What a running `muster up` tells the other commands. */
export interface Session {
  pid: number;
  api: string;
  temporal: { address: string; namespace: string; ui?: string | undefined };
  range?: { control: string } | undefined;
  environmentFile: string;
  archive: string;
  /** Of the person who started it. */
  token?: string | undefined;
  /** By subject; the practice range's people only. */
  tokens?: Record<string, string> | undefined;
}

const sessionFile = (home: string) => join(home, 'session.json');

/** The session of a `muster up` that still runs; undefined when there is none. */
export function readSession(home: string): Session | undefined {
  let text: string;
  try {
    text = readFileSync(sessionFile(home), 'utf8');
  } catch {
    return undefined;
  }
  const session = parseJson(text);
  return isSession(session) && isRunning(session.pid) ? session : undefined;
}

/** Writes the session for the other commands; only the owner may read it, because it holds tokens. */
export function writeSession(home: string, session: Session): void {
  mkdirSync(home, { recursive: true });
  const fresh = `${sessionFile(home)}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(session, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, sessionFile(home));
}

/** Removes the session; other commands then no longer find us. */
export function removeSession(home: string): void {
  rmSync(sessionFile(home), { force: true });
}

/** Whether a process with this id is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** By hand: every command reads it, and shall not wait for a library that checks more. */
function isSession(value: unknown): value is Session {
  const { pid, api, temporal, environmentFile, archive } = (value ?? {}) as Partial<Record<keyof Session, unknown>>;
  const { address, namespace } = (temporal ?? {}) as Record<string, unknown>;
  const texts = [api, environmentFile, archive, address, namespace];
  return Number.isInteger(pid) && Number(pid) > 0 && texts.every((text) => typeof text === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
