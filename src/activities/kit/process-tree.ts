import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Variable that all processes of a command inherit, by which those are found that left its group. */
export const treeMark = 'MUSTER_COMMAND';

const killAfterMs = 2_000;
const rounds = 5;

/**
 * Asks every process of a command to end, and makes it end after 2 s: its group, and where there is /proc also those that left the group.
 * Resolves when none of them runs any more, with whether there were any.
 */
export async function endTree(group: number, mark: string): Promise<boolean> {
  const marked = await markedWith(mark);
  const any = isAlive(-group) || marked.length > 0;
  if (!any) return false;
  for (const id of [-group, ...marked]) signal(id, 'SIGTERM');
  const deadline = Date.now() + killAfterMs;
  while (Date.now() < deadline && (isAlive(-group) || marked.some(isAlive))) await wait(50);
  // One that was asked to end may have started another one.
  for (let round = 0; round < rounds; round++) {
    const left = await markedWith(mark);
    for (const id of [-group, ...left]) signal(id, 'SIGKILL');
    if (left.length === 0 && !isAlive(-group)) break;
    await wait(20);
  }
  return true;
}

/** Processes that have the mark in their variables; a zombie has none. Empty where there is no /proc. */
async function markedWith(mark: string): Promise<number[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const text = `${treeMark}=${mark}`;
  const found = await Promise.all(
    ids.map(async (id) => {
      const variables = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
      return variables.split('\0').includes(text) ? [Number(id)] : [];
    }),
  );
  return found.flat().filter((id) => id !== process.pid);
}

const isAlive = (id: number): boolean => signal(id, 0);

function signal(id: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, name);
  } catch {
    return false;
  }
}
