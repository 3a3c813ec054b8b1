import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cloneFolder } from '../config/tools.ts';

const sessionSchema = z.object({
  pid: z.int().positive(),
  api: z.string(),
  temporal: z.object({ address: z.string(), namespace: z.string(), ui: z.string().optional() }),
  range: z.object({ control: z.string() }).optional(),
  environmentFile: z.string(),
  archive: z.string(),
  /** Of the person who started it. */
  token: z.string().optional(),
  /** By subject; the practice range's people only. */
  tokens: z.record(z.string(), z.string()).optional(),
});

/** What a running `muster up` tells the other commands. */
export type Session = z.output<typeof sessionSchema>;

/** The folder of local state: MUSTER_HOME, or `.muster` in the clone. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['MUSTER_HOME'] ?? join(cloneFolder, '.muster');
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
  const parsed = sessionSchema.safeParse(parseJson(text));
  return parsed.success && isRunning(parsed.data.pid) ? parsed.data : undefined;
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
