import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { redactText, tail } from './redact.ts';

/** How much of a program's output is kept as text. */
export const tailBytes = 64 * 1024;
/** A secret is not longer than that; one that was cut in two would not be known any more. */
const longestSecret = 4 * 1024;

export interface KeptOutput {
  /** The end of it for people: without control characters and secrets, at most 64 KB. */
  text(): string;
  /** As it came, as far as it was kept. */
  raw(): string;
  /** How much there was. */
  bytes(): number;
}

/** Keeps the last `most` bytes of a stream, and no more than a few times that in memory; `onOver` is told once when there was more. */
export function keepTail(stream: Readable, most: number = 2 * tailBytes, onOver: () => void = () => undefined): KeptOutput {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let bytes = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    if (bytes <= most && bytes + chunk.byteLength > most) onOver();
    bytes += chunk.byteLength;
    keptBytes += chunk.byteLength;
    kept.push(chunk);
    if (keptBytes < 2 * most) return;
    kept = [Buffer.concat(kept).subarray(-most - 1)];
    keptBytes = kept[0]!.byteLength;
  });
  const end = (): string => {
    const all = Buffer.concat(kept);
    const text = all.subarray(-2 * tailBytes).toString('utf8');
    return bytes > 2 * tailBytes ? text.slice(longestSecret) : text;
  };
  return {
    text: () => {
      const text = readable(redactText(stripVTControlCharacters(end())));
      return tail(bytes > 2 * tailBytes && !text.startsWith('…') ? `…${text}` : text, tailBytes);
    },
    raw: () => Buffer.concat(kept).toString('utf8'),
    bytes: () => bytes,
  };
}

/** Binary output must not move the cursor, ring the bell, or end a text that others keep. */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const readable = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\u{fffd}');
