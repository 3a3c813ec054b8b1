import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a rig for as long as this process lives; those that killed processes have left behind are swept first. */
export const rigFolder = async (kind: string): Promise<string> => rigFolderNow(kind);

/** The same, for what is made while tests are only described. */
export function rigFolderNow(kind: string): string {
  const prefix = `muster-rig-${kind}-`;
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const left = join(tmpdir(), name);
    if (!isAlive(ownerOf(left))) rmSync(left, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, 'owner'), thisProcess());
  return folder;
}

/** This process as others can tell it from a later one with the same id: id and start time. */
export const thisProcess = (): string => `${process.pid} ${startOf(process.pid)}`;

/** Whether the process that `thisProcess` told of still runs; a text that tells of none counts as running, since it may be about to be written. */
export function isAlive(told: string): boolean {
  const [pid, start] = told.split(' ');
  return told === '' || startOf(Number(pid)) === start;
}

function ownerOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'owner'), 'utf8');
  } catch {
    return '';
  }
}

/** Clock ticks from the machine's start to the process's; empty when there is no such process. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
