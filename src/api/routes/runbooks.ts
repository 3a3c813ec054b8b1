import { describeRunbook, type RunbookEntry } from '../../catalogue.ts';
import { runbook, runbookList } from '../answers.ts';
import { ApiProblem } from '../errors.ts';
import { route, type Route } from '../route.ts';
import { runbookParams } from '../schemas.ts';

/** What can be started, when to use it, and the shape of its input. */
export function runbookRoutes(catalogue: readonly RunbookEntry[]): Route[] {
  const described = catalogue.map(describeRunbook);
  return [
    route(
      {
        method: 'get',
        path: '/api/runbooks',
        permission: 'viewer',
        summary: 'List the runbooks',
        responses: { 200: { description: 'All runbooks', schema: runbookList } },
      },
      async () => ({ status: 200, body: { runbooks: described } }),
    ),
    route(
      {
        method: 'get',
        path: '/api/runbooks/:name',
        permission: 'viewer',
        summary: 'Show one runbook',
        params: runbookParams,
        responses: { 200: { description: 'The runbook', schema: runbook }, 404: { description: 'No such runbook' } },
      },
      async ({ params }) => {
        const found = described.find((entry) => entry.name === params.name);
        if (!found) throw new ApiProblem(404, 'NotFound', `There is no runbook ${params.name}; there are ${names(catalogue)}.`);
        return { status: 200, body: found };
      },
    ),
  ];
}

/** For sentences that say what could be asked for instead. */
export function names(catalogue: readonly RunbookEntry[]): string {
  return catalogue.map((entry) => entry.name).join(', ');
}
