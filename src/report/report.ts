import type { RunView } from '../workflows/messages.ts';
import { canonicalJson } from '../workflows/canonical-json.ts';
import { seal, sha256, type Report } from './chain.ts';
import type { Build, DataOf, HistoryFacts, Kind } from './content.ts';
import { knownMeasures } from './measures.ts';
import { lostOrdersOf, objectivesOf, resultSentences } from './objectives.ts';
import { compare } from './predicted.ts';
import { buildWaterfall } from './waterfall.ts';

export interface ReportExtra {
  build: Build;
  history?: HistoryFacts;
  /** Why there is no history. */
  historyProblem?: string;
}

/** Digest of a view, by which an archive knows whether it already holds the report of it. */
export function digestOfView(view: RunView): string {
  return sha256(canonicalJson(JSON.parse(JSON.stringify(view))));
}

/** Makes the sealed report of a run from its view: a pure function, so that the same run always gives the same report. */
export function buildReport(view: RunView, extra: ReportExtra): Report {
  const known = knownMeasures(view.measures);
  const endedAt = view.endedAt ?? lastMoment(view);
  const lost = lostOrdersOf(known);
  return seal([
    entry('run', view.startedAt, runFacts(view, endedAt, extra)),
    ...view.timeline.map((event) => entry('event', event.at, event)),
    ...view.steps.flatMap(({ evidence, predicted: _predicted, ...step }) => [
      entry('step', step.startedAt, { ...step, calls: evidence.length }),
      ...evidence.map((call) => entry('call', call.at, { ...call, step: step.id })),
    ]),
    ...view.gates.map((gate) => entry('gate', gate.openedAt, gate)),
    ...view.messages.map((message) => entry('message', message.at, message)),
    // The lost orders are an entry of their own; everything else is kept as it was measured.
    ...Object.entries(view.measures).flatMap(([name, value]) =>
      name === 'lost' && lost ? [] : [entry('measure', endedAt, { name, value })],
    ),
    ...(lost ? [entry('lost', endedAt, lost)] : []),
    ...view.steps.flatMap((step) => compare(step, view.mode).map((comparison) => entry('comparison', step.endedAt ?? endedAt, comparison))),
    entry('waterfall', endedAt, buildWaterfall(view, known, endedAt)),
    entry('objectives', endedAt, objectivesOf(view, known)),
    entry('result', endedAt, { sentences: resultSentences(view, known) }),
  ]);
}

function entry<K extends Kind>(kind: K, at: string, data: DataOf[K]): { kind: K; at: string; data: DataOf[K] } {
  return { kind, at, data };
}

function runFacts(view: RunView, endedAt: string, { build, history, historyProblem }: ReportExtra): DataOf['run'] {
  const { runId, runbook, title, environment, mode, state, status, requestedBy, reason, incident, startedAt, leases, undoable, plan } =
    view;
  return {
    ...{ runId, runbook, title, environment, mode, state, status, requestedBy, reason, startedAt, endedAt, leases, plan, build },
    ...(incident === undefined ? {} : { incident }),
    ...(history === undefined ? {} : { history }),
    ...(historyProblem === undefined ? {} : { historyProblem }),
    stillUndoable: undoable,
    view: digestOfView(view),
  };
}

/** The end of a run that is still open is the last thing known of it. */
function lastMoment(view: RunView): string {
  const moments = [
    view.startedAt,
    ...view.timeline.map(({ at }) => at),
    ...view.steps.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt ?? startedAt]),
  ];
  return moments.reduce((latest, moment) => (Date.parse(moment) > Date.parse(latest) ? moment : latest));
}
