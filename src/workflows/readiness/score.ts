import type { Finding } from './finding.ts';
import type { PlanReadiness, Practice, ScorePart } from './view.ts';
import { duration } from '../../words/durations.ts';

/** What a finding leaves of the points: a plan with a failed check would not work, and doubt is half of that. */
const factors = { ok: 1, warning: 0.9, unknown: 0.5, failed: 0 } as const;
const unpractised = 0.5;
const edited = 0.8;
/** A practice is worth nothing more than none when it is so many times older than it should be. */
const staleTimes = 4;

export interface Scored {
  findings: readonly Pick<Finding, 'state'>[];
  practice: Practice | null;
  /** Digest of the runbook's code today. */
  code: string | null;
  /** A practice counts in full for so long. */
  drillAgeMs: number;
  now: number;
}

/** How much one may rely on a plan, 0 to 100: what stands in its way, how long ago it was done, and whether it was edited since. */
export function scoreOf(scored: Scored): NonNullable<PlanReadiness['score']> {
  const parts = [findingsPart(scored), practicePart(scored), editsPart(scored)];
  return { points: Math.round(parts.reduce((points, { factor }) => points * factor, 100)), parts };
}

function findingsPart({ findings }: Scored): ScorePart {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const factor = findings.reduce((product, { state }) => product * factors[state], 1);
  const bad = (['failed', 'unknown', 'warning'] as const).filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`);
  return { part: 'findings', factor: rounded(factor), why: bad.length === 0 ? `${findings.length} checks hold` : bad.join(', ') };
}

function practicePart({ practice, drillAgeMs, now }: Scored): ScorePart {
  if (practice === null) return { part: 'practice', factor: unpractised, why: 'never done here, as far as anybody knows' };
  const age = now - Date.parse(practice.at);
  const stale = Math.min(1, Math.max(0, (age - drillAgeMs) / (drillAgeMs * (staleTimes - 1))));
  return { part: 'practice', factor: rounded(1 - (1 - unpractised) * stale), why: `last done ${duration(Math.max(0, age))} ago` };
}

function editsPart({ practice, code }: Scored): ScorePart {
  const part = (factor: number, why: string): ScorePart => ({ part: 'edits', factor, why });
  if (practice === null) return part(1, 'nothing to compare with');
  if (practice.code === null || code === null) return part(edited, 'nobody knows whether it was edited since');
  return practice.code === code ? part(1, 'not edited since') : part(edited, 'edited since it was last done');
}

const rounded = (factor: number): number => Math.round(factor * 1_000) / 1_000;
