import type { LogTail } from '../../workflows/ports/workload-state.ts';
import { type HostPlace, verdictOf } from '../kit/index.ts';
import { countOf, hostCommands } from './commands.ts';
import { ssh, type Remote } from './ssh.ts';

export interface UnitLogAsked {
  lines: number;
  /** ISO 8601; of the journal only. */
  since?: string;
}

const longestLine = 2_000;

/** The end of the journal of a unit, and of each of its log files behind it. A file that cannot be read is left out and said so. */
export async function readUnitLogs(host: HostPlace, { lines, since }: UnitLogAsked): Promise<LogTail> {
  countOf(lines, 2_000, 'lines');
  const each = Math.max(1, Math.floor(lines / (host.logs.length + 1)));
  const sources: { command: Remote; mark: string }[] = [
    { command: hostCommands.journal(host.unit, each, since), mark: '' },
    ...host.logs.map((path) => ({ command: hostCommands.tail(path, each), mark: `${path}: ` })),
  ];
  const parts = await Promise.all(sources.map(({ command, mark }) => partOf(host, command, mark, each)));
  return { lines: parts.flatMap((part) => part.lines), cut: parts.some(({ cut }) => cut) };
}

async function partOf(host: HostPlace, command: Remote, mark: string, most: number): Promise<LogTail> {
  try {
    const { stdout } = await ssh(host, command);
    const all = stdout.split('\n').filter((line) => line !== '');
    return { lines: all.map((line) => `${mark}${line.slice(0, longestLine)}`), cut: all.length >= most || stdout.startsWith('…') };
  } catch (error) {
    // The journal must answer, and the host too; a file may just not be there.
    if (mark === '' || verdictOf(error) !== 'permanent') throw error;
    return { lines: [`${mark}cannot be read`], cut: false };
  }
}
