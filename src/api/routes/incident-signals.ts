import { randomUUID } from 'node:crypto';
import type { Incidents } from '../../incidents/incidents.ts';
import { incidentCommandNames, type IncidentAsk, type IncidentCommandName } from '../../workflows/incident/commands.ts';
import { commandId, type Ledger } from '../idempotency.ts';
import { asked } from '../incident-answers.ts';
import { incidentBodies, incidentParams } from '../incident-schemas.ts';
import { route, type Route } from '../route.ts';
import { idempotencyHeaders } from '../schemas.ts';

const summaries: Record<IncidentCommandName, string> = {
  declare: 'Say that a proposed incident is one',
  acknowledge: 'Acknowledge an incident: the ladder stops',
  dismiss: 'Say that it is no incident',
  role: 'Assign a role, hand it over, or take it away',
  severity: 'Raise or lower the severity',
  update: 'Send an update now',
  say: 'Say something for later messages',
  note: 'Write a note into the timeline, or annotate an entry',
  mitigate: 'Say that customers are no longer hurt',
  resolve: 'Resolve: verify, watch, then tell everybody',
  attest: 'Answer for a line of the verification that nobody can read',
  reopen: 'Open it again',
  review: 'Say that a review was held, and what came of it',
  action: 'Add an action item, or say that one is done',
  tick: 'Tick a line of the closing checklist',
  close: 'Close an incident whose checklist is done',
};

/** What people say to an incident: one route for each command, so that each has its own body. */
export function incidentSignalRoutes({ incidents, ledger }: { incidents: Incidents; ledger: Ledger }): Route[] {
  return incidentCommandNames.map((command) => signalRoute(command, incidents, ledger));
}

function signalRoute(command: IncidentCommandName, incidents: Incidents, ledger: Ledger): Route {
  return route(
    {
      method: 'post',
      path: `/api/incidents/:number/signals/${command}`,
      permission: 'responder',
      pace: 'command',
      summary: summaries[command],
      params: incidentParams,
      headers: idempotencyHeaders,
      body: incidentBodies[command],
      responses: {
        200: { description: 'Applied; the new state of the incident', schema: asked },
        202: { description: 'Recorded, not yet applied: no worker has answered', schema: asked },
        404: { description: 'No such incident' },
        409: { description: 'It does not fit the state of the incident' },
        410: { description: 'The incident has ended' },
      },
    },
    async ({ caller, params: { number }, headers, body }) => {
      const by = caller.person.subject;
      const key = headers['idempotency-key'];
      const scope = `${by} ${number} ${command}`;
      const id = key === undefined ? randomUUID() : commandId(scope, key, body);
      const ask = { by, id, channel: caller.channel, command, with: body } as IncidentAsk;
      const { applied, answer } = await ledger.once(scope, key, body, () => incidents.ask(number, ask));
      if (applied) return { status: 200, body: { applied, ...answer } };
      return { status: 202, body: { applied, status: 'Recorded, not yet applied: it takes effect as soon as a worker is there.' } };
    },
  );
}
