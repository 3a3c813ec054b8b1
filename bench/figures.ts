/** One line of the result. */
export interface Figure {
  name: string;
  measured: number;
  unit: '×' | 'ms' | 'MB';
  /** The most that it may be; a figure without one is told for its own sake. */
  bar?: number;
  /** What was compared, and how many times. */
  detail: string;
  /** The readings behind it, by what was measured; ms, or MB where it is about memory. */
  samples: Record<string, readonly number[]>;
}

/** The most that a figure may be, by its name (design, "Bars"). */
export type Bars = Readonly<Record<string, number>>;

export const bars: Bars = {
  'overhead per step': 1.25,
  'trigger to first act': 1.5,
  'approval to next act': 1.5,
  'memory, 1000 runs wait': 600,
  'approval, 1000 runs wait': 1.5,
  'list of runs, p95': 200,
  'outage without people': 15_000,
};

/** The middle reading; NaN when there is none. */
export function median(readings: readonly number[]): number {
  return percentile(readings, 50);
}

/** The reading that so many percent do not exceed. */
export function percentile(readings: readonly number[], percent: number): number {
  const sorted = [...readings].sort((a, b) => a - b);
  const middle = (percent / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(middle)] ?? NaN, sorted[Math.ceil(middle)] ?? NaN];
  return low + (high - low) * (middle - Math.floor(middle));
}

/** How many times longer the median of `ours` is than that of `theirs`. */
export function ratio(name: string, ours: readonly number[], theirs: readonly number[], than: string): Figure {
  const [mine, other] = [median(ours), median(theirs)];
  return {
    ...{ name, measured: mine / other, unit: '×', samples: { muster: ours, [than]: theirs } },
    detail: `${mine.toFixed(1)} ms against ${other.toFixed(1)} ms ${than}, medians of ${ours.length}`,
  };
}

/** True when it has no bar, or keeps to it; a figure that is not a number keeps to none. */
export function holds({ measured, bar }: Figure): boolean {
  return bar === undefined || measured <= bar;
}

/** The figures as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    inUnit(figure.measured, figure.unit),
    figure.bar === undefined ? '–' : `≤ ${inUnit(figure.bar, figure.unit)}`,
    figure.bar === undefined ? ' ' : holds(figure) ? '✔' : '✖',
    figure.detail,
  ]);
  const all = [['figure', 'measured', 'bar', ' ', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** E.g. `1.09 ×`. */
export function inUnit(value: number, unit: Figure['unit']): string {
  return `${unit === '×' ? value.toFixed(2) : Math.round(value)} ${unit}`;
}
