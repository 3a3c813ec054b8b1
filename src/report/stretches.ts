/** Whom a moment of the run waited for: a loss unnoticed, people, tools being tried again, tools at work, or Muster itself. */
export type Who = 'notice' | 'people' | 'retries' | 'tools' | 'muster';

/** Milliseconds since the picture's zero. */
export interface Span {
  from: number;
  to: number;
}
export type Stretch = Span & { who: Who };

/** Cuts a span into stretches; where layers overlap the later one wins, and where there is none it is `rest`. */
export function paint(span: Span, layers: readonly Stretch[], rest: Who): Stretch[] {
  const inside = layers.map((layer) => ({ ...layer, ...clip(layer, span) })).filter(({ from, to }) => from < to);
  const cuts = [...new Set([span.from, span.to, ...inside.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[index + 1]!;
    const who = inside.findLast((layer) => layer.from <= from && to <= layer.to)?.who ?? rest;
    const last = stretches.at(-1);
    if (last?.who === who) last.to = to;
    else stretches.push({ from, to, who });
  }
  return stretches;
}

/** The part of a span that lies within another; empty (from ≥ to) when there is none. */
export function clip(span: Span, within: Span): Span {
  return { from: Math.max(span.from, within.from), to: Math.min(span.to, within.to) };
}

export function within<T extends Span>(stretches: readonly T[], span: Span): T[] {
  return stretches.map((stretch) => ({ ...stretch, ...clip(stretch, span) })).filter(({ from, to }) => from < to);
}

export function total(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

// A step that starts this soon after another one ended is taken to have waited for it.
const handOverMs = 1_000;

/** Walks back from the end to what each moment waited for; the segments cover the whole span, `task` is absent where nothing ran. */
export function criticalPath<T extends Span>(tasks: readonly T[], span: Span): (Span & { task?: T })[] {
  const segments: (Span & { task?: T })[] = [];
  let cursor = span.to;
  while (cursor > span.from) {
    const { task, end } = predecessor(tasks, cursor);
    const reached = task ? Math.max(end, span.from) : span.from;
    if (reached < cursor) segments.unshift({ from: reached, to: cursor });
    const from = task ? Math.max(task.from, span.from) : span.from;
    if (task && from < reached) segments.unshift({ from, to: reached, task });
    cursor = from;
  }
  return segments;
}

function predecessor<T extends Span>(tasks: readonly T[], cursor: number): { task?: T; end: number } {
  const before = tasks.filter((task) => task.from < cursor);
  const ended = before.filter((task) => task.to <= cursor).sort((a, b) => b.to - a.to || a.from - b.from)[0];
  const running = before.filter((task) => task.to > cursor).sort((a, b) => b.from - a.from)[0];
  if (ended && (!running || cursor - ended.to <= handOverMs)) return { task: ended, end: ended.to };
  return running ? { task: running, end: cursor } : { end: cursor };
}
