import type { RunView } from '../workflows/messages.ts';
import type { TapeOutcome } from './tape.ts';

/** What is kept of a run's view to set another one beside it. */
export function outcomeOf(view: RunView): TapeOutcome {
  const { runId, runbook, title, state, status, requestedBy, reason, environment, startedAt, endedAt, waitingFor, measures } = view;
  const failures = view.timeline
    .filter(({ kind, step, text }) => kind === 'step' && step !== undefined && text.includes(': failed ('))
    .map(({ step, at }) => ({ step: step!, at }));
  return {
    ...{ runId, runbook, title, state, status, requestedBy, reason, environment, startedAt },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(waitingFor === undefined ? {} : { waitingFor: { what: waitingFor.what, who: waitingFor.who } }),
    ...{ steps: view.steps.map(stepOf), gates: view.gates.map(gateOf), measures, failures },
  };
}

function stepOf(step: RunView['steps'][number]): TapeOutcome['steps'][number] {
  const { id, title, phase, kind, state, tries, startedAt, endedAt, outcome, failure } = step;
  return {
    ...{ id, title, phase, kind, state, tries, startedAt },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function gateOf(gate: RunView['gates'][number]): TapeOutcome['gates'][number] {
  const { id, question, of, quorum, state, round, openedAt, decidedAt, facts, decisions } = gate;
  return {
    ...{ id, question, of, quorum, state, round, openedAt, facts: facts.map((fact) => ({ ...fact })) },
    ...(decidedAt === undefined ? {} : { decidedAt }),
    decisions: decisions.map(({ decision, by, at }) => ({ decision, by, at })),
  };
}
