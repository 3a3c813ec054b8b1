import { z } from 'zod';
import type { MitigationSummary } from '../runs/mitigations.ts';
import type { RunSummary } from '../runs/runs.ts';
import { verbPaths, type RunState, type RunView, type Verb } from '../workflows/messages.ts';
import { createApiCaller, type ApiOptions } from './api-call.ts';
import type { RunsClient } from './runs-client.ts';

export const startedSchema = z.object({ runId: z.string(), applied: z.boolean(), existed: z.boolean() });
const answerSchema = z.object({ state: z.custom<RunState>((state) => typeof state === 'string'), status: z.string() });

/** Reaches runs through the API; throws ApiDown and refusals as `ApiCaller` does. */
export function createApiClient(options: ApiOptions): RunsClient {
  const api = createApiCaller(options);
  const runPath = (runId: string) => `/api/runs/${encodeURIComponent(runId)}`;
  return {
    through: `the API at ${options.url}`,
    start: async (request, key) => startedSchema.parse((await api.post('/api/runs', request, key)).answer),
    list: async (limit) => ((await api.json(`/api/runs?limit=${limit}`)) as { runs: RunSummary[] }).runs,
    mitigations: async () => ((await api.json('/api/mitigations')) as { mitigations: MitigationSummary[] }).mitigations,
    view: async (runId) => (await api.json(runPath(runId))) as RunView,
    command: async (runId, verb, said, key) => {
      const { applied, answer } = await api.post(`${runPath(runId)}/signals/${pathOf(verb)}`, said, key);
      return applied ? { applied, answer: answerSchema.parse(answer) } : { applied };
    },
    follow: (runId, signal) => api.views(`${runPath(runId)}/events`, signal) as AsyncIterable<RunView>,
    report: (runId, format) => api.text(`${runPath(runId)}/report?format=${format}`),
    close: async () => undefined,
  };
}

function pathOf(verb: Verb): string {
  return Object.entries(verbPaths).find(([, name]) => name === verb)![0];
}
