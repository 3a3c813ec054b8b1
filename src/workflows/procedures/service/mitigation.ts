import type { Former, MitigationKind } from '../../../activities/service/index.ts';
import type { GateOptions } from '../../kit/gates.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact, RunRequest } from '../../messages.ts';
import type { ApprovalPolicy } from '../../plans/plan.ts';
import { mitigations } from '../../tools.ts';
import { gateOf } from '../approval.ts';

/** A measure that is in force for a while; resolved before the start. Times in ms. */
export interface Mitigate {
  run: RunRequest;
  service: string;
  kind: MitigationKind;
  value?: number;
  /** Who answers for it. */
  owner: string;
  /** How long it lasts before people are asked whether it is still needed. */
  forMs: number;
  approval: ApprovalPolicy;
  /** After so many questions a new run goes on, so that no history grows without end. */
  questionsARun: number;
  /** Set when this run goes on with what another one began. */
  began?: { at: string; kept: number; former: Former };
}

/** What a run keeps about its measure, under this name; the list of mitigations is made of it. */
export const mitigationMeasure = 'mitigation';
export interface MitigationRecord {
  /** True until it is proven to be gone; of a run that was left, it says that the measure still holds. */
  inForce: boolean;
  since: string;
  /** How often people said that it is still needed. */
  kept: number;
  /** When they are asked next; null while they are asked, and afterwards. */
  asksAt: string | null;
}

const words: Record<MitigationKind, string> = {
  'maintenance-page': 'the maintenance page',
  'read-only': 'read-only mode',
  'rate-limit': 'the rate limit',
  'scaled-down-writers': 'fewer writers',
};

/** The measure in words, e.g. `the rate limit of 10 a second`. */
export function sayMitigation({ kind, value }: Pick<Mitigate, 'kind' | 'value'>): string {
  if (value === undefined) return words[kind];
  return `${words[kind]} (${value}${kind === 'rate-limit' ? ' a second' : ''})`;
}

/** Keeps the record of the measure up to date. */
export function recordOf({ keep }: Kit, { began }: Mitigate) {
  const record: MitigationRecord = { inForce: false, since: began?.at ?? '', kept: began?.kept ?? 0, asksAt: null };
  return (change: Partial<MitigationRecord>): MitigationRecord => {
    Object.assign(record, change);
    keep(mitigationMeasure, { ...record });
    return record;
  };
}

/** Asks the owner's duty; approving means that it is still needed. */
export function stillNeeded(plan: Mitigate, record: MitigationRecord, former: Former): GateOptions {
  return gateOf(plan.approval, () => factsOf(plan, record, former), { quorum: 1 });
}

async function factsOf(plan: Mitigate, { since, kept }: MitigationRecord, former: Former): Promise<Fact[]> {
  const { service, kind, value, owner, run } = plan;
  const now = await mitigations.readMitigation({ service, kind, former, ...(value === undefined ? {} : { value }) });
  const at = new Date().toISOString();
  const said = { source: 'this run', at, informational: true };
  return [
    { name: 'in force', value: now.on, source: now.detail, at, verdict: now.on ? 'good' : 'bad' },
    { name: 'since', value: since, ...said },
    { name: 'found to be still needed so far', value: kept, unit: 'times', ...said },
    { name: 'owner', value: owner, ...said },
    { name: 'reason', value: run.reason, ...said },
  ];
}

/** 90 s, 30 min, 2 h. */
export function sayFor(ms: number): string {
  if (ms < 120_000) return `${ms / 1_000} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
