import { post } from '../client/api.ts';
import type { RunView, Verb } from '../client/types.ts';

const paths: Partial<Record<Verb, string>> = { retryStep: 'retry-step', skipStep: 'skip-step' };

export interface Answered {
  applied: boolean;
  status: string;
}

/** Tells a run what a person wants, and how it stands when that has taken effect. Throws ApiError. */
export const command = (runId: string, verb: Verb, body: object): Promise<Answered> =>
  post<Answered>(`/api/runs/${encodeURIComponent(runId)}/signals/${paths[verb] ?? verb}`, body);

/** What Temporal answered: done, or only recorded. */
export const saidOf = (verb: string, { applied, status }: Answered): string =>
  applied ? `${verb}: Temporal has it. The run now: ${status}.` : `${verb}: ${status}`;

/** What customers notice of a run, as far as it was measured. */
export interface KnownMeasures {
  outage?: { startedAt: string | null; endedAt: string | null; totalMs: number; failed: number; over: boolean };
  lost?: { count?: number; lostMs?: number };
  targets?: { rtoMs?: number; rpoMs?: number };
  lostAt?: string;
}
export const measuresOf = ({ measures }: RunView): KnownMeasures => measures;

/** The service that a run is about; its name is what one types before something that cannot be undone. */
export function serviceOf({ plan }: RunView): string | undefined {
  const service = (plan as { service?: unknown } | null)?.service;
  if (typeof service === 'string') return service;
  const name = (service as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}
