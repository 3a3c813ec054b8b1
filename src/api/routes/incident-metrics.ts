import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import type { Incidents } from '../../incidents/incidents.ts';
import { readMonth } from '../../incidents/month.ts';
import { incidentMonth } from '../incident-month-answers.ts';
import { route, type Route } from '../route.ts';

const query = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'use YYYY-MM')
    .optional(),
});

/** How often, how bad and how long: the metrics of a month of incidents. It must be mounted before the route of one incident. */
export function incidentMetricsRoutes({ environment, incidents }: { environment: Environment; incidents: Incidents }): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/incidents/metrics',
        permission: 'viewer',
        summary: 'Read the metrics of the incidents of a month; of this one unless `month` is said',
        query,
        responses: {
          200: { description: 'Times, frequency, severities and open action items; drills are not counted', schema: incidentMonth },
        },
      },
      async ({ query: { month } }) => {
        const now = new Date().toISOString();
        return { status: 200, body: await readMonth(environment, incidents, month ?? now.slice(0, 7), now) };
      },
    ),
  ];
}
