import { join } from 'node:path';
import type { Incidents } from '../../incidents/incidents.ts';
import { RunProblem } from '../../runs/problem.ts';
import { declared, incidentList, incidentView } from '../incident-answers.ts';
import { declareBody, incidentListQuery, incidentParams, incidentStartBody } from '../incident-schemas.ts';
import { route, type Route } from '../route.ts';
import { idempotencyHeaders, reportQuery } from '../schemas.ts';
import { answerReport, type ReportPlace } from './report.ts';
import { startResponses, startRun, type RunRoutesOptions } from './runs.ts';
import { isOver } from '../../workflows/incident/record.ts';

export interface IncidentRoutesOptions extends RunRoutesOptions {
  incidents: Incidents;
  reports: ReportPlace;
}

const params = incidentParams;
const none = { 404: { description: 'No such incident' } };

/** Declare incidents, list them, read one, watch one. */
export function incidentRoutes({ incidents, reports, ...starting }: IncidentRoutesOptions): Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/api/incidents',
        permission: 'responder',
        pace: 'command',
        summary: 'Declare an incident',
        headers: idempotencyHeaders,
        body: declareBody,
        responses: {
          200: { description: 'A repeat: it was declared before with the same Idempotency-Key', schema: declared },
          201: { description: 'Declared; `number` is its number from now on', schema: declared },
          202: { description: 'Recorded; no worker has allotted its number yet', schema: declared },
        },
      },
      async ({ caller, body, headers }) => {
        const by = caller.person.subject;
        const key = headers['idempotency-key'];
        const said = { ...withoutGaps(body), by, ...(key === undefined ? {} : { key }) };
        const result = await starting.ledger.once(`${by} declare`, key, body, () => incidents.declare(said));
        const status = !result.applied ? 202 : result.existed ? 200 : 201;
        return {
          status,
          body: result,
          ...(result.number === undefined ? {} : { headers: { Location: `/api/incidents/${result.number}` } }),
        };
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/incidents',
        permission: 'viewer',
        summary: 'List the incidents',
        query: incidentListQuery,
        responses: { 200: { description: 'Open ones, and ended ones unless `state` is open', schema: incidentList } },
      },
      async ({ query }) => {
        const { open, ended, alerts } = await incidents.list();
        return { status: 200, body: { open, ended: query.state === 'open' ? [] : ended, alerts } };
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/incidents/:number',
        permission: 'viewer',
        summary: 'Show one incident',
        params,
        responses: { 200: { description: 'The incident as it stands', schema: incidentView }, ...none },
      },
      async ({ params: { number } }) => ({ status: 200, body: await incidents.view(number) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/incidents/:number/events',
        permission: 'viewer',
        pace: 'stream',
        summary: 'Watch one incident: its whole view at once and after every change',
        params,
        responses: { 200: { description: 'Unnamed events hold an IncidentView; `end` closes', type: 'text/event-stream' }, ...none },
      },
      async ({ params: { number }, request, response }) => {
        await starting.streams.send(request, response, (signal) => incidents.follow(number, signal));
        return undefined;
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/incidents/:number/report',
        permission: 'viewer',
        summary: 'Read the report of an incident that is resolved',
        params,
        query: reportQuery,
        responses: {
          200: { description: 'The report in the format that was asked for', type: 'text/html' },
          404: { description: 'No report yet: it is written when the incident is resolved, and again when it is closed' },
        },
      },
      async ({ params: { number }, query }) => {
        const missing = `There is no report of ${number} yet; it is written when the incident is resolved.`;
        return answerReport(reports, join('incidents', number, 'report'), query.format, missing);
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/incidents/:number/runs',
        permission: 'responder',
        pace: 'command',
        summary: 'Start a run for an incident',
        params,
        headers: idempotencyHeaders,
        body: incidentStartBody,
        responses: { ...startResponses, ...none },
      },
      async ({ caller, params: { number }, body, headers }) => {
        await mustBeOpen(incidents, number);
        return startRun(starting, caller, { ...body, incident: number }, headers['idempotency-key']);
      },
    ),
  ];
}

/** A run is never held up by an incident that cannot be looked at. */
async function mustBeOpen(incidents: Incidents, number: string): Promise<void> {
  const view = await incidents.view(number).catch((error: unknown) => {
    if (error instanceof RunProblem && error.status < 500) throw error;
    return undefined;
  });
  if (view && isOver(view)) throw new RunProblem(409, 'NotNow', `the incident ${number} is ${view.state}: declare a new one`);
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** What was left out is not there at all, as it is everywhere in a history. */
export function withoutGaps<T extends object>(body: T): Given<T> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Given<T>;
}
