import { randomUUID } from 'node:crypto';
import type { ReadinessView } from '../workflows/readiness/view.ts';
import { createApiCaller, type ApiOptions } from './api-call.ts';

/** How the command line reaches readiness: through the API, or straight through Temporal. */
export interface ReadinessClient {
  readonly through: string;
  view(): Promise<ReadinessView>;
  /** Asks for a look; it is done when the view's `evaluation` has risen. */
  evaluate(): Promise<void>;
  close(): Promise<void>;
}

/** Reaches readiness through the API; throws ApiDown and refusals as `ApiCaller` does. */
export function createReadinessApiClient(options: ApiOptions): ReadinessClient {
  const api = createApiCaller(options);
  return {
    through: `the API at ${options.url}`,
    view: async () => (await api.json('/api/readiness')) as ReadinessView,
    evaluate: async () => void (await api.post('/api/readiness/evaluate', {}, randomUUID())),
    close: async () => undefined,
  };
}
