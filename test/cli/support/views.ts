import type { GateView, RunView, StepView } from '../../../src/workflows/messages.ts';

const day = '2026-03-01T10:00:';
/** An ISO time, seconds after ten o'clock. */
export const at = (seconds: number) => `${day}${String(seconds).padStart(2, '0')}.000Z`;

export function step(title: string, from: number, to: number | undefined, extra: Partial<StepView> = {}): StepView {
  return {
    ...{ id: title.toLowerCase().replaceAll(' ', '-'), title, phase: 'Assess', kind: 'step', tries: 1 },
    ...{ state: to === undefined ? 'running' : 'completed', startedAt: at(from), reversible: false, pointOfNoReturn: false },
    ...{ evidence: [], predicted: [], ...(to === undefined ? {} : { endedAt: at(to) }) },
    ...extra,
  };
}

export function gate(extra: Partial<GateView> = {}): GateView {
  return {
    ...{
      id: 'fail-over?',
      question: 'Fail over?',
      phase: 'Decide',
      of: 'incident-commander',
      quorum: 2,
      state: 'open',
      openedAt: at(5),
      round: 1,
    },
    ...{ digest: 'digest-1', decisions: [], escalations: [], closesAt: '2026-03-01T11:00:05.000Z', cannotBeUndone: 'the promotion' },
    facts: [
      {
        id: 'standby',
        name: 'standby database',
        kind: 'words',
        value: 'replica, available',
        source: 'RDS in west',
        at: at(8),
        verdict: 'good',
      },
      { id: 'lag', name: 'replication lag', kind: 'duration', value: 10_200, source: 'PostgreSQL in west', at: at(9), verdict: 'bad' },
      {
        id: 'last-transaction',
        name: 'last transaction',
        kind: 'time',
        value: null,
        source: 'PostgreSQL in west',
        at: at(9),
        informational: true,
      },
    ],
    ...extra,
  };
}

export function run(extra: Partial<RunView> = {}): RunView {
  return {
    ...{
      version: 1,
      runbook: 'failOverRegion',
      title: 'Fail shop over from east to west',
      runId: 'run-1',
      environment: 'range',
      mode: 'live',
    },
    ...{
      state: 'inProgress',
      status: 'works on: Warm west',
      requestedBy: 'sam',
      reason: 'east is lost',
      startedAt: at(0),
      phase: 'Assess',
    },
    ...{ verbs: ['pause', 'undo', 'abort', 'note'], pastPointOfNoReturn: false, undoable: [], leases: [], steps: [], gates: [] },
    ...{ timeline: [], messages: [], measures: {}, plan: {} },
    ...extra,
  };
}
