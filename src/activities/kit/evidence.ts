import type { EvidenceEntry } from '../../record/evidence.ts';

const mostEntries = 200;
const mostBytes = 64 * 1024;

/** Adds an entry; a read that only repeats the one before, as polling does, is counted instead. */
export function addEvidence(entries: EvidenceEntry[], entry: EvidenceEntry): void {
  const last = entries.at(-1);
  if (!last || entry.kind !== 'read' || !sameRead(last, entry)) {
    entries.push(entry);
    return;
  }
  last.times = (last.times ?? 1) + 1;
  last.ms += entry.ms;
}

function sameRead(a: EvidenceEntry, b: EvidenceEntry): boolean {
  const key = ({ tool, call, args, kind, outcome, ok, attempt }: EvidenceEntry) =>
    JSON.stringify([tool, call, args, kind, outcome, ok, attempt]);
  return key(a) === key(b);
}

/** At most 200 entries and 64 KB: reads in the middle go first, changes last, because a history has its limits. */
export function cappedEvidence(entries: readonly EvidenceEntry[]): EvidenceEntry[] {
  const sizes = new Map(entries.map((entry) => [entry, Buffer.byteLength(JSON.stringify(entry))]));
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let count = entries.length;
  const middle = entries.length / 2;
  const byWorth = entries
    .map((entry, index) => ({ entry, worth: (entry.kind === 'read' ? 0 : entries.length) + Math.abs(index - middle) }))
    .sort((a, b) => a.worth - b.worth);
  const dropped = new Set<EvidenceEntry>();
  for (const { entry } of byWorth) {
    if (count <= mostEntries && bytes <= mostBytes) break;
    dropped.add(entry);
    bytes -= sizes.get(entry)!;
    count -= 1;
  }
  if (dropped.size === 0) return [...entries];
  const kept = entries.filter((entry) => !dropped.has(entry));
  const { at, attempt } = entries.find((entry) => dropped.has(entry))!;
  return [
    ...kept,
    {
      at,
      tool: 'muster',
      call: 'evidence left out',
      kind: 'read',
      outcome: `${dropped.size} entries over the limit`,
      ok: true,
      ms: 0,
      attempt,
    },
  ];
}
