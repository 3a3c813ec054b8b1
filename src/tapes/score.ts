import { compareOutcomes, type Comparison } from './compare.ts';
import type { TapeOutcome } from './tape.ts';
import { duration } from '../words/durations.ts';
import { runMarks, wordOf } from '../words/states.ts';

/** How a drill went against the run on its tape, 0 to 100; every point that is missing has its reason. */
export interface Score {
  total: number;
  lost: { points: number; why: string }[];
  comparison: Comparison;
}

const good: readonly string[] = ['completed', 'completedWithExceptions'];
const most = { outcome: 40, skipped: 30, decision: 20, rto: 10, refused: 10 };

/** Scores what people did with a tape: its outcome, what they left out, and how long they took to decide, against the original. */
export function scoreOf(recorded: TapeOutcome, now: TapeOutcome, refusals = 0): Score {
  const comparison = compareOutcomes(recorded, now);
  const lost = [
    ...outcome(comparison),
    ...leftOut(comparison),
    ...decisions(comparison),
    ...objective(comparison),
    ...(refusals === 0 ? [] : [{ points: Math.min(most.refused, refusals * 2), why: `${refusals} commands were refused` }]),
  ];
  const total = Math.max(0, Math.round(100 - lost.reduce((sum, { points }) => sum + points, 0)));
  return { total, lost, comparison };
}

function outcome({ recorded, now }: Comparison): Score['lost'] {
  if (recorded.state === now.state || (now.state === 'completed' && good.includes(recorded.state))) return [];
  const worse = good.includes(recorded.state) && !good.includes(now.state);
  return [
    {
      points: worse ? most.outcome : most.outcome / 4,
      why: `it is ${wordOf(runMarks, now.state)}; the original ${wordOf(runMarks, recorded.state)}`,
    },
  ];
}

/** What the original did and this run did not, as far as it got. */
function leftOut({ steps, now }: Comparison): Score['lost'] {
  const got = good.includes(now.state) ? steps : steps.slice(0, steps.findLastIndex((step) => step.now !== null) + 1);
  const missed = got.filter((step) => step.recorded?.state === 'completed' && (step.now === null || step.now.state === 'skipped'));
  return missed.slice(0, most.skipped / 10).map(({ title, now: side }) => ({
    points: 10,
    why: `“${title}” was ${side === null ? 'never done' : 'left out by a person'}`,
  }));
}

/** Slower than the original costs; so does nothing else: a decision within half a minute is never too slow. */
function decisions({ gates }: Comparison): Score['lost'] {
  const decided = gates.filter((gate) => gate.now?.decisionMs != null);
  const share = most.decision / Math.max(1, decided.length);
  return decided.flatMap(({ question, recorded, now }) => {
    const allowed = Math.max(30_000, recorded?.decisionMs ?? 0);
    const took = now!.decisionMs!;
    if (took <= allowed) return [];
    const points = Math.min(share, (share * (took - allowed)) / (allowed * 3));
    return [{ points: Math.round(points * 10) / 10, why: `“${question}” took ${duration(took)}; ${duration(allowed)} would do` }];
  });
}

function objective({ recorded, now }: Comparison): Score['lost'] {
  if (recorded.rto.met !== true || now.rto.met !== false) return [];
  return [{ points: most.rto, why: `the RTO of ${duration(now.rto.targetMs ?? 0)} was missed; the original kept it` }];
}
