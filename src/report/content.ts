import type { EvidenceEntry, PredictedCall } from '../record/evidence.ts';
import type { GateView, MessageView, RunView, StepView, TimelineEntry } from '../workflows/messages.ts';
import type { Report } from './chain.ts';
import type { Waterfall } from './waterfall.ts';

type SameAsInView =
  | ('runId' | 'runbook' | 'title' | 'environment' | 'mode' | 'state' | 'status')
  | ('requestedBy' | 'reason' | 'incident' | 'startedAt' | 'leases' | 'plan');

/** Who ran what, where and why, and which build wrote the report. */
export interface RunFacts extends Pick<RunView, SameAsInView> {
  endedAt: string;
  stillUndoable: string[];
  build: Build;
  history?: HistoryFacts;
  historyProblem?: string;
  /** SHA-256 of the view that the report was made from. */
  view: string;
}

export interface Build {
  version: string;
  node: string;
  temporal?: string;
}

/** The Temporal history kept beside the report, up to the moment of archiving. */
export interface HistoryFacts {
  events: number;
  sha256: string;
}

/** One objective against what was measured; `met` is null when it was not measured or has no target. */
export interface Objective {
  targetMs: number | null;
  actualMs: number | null;
  met: boolean | null;
}

export interface Objectives {
  rto: Objective;
  rpo: Objective;
  /** What customers saw; absent when nobody measured it. */
  outage?: { startedAt: string | null; endedAt: string | null; totalMs: number; failed: number; over: boolean };
  /** Acknowledged orders that are gone; null when nobody counted. */
  lostOrders: number | null;
  /** Time that each decided question was open, added up. */
  decisionMs: number;
}

export interface LostOrders {
  count: number;
  acknowledged: number | null;
  lostMs: number | null;
  orders: { id: string; at: string }[];
  /** Counted but not listed, because the list was cut where it was made. */
  unlisted: number;
}

export type StepFacts = Omit<StepView, 'evidence' | 'predicted'> & { calls: number };
/** One call, with the id of its step. */
export type CallFacts = EvidenceEntry & { step: string };

export type Verdict = 'as predicted' | 'other arguments' | 'not made' | 'not predicted' | 'would be made';
/** One predicted change beside the one that was made. */
export interface Comparison {
  step: string;
  call: string;
  verdict: Verdict;
  predicted?: PredictedCall['args'];
  actual?: EvidenceEntry['args'];
  /** Times that it was sent. */
  sent: number;
}

/** What the data of each kind of entry holds; everything that Markdown and HTML show is in here. */
export interface DataOf {
  run: RunFacts;
  result: { sentences: string[] };
  objectives: Objectives;
  waterfall: Waterfall;
  lost: LostOrders;
  gate: GateView;
  step: StepFacts;
  call: CallFacts;
  comparison: Comparison;
  event: TimelineEntry;
  message: MessageView;
  measure: { name: string; value: unknown };
}
export type Kind = keyof DataOf;

export interface Contents {
  head: string;
  run: RunFacts;
  sentences: string[];
  objectives: Objectives;
  waterfall: Waterfall;
  lost?: LostOrders;
  gates: GateView[];
  steps: (StepFacts & { made: CallFacts[]; compared: Comparison[] })[];
  events: TimelineEntry[];
  messages: MessageView[];
  measures: { name: string; value: unknown }[];
}

/** The entries of a sealed report, sorted for showing. Throws when it lacks an entry that every report has. */
export function readContents(report: Report): Contents {
  const all = <K extends Kind>(kind: K) => report.entries.filter((entry) => entry.kind === kind).map((entry) => entry.data as DataOf[K]);
  const one = <K extends Kind>(kind: K): DataOf[K] => {
    const [data] = all(kind);
    if (data === undefined) throw new Error(`the report has no entry of the kind ${kind}`);
    return data;
  };
  const calls = all('call');
  const comparisons = all('comparison');
  const [lost] = all('lost');
  const ofStep = (id: string) => ({
    made: calls.filter((call) => call.step === id),
    compared: comparisons.filter((comparison) => comparison.step === id),
  });
  return {
    head: report.head,
    run: one('run'),
    sentences: one('result').sentences,
    objectives: one('objectives'),
    waterfall: one('waterfall'),
    ...(lost && { lost }),
    gates: all('gate'),
    steps: all('step').map((step) => ({ ...step, ...ofStep(step.id) })),
    events: all('event'),
    messages: all('message'),
    measures: all('measure'),
  };
}
