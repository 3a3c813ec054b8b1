import type { MitigationSummary } from '../runs/mitigations.ts';
import type { RunSummary } from '../runs/runs.ts';
import { verbPaths, type RunView, type Verb } from '../workflows/messages.ts';
import { createApiCaller, type ApiOptions } from './api-call.ts';
import type { RunsClient } from './runs-client.ts';
import { whoAmI } from './who.ts';

const answers = () => import('./api-answers.ts');

/** Reaches runs through the API; throws ApiDown and refusals as `ApiCaller` does. */
export function createApiClient(options: ApiOptions): RunsClient {
  const api = createApiCaller(options);
  const runPath = (runId: string) => `/api/runs/${encodeURIComponent(runId)}`;
  return {
    through: `the API at ${options.url}`,
    start: async (request, key) => (await answers()).started.parse((await api.post('/api/runs', request, key)).answer),
    list: async (limit) => ((await api.json(`/api/runs?limit=${limit}`)) as { runs: RunSummary[] }).runs,
    mitigations: async () => ((await api.json('/api/mitigations')) as { mitigations: MitigationSummary[] }).mitigations,
    view: async (runId) => (await api.json(runPath(runId))) as RunView,
    command: async (runId, verb, said, key) => {
      const { applied, answer } = await api.post(`${runPath(runId)}/signals/${pathOf(verb)}`, said, key);
      return applied ? { applied, answer: (await answers()).ofRun.parse(answer) } : { applied };
    },
    follow: (runId, signal) => api.views(`${runPath(runId)}/events`, signal) as AsyncIterable<RunView>,
    report: (runId, format) => api.text(`${runPath(runId)}/report?format=${format}`),
    me: () => whoAmI(api),
    close: async () => undefined,
  };
}

function pathOf(verb: Verb): string {
  return Object.entries(verbPaths).find(([, name]) => name === verb)![0];
}
