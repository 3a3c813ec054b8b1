import type { Kit } from '../../kit/kit.ts';
import type { Criterion, Drill, DrillScore, Residue } from '../../plans/drill-plan.ts';
import { sayMs } from './begin.ts';
import { sayResidue } from './residue.ts';
import type { Practised } from './stages.ts';

interface Outcome {
  plan: Pick<Drill, 'practice'>;
  recovery: Practised | undefined;
  back: readonly (Practised | undefined)[];
  residue: readonly Residue[];
  /** What the recovery measured; undefined in a dry run, where nobody waited and nothing was lost. */
  measured: Measures | undefined;
}

/** What runs of recovery runbooks measure, of which each may be missing. */
export interface Measures {
  outage?: { totalMs: number; over: boolean };
  lost?: { count: number; lostMs: number | null };
}

/** How an exercise came out, criterion by criterion; a dry run is held only against what it can tell. */
export function criteriaOf({ plan: { practice }, recovery, back, residue, measured }: Outcome): Criterion[] {
  if (!practice) return [];
  const { rtoMs, rpoMs, decideWithinMs } = practice.criteria;
  const { outage, lost } = measured ?? {};
  const atMost = (name: string, most: number | null, have: number | null | undefined, sound = true): Criterion[] =>
    most === null || measured === undefined
      ? []
      : [
          {
            name,
            needed: `at most ${sayMs(most)}`,
            have: have == null ? 'not measured' : sayMs(have),
            met: have == null ? null : sound && have <= most,
          },
        ];
  const failed = recovery?.failedOrLeftOut ?? [];
  return [
    {
      name: 'the recovery goes through',
      needed: 'every step',
      have: !recovery ? 'it did not' : failed.length === 0 ? 'every step' : `failed or left out: ${failed.join(', ')}`,
      met: recovery !== undefined && failed.length === 0,
    },
    ...atMost('customers wait', rtoMs, outage?.totalMs, outage?.over),
    ...atMost('acknowledged writes are lost of', rpoMs, lost?.count === 0 ? 0 : lost?.lostMs),
    ...atMost('the slowest decision', decideWithinMs, recovery?.slowestDecisionMs),
    ...(practice.reverse.length > 0 ? [broughtBack(practice.reverse.length, back)] : []),
    { name: 'nothing is left behind', needed: 'nothing', have: sayResidue(residue), met: residue.length === 0 },
  ];
}

/** Passed only when everything is met; what was not measured is not. */
export function scoreOf(criteria: readonly Criterion[]): DrillScore {
  const met = criteria.filter((one) => one.met === true).length;
  return { passed: met === criteria.length, score: Math.round((100 * met) / Math.max(1, criteria.length)), criteria: [...criteria] };
}

/** What was not met, in a sentence. */
export const sayMissed = ({ score, criteria }: DrillScore): string =>
  `not passed, ${score} of 100: ${criteria
    .filter(({ met }) => met !== true)
    .map(({ name, needed, have }) => `${name}: needed ${needed}, have ${have}`)
    .join('; ')}`;

function broughtBack(ways: number, back: readonly (Practised | undefined)[]): Criterion {
  const done = back.filter((one) => one !== undefined).length;
  return { name: 'everything is brought back', needed: `${ways} of ${ways}`, have: `${done} of ${ways}`, met: done === ways };
}

/** What the recovery measured stands in the report of the exercise too, against what was promised. */
export function keepFigures({ keep }: Pick<Kit, 'keep'>, { practice }: Drill, recovery: Practised | undefined): void {
  const { rtoMs = null, rpoMs = null } = practice?.criteria ?? {};
  if (rtoMs !== null && rpoMs !== null) keep('targets', { rtoMs, rpoMs });
  for (const name of ['outage', 'lost']) if (recovery?.measures[name] !== undefined) keep(name, recovery.measures[name]);
}

const againWithinMs = 14 * 24 * 3_600_000;

/** The day until which an exercise that was not passed is repeated. */
export const againBy = (): string => new Date(Date.now() + againWithinMs).toISOString().slice(0, 10);
