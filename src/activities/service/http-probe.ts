import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import {
  askedSince,
  askHealth,
  failure,
  HttpAnswer,
  type HttpResult,
  jsonOf,
  named,
  type Observation,
  observe,
  proof,
  read,
  request,
  requestGood,
  resolved,
  sentenceOf,
  type ServiceAnywhere,
} from '../kit/index.ts';
import { ifItSees, type VantageReading } from './eyes.ts';
import { readReceipts } from '../postgres/index.ts';

export type { Observation } from '../kit/index.ts';

/** What customers saw, by their own clocks. */
export interface CustomersOutage {
  startedAt: string | null;
  endedAt: string | null;
  totalMs: number;
  failed: number;
  /** False while orders still fail, or too few good ones followed. */
  over: boolean;
  /** When the present trouble began, after the last calm; missing when the source does not tell it. */
  since?: string | null;
}

/** What customers were promised to keep. */
export interface Acknowledged {
  count: number;
  /** ISO 8601. */
  newest: string | null;
}

const vantageMs = 2_000;
const outageSchema = z.object({
  outage: z.object({
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    totalMs: z.number(),
    failed: z.number(),
    over: z.boolean(),
    since: z.string().nullable().exactOptional(),
  }),
});

/** The service as seen from outside: health endpoints, what customers say. */
export function httpProbeActivities(environment: Environment) {
  return {
    /** Asks all vantage points at once; 2xx says that the region is well, any other answer or none says that it is not. */
    vantage: read(({ service, region }: ServiceRegion): Promise<VantageReading[]> => {
      const { regions, vantagePoints } = named(environment.services, service, 'service');
      named(regions, region, `service ${service} in the region`);
      return Promise.all(vantagePoints.map((point) => ifItSees(point, () => seenFrom(point.name, point.url, region))));
    }),

    /** Takes readings at a steady pace and brings back the sum of them. */
    observeService: proof(({ forMs, everyMs, ...where }: ServiceAnywhere & { forMs: number; everyMs: number }): Promise<Observation> => {
      return observe(() => askHealth(environment, where), { forMs, everyMs });
    }),

    /** How many orders customers hold an acknowledgement for since a time, and when the newest was; null when customers keep no receipts. */
    acknowledgedSince: read(async ({ service, since }: { service: string; since: string }): Promise<Acknowledged | null> => {
      const { acknowledged } = named(environment.services, service, 'service').customers;
      if (!acknowledged) return null;
      const receipts = await readReceipts(resolved(acknowledged), since);
      return { count: receipts.length, newest: receipts.at(-1)?.at ?? null };
    }),

    /** How long customers waited, from the source that they themselves are; with a time, in trouble that was not over by then. */
    customersOutage: read(async ({ service, since }: { service: string; since?: string }): Promise<CustomersOutage> => {
      const { outage } = named(environment.services, service, 'service').customers;
      if (!outage) throw failure(Failure.InvalidInput, `the environment does not say where customers of ${service} tell their outage`);
      const parsed = outageSchema.safeParse(jsonOf(await requestGood({ url: askedSince(resolved(outage), since).href, kind: 'read' })));
      if (!parsed.success)
        throw failure(
          Failure.Permanent,
          `the customers of ${service} do not tell their outage as expected: ${z.prettifyError(parsed.error)}`,
        );
      return since === undefined ? parsed.data.outage : notBefore(since, parsed.data.outage);
    }),
  };
}

/** An account that knows no `since` tells of older trouble, too: that was over by then, and is no part of the event. */
function notBefore(moment: string, outage: CustomersOutage): CustomersOutage {
  const { startedAt, endedAt, since = null } = outage;
  const at = (time: string) => Date.parse(time);
  if (startedAt === null || at(startedAt) >= at(moment)) return outage;
  if (endedAt !== null && at(endedAt) < at(moment))
    return { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true, since: null };
  if (since === null || at(since) <= at(startedAt)) return outage;
  return { ...outage, startedAt: since, totalMs: outage.totalMs - (at(since) - at(startedAt)) };
}

async function seenFrom(name: string, template: string, region: string): Promise<VantageReading> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  let url: string;
  try {
    url = resolved(template).replaceAll('{region}', encodeURIComponent(region));
  } catch (error) {
    return { name, healthy: null, detail: sentenceOf(error), ms: ms() };
  }
  try {
    const answer: HttpResult = await request({ url, kind: 'read', timeoutMs: vantageMs });
    return { name, healthy: answer.ok, detail: `answered ${answer.status}`, ms: ms() };
  } catch (error) {
    return { name, healthy: false, detail: error instanceof HttpAnswer ? error.message : `no answer: ${sentenceOf(error)}`, ms: ms() };
  }
}
