import type { RunbookEntry } from '../../catalogue.ts';
import type { Runs, StartRun } from '../../runs/runs.ts';
import { holds } from '../access.ts';
import { runList, runView, started } from '../answers.ts';
import { ApiProblem } from '../errors.ts';
import type { Ledger } from '../idempotency.ts';
import { route, type Answer, type Caller, type Route } from '../route.ts';
import { idempotencyHeaders, listQuery, runParams, startBody } from '../schemas.ts';
import type { Streams } from '../sse.ts';
import { names } from './runbooks.ts';

export interface RunRoutesOptions {
  runs: Runs;
  catalogue: readonly RunbookEntry[];
  ledger: Ledger;
  streams: Streams;
}

/** What starting a run is answered. */
export const startResponses: Route['responses'] = {
  200: { description: 'A repeat: this run was started before with the same Idempotency-Key', schema: started },
  201: { description: 'Started', schema: started },
  202: { description: 'Recorded; no worker has taken it up yet', schema: started },
  409: { description: 'Another run holds a resource that this one would change; `holder` names it' },
};

/** Start runs, list them, read one, watch one. */
export function runRoutes({ runs, catalogue, ledger, streams }: RunRoutesOptions): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/api/runs',
        permission: 'responder',
        pace: 'command',
        summary: 'Start a run',
        headers: idempotencyHeaders,
        body: startBody,
        responses: startResponses,
      },
      async ({ caller, body: { incident, ...body }, headers }) => {
        const asked = { ...body, ...(incident === undefined ? {} : { incident }) };
        return startRun({ runs, catalogue, ledger }, caller, asked, headers['idempotency-key']);
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/runs',
        permission: 'viewer',
        summary: 'List the newest runs',
        query: listQuery,
        responses: { 200: { description: 'Newest first', schema: runList } },
      },
      async ({ query }) => ({ status: 200, body: { runs: await runs.list(query.limit) } }),
    ),
    route(
      {
        method: 'get',
        path: '/api/runs/:runId',
        permission: 'viewer',
        summary: 'Show one run',
        params: runParams,
        responses: { 200: { description: 'The run as it stands', schema: runView }, 404: { description: 'No such run' } },
      },
      async ({ params }) => ({ status: 200, body: await runs.view(params.runId) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/runs/:runId/events',
        permission: 'viewer',
        pace: 'stream',
        summary: 'Watch one run: its whole view at once and after every change',
        params: runParams,
        responses: {
          200: { description: 'Unnamed events hold a RunView; `end` closes', type: 'text/event-stream' },
          404: { description: 'No such run' },
        },
      },
      async ({ params, request, response }) => {
        await streams.send(request, response, (signal) => runs.follow(params.runId, signal));
        return undefined;
      },
    ),
  ];
}

/** Starts a run for the caller, who must have the role that its runbook asks for. */
export async function startRun(
  { runs, catalogue, ledger }: Omit<RunRoutesOptions, 'streams'>,
  { person }: Caller,
  asked: Omit<StartRun, 'requestedBy' | 'idempotencyKey'>,
  key: string | undefined,
): Promise<Answer> {
  mayStart(catalogue, asked.runbook, person);
  const request = { ...asked, requestedBy: person.subject };
  const result = await ledger.once(`${person.subject} start`, key, request, () =>
    runs.start({ ...request, ...(key === undefined ? {} : { idempotencyKey: key }) }),
  );
  const status = result.existed ? 200 : result.applied ? 201 : 202;
  return { status, body: result, headers: { Location: `/api/runs/${encodeURIComponent(result.runId)}` } };
}

function mayStart(catalogue: readonly RunbookEntry[], name: string, person: Parameters<typeof holds>[0]): void {
  const entry = catalogue.find((runbook) => runbook.name === name);
  if (!entry) {
    const detail = `is not known; there are ${names(catalogue)}`;
    throw new ApiProblem(422, 'InvalidInput', `The runbook ${name} ${detail}.`, { fields: [{ pointer: '/runbook', detail, in: 'body' }] });
  }
  if (!holds(person, entry.startRole)) {
    throw new ApiProblem(
      403,
      'NotEntitled',
      `Starting ${name} needs the role ${entry.startRole}; ${person.subject} has ${person.roles.join(', ')}.`,
    );
  }
}
