import type { Environment } from '../../config/environment.ts';
import { type Pace, redactText, sentenceOf, short, takeReadings, type ToldObservation } from '../kit/index.ts';
import { askNumber } from './queries.ts';

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

export type MetricObservation = ToldObservation;

/** Reads a number once. No series, several, NaN, and a Prometheus that does not answer are no number, never a good one. */
export async function readMetric(environment: Environment, { name, query }: Pick<MetricAsked, 'name' | 'query'>): Promise<Metric> {
  const answer = await askNumber(environment, query).catch((error: unknown) => ({ none: sentenceOf(error) }));
  if ('value' in answer) return { value: answer.value, detail: `${name}: ${answer.value}` };
  return { value: null, detail: short(redactText(`${name}: cannot tell, ${answer.none}`), 500) };
}

/** Reads a number every `everyMs` for `forMs`. A reading without a number is missing. */
export async function watchMetric(
  environment: Environment,
  { above, below, ...asked }: MetricAsked,
  pace: Pace,
): Promise<MetricObservation> {
  const holds = (value: number) => (above === undefined || value > above) && (below === undefined || value < below);
  const seen = await takeReadings(async () => {
    const { value, detail } = await readMetric(environment, asked);
    return { good: value === null ? null : holds(value), detail };
  }, pace);
  return { ...seen, detail: seen.detail === 'overslept' ? `${asked.name}: overslept` : seen.detail };
}
