import type { RunView, StepView } from '../workflows/messages.ts';
import type { KnownMeasures } from './measures.ts';
import { clip, criticalPath, paint, total, within, type Span, type Stretch } from './stretches.ts';
import { stepLayers, waitsForOperators } from './waits.ts';

/** One row of the picture. */
export interface Lane extends Span {
  name: string;
  /** Id of the step that it shows. */
  step?: string;
  kind: 'notice' | 'start' | 'decide' | 'step' | 'verify' | 'undo' | 'between' | 'dns';
  /** The lane's own time, cut by whom it waited for. */
  stretches: Stretch[];
  /** Share of the run's length that this lane stands for: over all lanes these add up to the picture's length, however much ran side by side. */
  criticalMs: number;
}

/** A moment worth a mark: a decision, or the point of no return. */
export interface Mark {
  at: number;
  lane: number;
  kind: 'approve' | 'decline' | 'point of no return';
  text: string;
}

/** Time by whom it was spent waiting for, in milliseconds. */
export interface Split {
  totalMs: number;
  noticeMs: number;
  peopleMs: number;
  toolsMs: number;
  /** The part of toolsMs that went into trying again. */
  retriesMs: number;
  musterMs: number;
}

/** Where the time went, from the loss (or the start of the run) to its end; all numbers are milliseconds since `zero`. */
export interface Waterfall {
  zero: string;
  endMs: number;
  runStartMs: number;
  lanes: Lane[];
  marks: Mark[];
  outage?: Span;
  run: Split;
  /** How the customers' outage divides. */
  customers?: Split;
  /** From the last record change to the end of the outage. */
  dnsTailMs?: number;
  /** Work that was done while people decided, and so cost no time. */
  besideDecisionsMs: number;
}

/** Measures where the time of a run went. */
export function buildWaterfall(view: RunView, known: KnownMeasures, endedAt: string): Waterfall {
  const lost = known.lostAt ?? known.outage?.startedAt ?? view.startedAt;
  const zero = Math.min(Date.parse(lost), Date.parse(view.startedAt));
  const since = (time: string) => Date.parse(time) - zero;
  const run: Span = { from: since(view.startedAt), to: Math.max(since(endedAt), since(view.startedAt)) };
  const lanes = [...beforeTheRun(run.from, known, since), ...laneOfEach(view, run, since), between(view, run, since)];
  const moments = attribute(lanes, run);
  const outage = outageSpan(known, run.to, since);
  const dns = outage && dnsTail(view.steps, outage, since);
  if (dns) lanes.push({ ...dns, name: 'DNS tail', kind: 'dns', stretches: [{ ...dns, who: 'tools' }], criticalMs: 0 });
  return {
    zero: new Date(zero).toISOString(),
    endMs: Math.max(run.to, outage?.to ?? 0),
    runStartMs: run.from,
    lanes,
    marks: marksOf(view, lanes, since),
    run: split(within(moments, run), run),
    ...(outage && { outage, customers: split(paint(outage, dns ? [...moments, { ...dns, who: 'tools' }] : moments, 'tools'), outage) }),
    ...(dns && { dnsTailMs: total([dns]) }),
    besideDecisionsMs: besideDecisions(lanes),
  };
}

function lane(name: string, kind: Lane['kind'], span: Span, stretches: Stretch[]): Lane {
  return { name, kind, ...span, stretches, criticalMs: 0 };
}

function beforeTheRun(runStart: number, known: KnownMeasures, since: (time: string) => number): Lane[] {
  const noticed = Math.max(0, Math.min(known.detectedAt ? since(known.detectedAt) : runStart, runStart));
  const lanes: Lane[] = [];
  const notice = { from: 0, to: noticed };
  if (noticed > 0) lanes.push(lane('Notice the loss', 'notice', notice, [{ ...notice, who: 'notice' }]));
  const start = { from: noticed, to: runStart };
  if (runStart > noticed) lanes.push(lane('Start the run', 'start', start, [{ ...start, who: 'people' }]));
  return lanes;
}

