import type { PlanReadiness, ReadinessView, StandingFinding } from '../../workflows/readiness/view.ts';
import { findingMarks, planMarks } from '../../words/states.ts';
import { oneLine, type Paint } from './words.ts';
import { duration } from '../../words/durations.ts';

interface How {
  paint: Paint;
  /** Also what holds, and what the score is made of. */
  whole: boolean;
  /** Ms. */
  now: number;
}

/** Plans with their scores, and below each what stands in its way. */
export function renderReadiness(view: ReadinessView, how: How): string {
  if (view.evaluation === 0) return 'Nobody has looked at the recovery plans yet; look with: muster readiness --now';
  if (view.plans.length === 0) return 'This environment has no recovery plans to look at: name some under readiness.plans.';
  const next = view.nextAt === null ? 'looking again now' : `next look at ${view.nextAt.slice(11, 19)}Z`;
  const head = `Looked at ${view.at!.slice(0, 19)}Z because ${view.because}; ${next}.`;
  return [head, '', ...view.plans.flatMap((plan) => linesOf(plan, how))].join('\n');
}

function linesOf(plan: PlanReadiness, { paint, whole, now }: How): string[] {
  const { icon, word, tone } = planMarks[plan.state];
  const score = plan.score === null ? '  –' : String(plan.score.points).padStart(3);
  const done = plan.practice === null ? 'never done' : `done ${duration(Math.max(0, now - Date.parse(plan.practice.at)))} ago`;
  const why = plan.notNow ?? done;
  const shown = plan.findings.filter(({ state }) => whole || state !== 'ok');
  return [
    `${score}  ${paint(tone, `${icon} ${word.padEnd(20)}`)}  ${oneLine(plan.name)}  ${paint('dim', `(${oneLine(why)})`)}`,
    ...(whole && plan.score ? plan.score.parts.map(({ part, factor, why: because }) => `       × ${factor} ${part}: ${because}`) : []),
    ...shown.map((finding) => `       ${sayFinding(finding, paint)}`),
  ];
}

function sayFinding({ resource, needed, have, since, state }: StandingFinding, paint: Paint): string {
  const { icon, word, tone } = findingMarks[state];
  const standing = state === 'ok' ? '' : ` ${paint('dim', `(${word} since ${since.slice(0, 19)}Z)`)}`;
  return `${paint(tone, icon)} ${oneLine(resource)}: needed ${oneLine(needed)}, have ${oneLine(have)}${standing}`;
}
