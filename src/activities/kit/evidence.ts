/** One command, API call, query or probe that a step made; redacted before it is kept. */
export interface EvidenceEntry {
  at: string;
  /** `muster` is what Muster itself found, e.g. that a change was already so. */
  tool: 'aws' | 'postgres' | 'redis' | 'http' | 'command' | 'notify' | 'archive' | 'muster';
  /** E.g. `rds:PromoteReadReplica`, `SELECT pg_is_in_recovery()`, `GET http://…/health`. */
  call: string;
  args?: unknown;
  kind: 'read' | 'change' | 'notify';
  outcome: string;
  ok: boolean;
  ms: number;
  attempt: number;
  operation?: string;
  /** How many equal reads in a row this stands for, when there were more than one; `ms` is their sum. */
  times?: number;
}

/** A call that a change would make. */
export interface PredictedCall {
  call: string;
  args?: unknown;
}

/** What an activity brings back to the workflow beside its result; the workflow interceptor unwraps it. */
export interface Envelope {
  musterEnvelope: 1;
  result: unknown;
  evidence: EvidenceEntry[];
  predicted: PredictedCall[];
  simulated: boolean;
  /** A dry run did not try it, because it waits for or checks what no change has done; `result` is left out. */
  notTried?: true;
  /** How long the recorded activity took, ms; only the player of a tape says it, for the workflow to wait. */
  tookMs?: number;
}

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