function laneOfEach(view: RunView, run: Span, since: (time: string) => number): Lane[] {
  const spanOf = (start: string, end?: string) => clip({ from: since(start), to: end === undefined ? run.to : since(end) }, run);
  return view.steps
    .map((step) => {
      const span = spanOf(step.startedAt, step.endedAt);
      const gate = view.gates.find(({ id, state }) => id === step.id && state !== 'simulated');
      const open: Stretch[] = gate ? [{ ...spanOf(gate.openedAt, gate.decidedAt), who: 'people' }] : [];
      const layers = [...stepLayers(step, span, view.timeline, since), ...open];
      return { ...lane(step.title, laneKind(step), span, paint(span, layers, 'muster')), step: step.id };
    })
    .sort((a, b) => a.from - b.from);
}

function laneKind(step: StepView): Lane['kind'] {
  if (step.kind === 'gate') return 'decide';
  if (step.kind === 'undo') return 'undo';
  return step.kind === 'watch' || /verif|prove|watch/i.test(step.phase) ? 'verify' : 'step';
}

/** Collects what no lane holds: Muster's own time between steps, and pauses that a person ended. */
function between(view: RunView, run: Span, since: (time: string) => number): Lane {
  return lane('Between the steps', 'between', run, waitsForOperators(view.timeline, run, since));
}

/** Books every moment on the one lane that the run waited for, and answers whom it waited for then. */
function attribute(lanes: Lane[], run: Span): Stretch[] {
  const before = lanes.filter(({ kind }) => kind === 'notice' || kind === 'start');
  for (const early of before) early.criticalMs = total([early]);
  const rest = lanes.find(({ kind }) => kind === 'between')!;
  const waits = rest.stretches;
  rest.stretches = [];
  const tasks = lanes.filter((candidate) => candidate !== rest && !before.includes(candidate));
  const moments = criticalPath(tasks, run).flatMap(({ from, to, task }) => {
    const stretches = task ? within(task.stretches, { from, to }) : paint({ from, to }, waits, 'muster');
    (task ?? rest).criticalMs += to - from;
    if (!task) rest.stretches.push(...stretches);
    return stretches;
  });
  return [...before.flatMap(({ stretches }) => stretches), ...moments];
}

function outageSpan({ outage }: KnownMeasures, end: number, since: (time: string) => number): Span | undefined {
  if (!outage?.startedAt) return undefined;
  return { from: since(outage.startedAt), to: outage.endedAt ? since(outage.endedAt) : end };
}

function dnsTail(steps: readonly StepView[], outage: Span, since: (time: string) => number): Span | undefined {
  const changed = steps
    .flatMap(({ evidence }) => evidence)
    .filter(({ call, kind, ok }) => ok && kind === 'change' && call.includes('ChangeResourceRecordSets'))
    .map(({ at, ms }) => since(at) + ms)
    .filter((end) => end > outage.from && end < outage.to);
  return changed.length > 0 ? { from: Math.max(...changed), to: outage.to } : undefined;
}

function marksOf(view: RunView, lanes: readonly Lane[], since: (time: string) => number): Mark[] {
  const row = (id: string) => lanes.findIndex(({ step }) => step === id);
  const decisions = view.gates.flatMap(({ id, decisions }) =>
    decisions.map(({ at, decision, by }): Mark => ({ at: since(at), lane: row(id), kind: decision, text: by })),
  );
  const noReturn = view.steps
    .filter(({ pointOfNoReturn, state }) => pointOfNoReturn && state !== 'skipped' && state !== 'simulated')
    .map(({ id, title, startedAt }): Mark => ({ at: since(startedAt), lane: row(id), kind: 'point of no return', text: title }));
  return [...decisions, ...noReturn].sort((a, b) => a.at - b.at);
}

function split(moments: readonly Stretch[], span: Span): Split {
  const spent = (...who: Stretch['who'][]) => total(moments.filter((moment) => who.includes(moment.who)));
  return {
    totalMs: total([span]),
    noticeMs: spent('notice'),
    peopleMs: spent('people'),
    toolsMs: spent('tools', 'retries'),
    retriesMs: spent('retries'),
    musterMs: spent('muster'),
  };
}

function besideDecisions(lanes: readonly Lane[]): number {
  const open = lanes.filter(({ kind }) => kind === 'decide').flatMap(({ stretches }) => stretches.filter(({ who }) => who === 'people'));
  const work = lanes.filter(({ kind }) => kind === 'step' || kind === 'verify');
  return open.reduce(
    (sum, gate) =>
      sum +
      total(
        paint(
          gate,
          work.map((task) => ({ ...task, who: 'tools' })),
          'people',
        ).filter(({ who }) => who === 'tools'),
      ),
    0,
  );
}
