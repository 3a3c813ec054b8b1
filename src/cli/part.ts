import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cloneFolder, nodeArguments } from '../config/tools.ts';
import { startTethered, type Tethered } from '../tethered.ts';

/** One process of the stack. */
export interface Part<Ready> {
  /** Of the process group, whose first process is the tether and whose second is the part itself. */
  readonly pid: number;
  /** What the part said when it was ready the last time. */
  readonly ready: Ready;
  /** SIGKILL to the part and its tether, as a crash of the machine would do it; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A part that is up: its process, and what it said. */
export interface Running<Ready> {
  ready: Ready;
  pid: number;
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface Keep<Ready> {
  name: string;
  /** Gets what the part said the last time, so that it can take the same port. */
  launch: (before: Ready | undefined) => Promise<Running<Ready>>;
  log: (line: string) => void;
  /** False for a part whose state is gone when it ends. */
  again?: boolean;
}

/** Starts a part, and starts it again when it ends by itself; never after `kill` or `stop`. */
export async function keepUp<Ready>({ name, launch, log, again = true }: Keep<Ready>): Promise<Part<Ready>> {
  let running = await launch(undefined);
  let wanted = true;
  const guard = async (guarded: Running<Ready>) => {
    await guarded.ended;
    if (wanted && !again) return log(`${name} has ended by itself; its log says why`);
    for (let pause = 1_000; wanted && running === guarded; pause = Math.min(pause * 2, 30_000)) {
      log(`${name} has ended by itself and is started again`);
      await delay(pause, undefined, { ref: false });
      if (wanted && running === guarded) await begin().catch((error: unknown) => log((error as Error).message));
    }
  };
  const begin = async () => {
    const fresh = await launch(running.ready);
    // Somebody may have asked for the end meanwhile.
    if (!wanted) return fresh.stop();
    running = fresh;
    void guard(running);
  };
  void guard(running);
  return {
    get pid() {
      return running.pid;
    },
    get ready() {
      return running.ready;
    },
    kill: async () => {
      wanted = false;
      killGroup(running.pid);
      await running.ended;
    },
    start: async () => {
      wanted = true;
      await begin();
    },
    stop: async () => {
      wanted = false;
      await running.stop();
    },
  };
}

export interface Program {
  name: string;
  /** Source file, from the clone's folder. */
  entry: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Lines for people, e.g. of a slow start. */
  onProgress?: (line: string) => void;
  readyWithinMs?: number;
}

/** Starts one of our programs; it is ready when it prints a JSON line with `ready`. Throws with the end of its log when it does not come up. */
export async function launchProgram<Ready>(program: Program, parse: (line: unknown) => Ready): Promise<Running<Ready>> {
  const { name, entry, env, logFile, onProgress, readyWithinMs = 90_000 } = program;
  mkdirSync(dirname(logFile), { recursive: true });
  const lastLines: string[] = [];
  const keep = (line: string) => {
    appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
    if (lastLines.push(line) > 20) lastLines.shift();
    if (line.startsWith('- ')) onProgress?.(line.slice(2));
  };
  const problem = (what: string) => new Error([`${name} ${what}; its log is ${logFile}`, ...lastLines].join('\n'));
  let started: Tethered | undefined;
  try {
    const ready = await new Promise<Ready>((resolve, reject) => {
      const onLine = (line: string, stream: 'stdout' | 'stderr') => {
        if (stream !== 'stdout' || !line.startsWith('{"ready"')) return keep(line);
        try {
          resolve(parse(JSON.parse(line)));
        } catch (cause) {
          reject(new Error(`${name} said something that is not understood when it was ready: ${line}`, { cause }));
        }
      };
      started = startTethered(process.execPath, nodeArguments(entry), {
        ...{ cwd: cloneFolder, env, onLine },
      });
      void started.ended.then((code) => reject(problem(`ended at its start with code ${code}`)));
      setTimeout(() => reject(problem(`was not ready within ${readyWithinMs / 1_000} s`)), readyWithinMs).unref();
    });
    return { ready, pid: started!.pid, ended: started!.ended, stop: () => started!.stop() };
  } catch (error) {
    await started?.stop();
    throw error;
  }
}

/** The tether leads a group of its own, in which the program is too. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
