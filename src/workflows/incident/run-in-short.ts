import { finalStates, type RunView } from '../messages.ts';
import type { IncidentRun } from './view.ts';

/** A run as its incident keeps it. */
export function inShort({ runId, runbook, title, mode, state, status, startedAt, endedAt, requestedBy }: RunView): IncidentRun {
  const ended = finalStates.includes(state) && endedAt !== undefined ? { endedAt } : {};
  return { runId, runbook: catalogueName(runbook), title, mode, state, status, startedAt, startedBy: requestedBy, ...ended };
}

/** The catalogue's name of a workflow: `failOverRegion` → `fail-over-region`. */
export const catalogueName = (workflow: string): string => workflow.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
