import { stripVTControlCharacters } from 'node:util';
import { Failure } from '../../workflows/failures.ts';
import type { LogTail } from '../../workflows/ports/workload-state.ts';
import { CommandFailed, currentStep, failure, finding, redactText, sentenceOf, short } from '../kit/index.ts';
import { kubectl, objectName, type Cluster } from './kubectl.ts';

export interface AskedLog {
  pod: string;
  container: string;
  /** Of the life before this one. */
  previous?: boolean;
  /** The newest so many. */
  lines: number;
  /** Not older than so many ms. */
  sinceMs?: number;
  /** The newest so many bytes of the text are kept. */
  mostBytes: number;
}

const mostLines = 1_000;
const longestLine = 2_000;
/** One answer of the node. It cuts off the newest lines, not the oldest. */
const limitBytes = 1024 * 1024;
const nothingThere = /previous terminated container|waiting to start|is not available|\(NotFound\)/i;

/** Throws InvalidInput for bounds that are none. */
export function mustBeBounds({ lines, sinceMs }: Pick<AskedLog, 'lines' | 'sinceMs'>): void {
  if (!Number.isInteger(lines) || lines < 1 || lines > mostLines)
    throw failure(Failure.InvalidInput, `${lines} is no number of lines; use 1 to ${mostLines}`);
  if (sinceMs !== undefined) seconds(sinceMs);
}

/** The end of a container's log, bounded and redacted; kept as evidence, because a restart leaves nothing of it. */
export async function readLog(cluster: Cluster, asked: AskedLog): Promise<LogTail> {
  const text = await newest(cluster, asked, asked.lines + 1).catch((error: unknown) => {
    if (!(error instanceof CommandFailed) || !nothingThere.test(error.message)) throw error;
    finding(`log of ${asked.pod}`, `there is none: ${sentenceOf(error)}`);
    return { lines: [], cut: false };
  });
  const kept = withinBytes(text.lines.slice(-asked.lines), asked.mostBytes);
  const tail = { lines: kept, cut: text.cut || kept.length < text.lines.length };
  keep(asked.pod, tail);
  return tail;
}

/** Asks for fewer lines while they are too long, since then the newest would be missing. */
async function newest(cluster: Cluster, asked: AskedLog, lines: number): Promise<LogTail> {
  const { stdout, stdoutBytes } = await kubectl(cluster, {
    kind: 'read',
    args: [
      ...['logs', objectName(asked.pod), '-c', objectName(asked.container), `--tail=${lines}`, `--limit-bytes=${limitBytes}`],
      ...(asked.previous ? ['--previous'] : []),
      ...(asked.sinceMs === undefined ? [] : [`--since=${seconds(asked.sinceMs)}s`]),
    ],
  });
  const over = stdoutBytes >= limitBytes;
  if (over && lines > 1) return { ...(await newest(cluster, asked, Math.ceil(lines / 8))), cut: true };
  return { lines: linesOf(stdout), cut: over };
}

function seconds(ms: number): number {
  if (Number.isFinite(ms) && ms >= 1_000) return Math.ceil(ms / 1_000);
  throw failure(Failure.InvalidInput, `${ms} ms is no time to look back; use 1000 or more`);
}

/** Secrets are taken out before the text is cut into lines, because a key has several. */
function linesOf(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- control characters are what this takes out
  const clean = redactText(stripVTControlCharacters(text)).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  const lines = clean.split('\n').map((line) => short(line, longestLine));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function withinBytes(lines: readonly string[], most: number): string[] {
  let bytes = 0;
  const from = lines.findLastIndex((line) => (bytes += Buffer.byteLength(line) + 1) > most);
  return lines.slice(from + 1);
}

function keep(pod: string, { lines, cut }: LogTail): void {
  if (lines.length === 0) return;
  const { attempt, record } = currentStep();
  const outcome = `${lines.length} lines${cut ? ', older ones left out' : ''}`;
  const entry = { at: new Date().toISOString(), tool: 'muster', call: `log of ${pod}`, kind: 'read' } as const;
  record({ ...entry, args: { log: lines.join('\n') }, outcome, ok: true, ms: 0, attempt });
}
