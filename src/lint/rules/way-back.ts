import type { RawFinding, Rule } from '../finding.ts';
import { means } from '../meanings.ts';
import { alwaysPrecedes, changesOf, named, precedes, type Act, type Call, type Page } from '../page.ts';

export const irreversibleWithoutGate: Rule = {
  id: 'irreversible-without-gate',
  severity: 'error',
  why: 'One tired person, or one wrong trigger, does what nobody can take back.',
  source: 'ml-platform, "Complete Region Failure", step 3; pynomaly-aws, "Database Recovery"',
};
export const undoMissing: Rule = {
  id: 'undo-missing',
  severity: 'error',
  why: 'When people say no, or a later step fails, what was done before stays as it is and nobody knows how it was.',
  source: 'pynomaly-kubernetes, "Immediate Containment", database',
};

/** Nothing irreversible without people, nothing reversible without its way back. */
export function checkWayBack({ acts }: Page): RawFinding[] {
  return [
    ...acts
      .filter((act) => isIrreversible(act) && !isApproved(act, acts))
      .map((act) => ({
        rule: irreversibleWithoutGate,
        what: `${named(act)} cannot be undone, and no gate comes before it on every way`,
        todo: 'Ask at a gate that shows the facts; when the gate stands under a condition, the act must stand under it too.',
        trail: act.trail,
      })),
    ...acts
      .filter((act) => lacksUndo(act, acts))
      .map((act) => ({
        rule: undoMissing,
        what: `${named(act)} changes something and has no undo`,
        todo: 'Give the step an undo that restores what a measure before it has read, or write why it is harmless.',
        trail: act.trail,
      })),
  ];
}

const isIrreversible = (act: Act): boolean =>
  act.pointOfNoReturn || act.calls.some((call) => means(call, 'cannotBeUndone') && !means(call, 'removesOwn'));

/** A gate goes on only when people approve; the answer of an `ask` must be looked at by a condition around the act. */
function isApproved(act: Act, acts: readonly Act[]): boolean {
  return acts.some((other) => {
    if (other.word === 'gate') return alwaysPrecedes(other, act);
    const asked = other.word === 'ask' && precedes(other, act);
    return asked && act.branches.some(({ kind, node }) => kind === 'if' && !other.branches.some((branch) => branch.node === node));
  });
}

function lacksUndo(act: Act, acts: readonly Act[]): boolean {
  if (act.word !== 'step' || act.undo || isIrreversible(act)) return false;
  if (acts.some((other) => isIrreversible(other) && precedes(other, act))) return false;
  return changesOf(act).some((call) => !isHarmless(call) && !takesBack(call.activity, act, acts));
}

/** What works on an endpoint of its own works on a copy that serves nobody yet. */
const isHarmless = (call: Call): boolean => means(call, 'addsOnly') || means(call, 'removesOwn') || 'endpoint' in call.args;

/** It does what the undo of an earlier step would do, so it is the way back itself. */
function takesBack(activity: string, act: Act, acts: readonly Act[]): boolean {
  return acts.some(
    (other) =>
      precedes(other, act) &&
      other.undo?.calls.some((call) => call.activity === activity) === true &&
      other.calls.every((call) => call.activity !== activity),
  );
}
