import type { RunView, StepView } from '../../../src/workflows/messages.ts';
import { runView } from '../../api/support/fake-runs.ts';
import { gate, step } from '../../cli/support/views.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const took = (title: string, from: number, to: number, extra: Partial<StepView> = {}): StepView => ({
  ...step(title, 0, 1),
  ...{ startedAt: ago(from), endedAt: ago(to) },
  ...extra,
});

/** What must stay text: markup, colours of a terminal, turned writing. */
export const hostile = '<img src=x onerror=alert(1)>\u001b[31mred\u001b[0m \u202egnp.exe';

const facts = gate().facts.map((fact) => ({ ...fact, at: ago(75) }));
const asked = gate({ facts, question: 'Fail shop over from east to west?', openedAt: ago(90), closesAt: ago(-1_800) });
const steps = [
  took('Look at east', 210, 200, {
    outcome: `east is lost ${hostile}`,
    evidence: [
      { at: ago(209), tool: 'http', call: 'GET /health', kind: 'read', outcome: 'x'.repeat(1_000_000), ok: false, ms: 5_000, attempt: 1 },
    ],
  }),
  took('Warm west', 199, 95, { phase: 'Prepare', outcome: '3 of 3 instances are healthy' }),
];
const base: Partial<RunView> = {
  ...{ runbook: 'fail-over-region', startedAt: ago(214), plan: { service: 'shop' }, steps },
  measures: {
    outage: { startedAt: ago(260), endedAt: null, totalMs: 260_000, failed: 812, over: false },
    targets: { rtoMs: 900_000, rpoMs: 30_000 },
  },
  timeline: [{ at: ago(214), kind: 'run', text: 'sam starts "Fail shop over": east is lost', by: 'sam' }],
  undoable: ['the capacity of shop-west'],
};

/** A run in each of the states that look different. */
export const runsToSee = (): Record<string, RunView> => ({
  gate: runView({ ...base, runId: 'gate', gates: [asked], waitingFor: { what: '2 approvals', who: 'incident-commander', since: ago(90) } }),
  failed: runView({
    ...{ ...base, runId: 'failed', state: 'pausedByFailedStep', status: 'Promote west has failed', phase: 'Switch' },
    verbs: ['retryStep', 'skipStep', 'undo', 'abort', 'note'],
    steps: [
      ...steps,
      took('Promote west', 60, 20, { phase: 'Switch', state: 'failed', tries: 2, failure: { name: 'ToolFailed', message: 'refused' } }),
    ],
  }),
  ended: runView({
    ...{ ...base, runId: 'ended', state: 'completed', status: 'shop runs in west', endedAt: ago(2), verbs: [] },
    measures: {
      ...base.measures,
      outage: { startedAt: ago(260), endedAt: ago(10), totalMs: 250_000, failed: 800, over: true },
      lost: { count: 3, lostMs: 1_200 },
    },
    gates: [{ ...asked, state: 'approved', decidedAt: ago(60) }],
  }),
  drill: runView({
    ...base,
    runId: 'drill',
    title: 'DRILL: Fail shop over from east to west',
    drill: 'region-failover',
    state: 'inProgress',
    status: 'works on: Warm west',
    verbs: ['pause', 'note'],
  }),
  dry: runView({
    ...base,
    runId: 'dry',
    mode: 'simulate',
    state: 'completed',
    status: 'has foreseen all of it',
    endedAt: ago(1),
    verbs: [],
  }),
});
