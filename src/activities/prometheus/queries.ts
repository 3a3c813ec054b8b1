import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { HttpAnswer, jsonOf, request, resolved, under } from '../kit/index.ts';

const sample = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
/** Said when a part of the stores did not answer, so that the result is only a part of it. */
const warnings = z.array(z.string()).nullish();
const refusal = z.object({ status: z.literal('error'), error: z.string() });
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    warnings,
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: sample })) }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
      z.object({ resultType: z.literal('string'), result: sample }),
      z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: labels, values: z.array(sample) })) }),
    ]),
  }),
  refusal,
]);
const alert = z.object({ labels, annotations: labels.default({}), state: z.string(), activeAt: z.string().optional() });
const alertsAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), warnings, data: z.object({ alerts: z.array(alert) }) }),
  refusal,
]);

/** The one number of a query, or why there is none: only one series with a real value is an answer, and a part of one is none. */
export type OneNumber = { value: number } | { none: string };

/** Asks Prometheus for one number now. Throws HttpAnswer when it refuses the query, and what `fetch` throws when it does not answer. */
export async function askNumber(environment: Environment, query: string): Promise<OneNumber> {
  const { data, partial } = await ask(environment, `/api/v1/query?query=${encodeURIComponent(query)}`);
  if (partial !== undefined) return { none: partial };
  const values =
    data.resultType === 'vector' ? data.result.map(({ value }) => value[1]) : data.resultType === 'scalar' ? [data.result[1]] : [];
  if (values.length !== 1)
    return { none: values.length === 0 ? 'no series answers' : `${values.length} series answer, and one was expected` };
  const value = Number(values[0]);
  return Number.isFinite(value) ? { value } : { none: `the value is ${values[0]}` };
}

/** Asks Prometheus for a range; times are ISO, the step in seconds. Answers what it said, as text. */
export async function askRange(
  environment: Environment,
  { query, start, end, stepSeconds }: { query: string; start: string; end: string; stepSeconds: number },
): Promise<{ series: number; text: string }> {
  const asked = new URLSearchParams({ query, start, end, step: String(stepSeconds) });
  const { data, partial } = await ask(environment, `/api/v1/query_range?${asked.toString()}`);
  const kept = { ...(partial === undefined ? {} : { partial }), ...data };
  return { series: data.resultType === 'matrix' ? data.result.length : 0, text: `${JSON.stringify(kept, null, 1)}\n` };
}

/** Asks Prometheus which alerts it holds; `partial` says why these may not be all. Throws as `askNumber` does. */
export async function askAlerts(environment: Environment): Promise<{ alerts: z.output<typeof alert>[]; partial?: string }> {
  const { data, partial } = await get(environment, '/api/v1/alerts', alertsAnswer);
  return { alerts: data.alerts, ...(partial === undefined ? {} : { partial }) };
}

const ask = (environment: Environment, path: string) => get(environment, path, answer);

async function get<Data>(
  environment: Environment,
  path: string,
  schema: z.ZodType<{ status: 'success'; data: Data; warnings?: string[] | null | undefined } | { status: 'error'; error: string }>,
): Promise<{ data: Data; partial?: string }> {
  const prometheus = environment.incidents?.prometheus;
  if (prometheus === undefined) throw new HttpAnswer('the environment does not say where its Prometheus is (incidents.prometheus)', 404);
  const result = await request({ url: under(resolved(prometheus), path), kind: 'read', maxBytes: 8 * 1024 * 1024, timeoutMs: 10_000 });
  const parsed = schema.safeParse(jsonOf(result));
  if (!parsed.success) throw new HttpAnswer(`Prometheus answered ${result.status} with something else than a result`, result.status);
  if (parsed.data.status === 'error') throw new HttpAnswer(`Prometheus refuses the query: ${parsed.data.error}`, result.status);
  const { data, warnings: said } = parsed.data;
  return { data, ...(said?.length ? { partial: `a partial answer: ${said.join('; ')}` } : {}) };
}
