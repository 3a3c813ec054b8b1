import type { Metrics } from '../metrics.ts';
import { route, type Route } from '../route.ts';

/** The API's own numbers for Prometheus; give it a viewer's token. */
export function metricsRoutes({ registry }: Metrics): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/metrics',
        permission: 'viewer',
        summary: 'Read the metrics',
        responses: { 200: { description: 'Prometheus text format', type: 'text/plain' } },
      },
      async () => ({ status: 200, body: await registry.metrics(), headers: { 'Content-Type': registry.contentType } }),
    ),
  ];
}
