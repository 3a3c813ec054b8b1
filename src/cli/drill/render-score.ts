import type { RunView } from '../../workflows/messages.ts';
import type { DrillScore, Residue } from '../../workflows/plans/drill-plan.ts';
import { table } from '../output.ts';

/** An exercise's score as its run keeps it; undefined while it has none. */
export const scoreOfRun = ({ measures }: RunView): DrillScore | undefined => measures['drill'] as DrillScore | undefined;

const marks = (met: boolean | null): string => (met === true ? '✔' : met === false ? '✖' : '?');

/** How an exercise came out: each criterion with what was needed and what there was. */
export function renderScore(view: RunView): string {
  const score = scoreOfRun(view);
  if (!score) return `No score: ${view.status}${leftBehind(view)}`;
  const rows = score.criteria.map(({ name, needed, have, met }) => [marks(met), name, needed, have]);
  return [
    table(['', 'CRITERION', 'NEEDED', 'HAVE'], rows),
    '',
    `${score.passed ? '✔ Passed' : '✖ Not passed'}, ${score.score} of 100`,
  ].join('\n');
}

/** What an exercise that was ended early has left. */
function leftBehind({ measures }: RunView): string {
  const residue = measures['residue'] as Residue[] | undefined;
  if (!residue) return '';
  if (residue.length === 0) return '\nNothing is left behind.';
  return `\nLeft behind:\n${residue.map(({ what, before, now }) => `  ${what}: ${before ?? 'not there'} → ${now ?? 'gone'}`).join('\n')}`;
}
