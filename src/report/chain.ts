import { createHash } from 'node:crypto';
import { canonicalJson } from '../workflows/canonical-json.ts';

/** `hash` = SHA-256 of `prev` followed by the canonical JSON of the other fields; `prev` is the hash of the entry before. */
export interface Entry {
  seq: number;
  kind: string;
  at: string;
  data: unknown;
  prev: string;
  hash: string;
}

/** A sealed report as `report.json` holds it; `head` is the hash of the last entry. */
export interface Report {
  muster: 'report';
  version: 1;
  entries: Entry[];
  head: string;
}

const beginning = '0'.repeat(64);

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Chains the entries in the order given. */
export function seal(entries: readonly { kind: string; at: string; data: unknown }[]): Report {
  let prev = beginning;
  const sealed = entries.map(({ kind, at, data }, index) => {
    // As a reader of the file gets it, down to the order of its keys, so that both render the same.
    const entry = { seq: index + 1, kind, at, data: JSON.parse(canonicalJson(data)) as unknown };
    const hash = hashOf(entry, prev);
    const whole: Entry = { ...entry, prev, hash };
    prev = hash;
    return whole;
  });
  return { muster: 'report', version: 1, entries: sealed, head: prev };
}

/** The one spelling of a report as a file: a head line, then one line an entry, so that every byte is bound and a bad line can be named. */
export function serialize(report: Report): string {
  const { muster, version, head } = report;
  return [
    `{"muster":${JSON.stringify(muster)},"version":${version},"head":${JSON.stringify(head)},"entries":[`,
    report.entries.map(lineOf).join(',\n'),
    ']}\n',
  ].join('\n');
}

/** The first thing that breaks the chain, as a sentence that names the entry; undefined when it holds. */
export function findBreak(report: Report): string | undefined {
  let prev = beginning;
  for (const [index, entry] of report.entries.entries()) {
    const name = `entry ${index + 1} (${entry.kind})`;
    if (entry.seq !== index + 1) return `${name} says that it is number ${entry.seq}: an entry was added, removed or moved`;
    if (entry.prev !== prev) return `${name} does not follow the entry before it: an entry was changed, added, removed or moved`;
    const { prev: _prev, hash, ...rest } = entry;
    if (hash !== hashOf(rest, prev)) return `${name} was changed: its hash does not fit what it says`;
    prev = hash;
  }
  return report.head === prev
    ? undefined
    : 'the head is not the hash of the last entry: the head was changed or entries are missing at the end';
}

function hashOf(rest: object, prev: string): string {
  return sha256(prev + canonicalJson(rest));
}

function lineOf({ seq, kind, at, data, prev, hash }: Entry): string {
  const [name, time, before, own] = [kind, at, prev, hash].map((text) => JSON.stringify(text));
  return `{"seq":${seq},"kind":${name},"at":${time},"data":${canonicalJson(data)},"prev":${before},"hash":${own}}`;
}
