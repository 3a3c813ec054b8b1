import type { Results } from './reporter.ts';

/** All of them as one. */
export function sumOf(results: readonly Results[]): Results {
  const sum = (count: 'passed' | 'failed' | 'skipped') => results.reduce((total, one) => total + one[count], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), took: results.flatMap(({ took }) => took) };
}

/** The slowest files and tests, as lines; a file's time is that of its tests and hooks. */
export function slowest({ took }: Results, count: number): string {
  const files = new Map<string, number>();
  for (const { file, ms } of took) files.set(file, (files.get(file) ?? 0) + ms);
  const tests = took.filter(({ hook }) => !hook).map(({ file, title, ms }): [string, number] => [`${title} (${file})`, ms]);
  const list = (what: string, times: [string, number][]) => {
    const first = times.sort(([, one], [, other]) => other - one).slice(0, count);
    return [`Slowest ${what}:`, ...first.map(([name, ms]) => `${(ms / 1_000).toFixed(1).padStart(8)} s  ${name}`)];
  };
  return ['', ...list('files, with their hooks', [...files]), '', ...list('tests', tests), ''].join('\n');
}

/** The closing line. */
export const closing = ({ passed, failed, skipped }: Results): string =>
  `${skipped === 0 ? '' : `${skipped} skipped: what this machine lacks is said above\n`}${passed} passed, ${failed} failed`;
