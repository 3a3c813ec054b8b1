import { Failure } from '../../workflows/failures.ts';
import type { LogTail } from '../../workflows/ports/workload-state.ts';
import { docker } from './docker.ts';
import { isReady, mustHaveContainers } from './containers.ts';
import type { Container } from './objects.ts';
import { type ComposePlace, failure } from '../kit/index.ts';

export interface LogAsked {
  lines: number;
  instance?: string;
  since?: string;
}

const mostLines = 2_000;
const longestLine = 2_000;
const mostCharacters = 64 * 1024;
const timeoutMs = 15_000;
const containerName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

/** The end of the logs of one container or all, by time, without secrets. Throws InvalidInput for a container that is not of the service. */
export async function readLogs(place: ComposePlace, { lines, instance, since }: LogAsked): Promise<LogTail> {
  if (!Number.isInteger(lines) || lines < 1 || lines > mostLines)
    throw failure(Failure.InvalidInput, `${lines} is no number of lines from 1 to ${mostLines}`);
  if (since !== undefined && Number.isNaN(Date.parse(since))) throw failure(Failure.InvalidInput, `${JSON.stringify(since)} is no time`);
  if (instance !== undefined && !containerName.test(instance))
    throw failure(Failure.InvalidInput, `${JSON.stringify(instance.slice(0, 100))} is no name of a container`);
  const containers = await mustHaveContainers(place);
  const meant = instance === undefined ? containers : [oneOf(containers, instance)];
  // The worst first: when not all of it fits, theirs is kept.
  const worst = [...meant].sort((a, b) => Number(isReady(a)) - Number(isReady(b)) || b.RestartCount - a.RestartCount);
  const each = Math.max(1, Math.floor(lines / worst.length));
  const read = worst.slice(0, lines).map((one) => ofOne(place, one, each, since, worst.length > 1));
  return bounded(await Promise.all(read), worst.length > lines);
}

/** The container of that name. Throws InvalidInput when the service has none. */
export function oneOf(containers: readonly Container[], name: string): Container {
  const found = containers.find(({ Name }) => Name === name);
  if (found) return found;
  const names = containers.map(({ Name }) => Name).join(', ');
  throw failure(Failure.InvalidInput, `the service has no container ${JSON.stringify(name)}; it has: ${names}`);
}

async function ofOne(place: ComposePlace, { Id, Name }: Container, count: number, since: string | undefined, named: boolean) {
  const from = since === undefined ? [] : ['--since', new Date(since).toISOString()];
  const command = ['logs', '--timestamps', '--tail', String(count), ...from, Id];
  const { stdout, stderr } = await docker(place, { kind: 'read', tail: true, timeoutMs, args: command });
  const all = [...linesOf(stdout), ...linesOf(stderr)].sort((a, b) => a.localeCompare(b));
  const kept = all.slice(-count).map((line) => {
    const [at, text] = splitOnce(line);
    return `${at} ${named ? `${Name} ` : ''}${text.slice(0, longestLine)}`;
  });
  return { kept, cut: all.length >= count || stdout.startsWith('…') || stderr.startsWith('…') };
}

function bounded(parts: { kept: string[]; cut: boolean }[], leftOut: boolean): LogTail {
  let room = mostCharacters;
  const fitting = parts.flatMap(({ kept }) => {
    const fits: string[] = [];
    for (const line of [...kept].reverse()) {
      room -= line.length + 1;
      if (room < 0) break;
      fits.push(line);
    }
    return fits;
  });
  const all = parts.reduce((sum, { kept }) => sum + kept.length, 0);
  return { lines: fitting.sort((a, b) => a.localeCompare(b)), cut: leftOut || fitting.length < all || parts.some(({ cut }) => cut) };
}

/** What is left of a line whose beginning was cut off is not a line. */
const linesOf = (text: string): string[] => text.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT\S+ /.test(line));

function splitOnce(line: string): [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}
