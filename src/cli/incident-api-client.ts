import type { DeclaredIncident } from '../incidents/incidents.ts';
import type { IncidentMonth } from '../incidents/month.ts';
import type { DeskView } from '../workflows/incident/commands.ts';
import type { IncidentView } from '../workflows/incident/view.ts';
import { createApiCaller, type ApiOptions } from './api-call.ts';
import type { IncidentsClient } from './incidents-client.ts';
import { whoAmI } from './who.ts';

const answers = () => import('./api-answers.ts');

/** Reaches incidents through the API; throws ApiDown and refusals as `ApiCaller` does. */
export function createIncidentApiClient(options: ApiOptions): IncidentsClient {
  const api = createApiCaller(options);
  const pathOf = (number: string) => `/api/incidents/${encodeURIComponent(number)}`;
  return {
    through: `the API at ${options.url}`,
    declare: async (said, key) =>
      (await answers()).declared.parse((await api.post('/api/incidents', said, key)).answer) as DeclaredIncident,
    list: async () => (await api.json('/api/incidents')) as DeskView,
    view: async (number) => (await api.json(pathOf(number))) as IncidentView,
    ask: async (number, command, said, key) => {
      const { applied, answer } = await api.post(`${pathOf(number)}/signals/${command}`, said, key);
      return applied ? { applied, answer: (await answers()).ofIncident.parse(answer) } : { applied };
    },
    start: async (number, request, key) => (await answers()).started.parse((await api.post(`${pathOf(number)}/runs`, request, key)).answer),
    follow: (number, signal) => api.views(`${pathOf(number)}/events`, signal) as AsyncIterable<IncidentView>,
    report: (number, format) => api.text(`${pathOf(number)}/report?format=${format}`),
    month: async (month) => (await api.json(`/api/incidents/metrics?month=${month}`)) as IncidentMonth,
    me: () => whoAmI(api),
    close: async () => undefined,
  };
}
