import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Below the ports that systems hand out for outgoing connections: a port of a lost region must still be free when it comes back.
const lowest = 15_000;
const highest = 32_000;
/** A file for each port that is given away: what is to listen on it may only start seconds later. */
const marks = join(tmpdir(), `muster-ports-${process.getuid?.() ?? 'any'}`);
const taken: string[] = [];
process.once('exit', () => taken.forEach((mark) => rmSync(mark, { force: true })));

/** A loopback port that nobody uses; never the same one twice while the process that asked for it lives, whoever else asks. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (take(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port between ${lowest} and ${highest} on 127.0.0.1`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function take(port: number): boolean {
  mkdirSync(marks, { recursive: true, mode: 0o700 });
  const mark = join(marks, String(port));
  try {
    const file = openSync(mark, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Of a process that was killed: free for the next who draws it, so that two who look at it now do not both take it.
    if (!lives(mark)) rmSync(mark, { force: true });
    return false;
  }
  taken.push(mark);
  return true;
}

function lives(mark: string): boolean {
  try {
    const owner = Number(readFileSync(mark, 'utf8'));
    // Empty: its owner is just writing it.
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
