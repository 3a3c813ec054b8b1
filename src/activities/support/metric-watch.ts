import type { Environment } from '../../config/environment.ts';
import { sentenceOf } from './classify-failure.ts';
import { short } from './fail.ts';
import type { Observation } from './observe.ts';
import { pauseFor } from './poll.ts';
import { askNumber } from './prometheus.ts';
import { redactText } from './redact.ts';
import { heartbeat } from './step-context.ts';

/** One number of Prometheus, or why there is none. */
export interface Metric {
  value: number | null;
  /** What was seen, as a sentence. */
  detail: string;
}

/** Which number, and where it is as it should be: above one limit, below the other. */
export interface MetricAsked {
  /** In people's words. */
  name: string;
  query: string;
  above?: number;
  below?: number;
}

/** Readings of a number over a time, in the words of a watch; `detail` is what was seen of the last bad or missing one. */
export type MetricObservation = Observation & { detail: string };

/** Reads a number once. No series, several, NaN, and a Prometheus that does not answer are no number, never a good one. */
export async function readMetric(environment: Environment, { name, query }: Pick<MetricAsked, 'name' | 'query'>): Promise<Metric> {
  const answer = await askNumber(environment, query).catch((error: unknown) => ({ none: sentenceOf(error) }));
  if ('value' in answer) return { value: answer.value, detail: `${name}: ${answer.value}` };
  return { value: null, detail: short(redactText(`${name}: cannot tell, ${answer.none}`), 500) };
}

/** Reads a number every `everyMs` for `forMs`. A reading without a number, or one that we overslept, is missing. */
export async function watchMetric(
  environment: Environment,
  { above, below, ...asked }: MetricAsked,
  { forMs, everyMs }: { forMs: number; everyMs: number },
): Promise<MetricObservation> {
  const slots = Math.max(1, Math.floor(forMs / everyMs));
  const start = performance.now();
  const readings: Promise<{ value: number | null; detail: string; ms: number }>[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const late = performance.now() - (start + slot * everyMs);
    if (late < 0) await pauseFor(-late);
    heartbeat();
    readings.push(late > everyMs ? Promise.resolve({ value: null, detail: `${asked.name}: overslept`, ms: 0 }) : timed());
  }
  const all = await Promise.all(readings);
  const holds = (value: number) => (above === undefined || value > above) && (below === undefined || value < below);
  const taken = all.flatMap(({ value, ms }) => (value === null ? [] : [{ good: holds(value), ms }]));
  const good = taken.filter((one) => one.good).length;
  const bad = taken.length - good;
  const telling = all.findLast(({ value }) => value === null || !holds(value)) ?? all.at(-1)!;
  return {
    ...{ readings: taken.length, good, bad, missing: all.length - taken.length },
    errorRate: taken.length === 0 ? 1 : bad / taken.length,
    worstMs: Math.max(0, ...taken.map(({ ms }) => ms)),
    detail: telling.detail,
  };

  async function timed() {
    const began = performance.now();
    const seen = await readMetric(environment, asked);
    return { ...seen, ms: Math.round(performance.now() - began) };
  }
}
