import { randomUUID } from 'node:crypto';
import type { Runs } from '../../runs/runs.ts';
import { verbPaths, type CommandOf, type Role, type Verb } from '../../workflows/messages.ts';
import { commanded } from '../answers.ts';
import { commandId, type Ledger } from '../idempotency.ts';
import { route, type Route } from '../route.ts';
import { commandBodies, idempotencyHeaders, runParams } from '../schemas.ts';

const summaries: Record<Verb, string> = {
  approve: 'Approve at a gate, on the facts with this digest',
  decline: 'Decline at a gate, on the facts with this digest',
  pause: 'Pause before the next step',
  resume: 'Go on after a pause',
  retryStep: 'Try the failed step again',
  skipStep: 'Go on without the failed step',
  undo: 'Undo what has been done, newest first',
  abort: 'End the run, leaving everything as it is or undoing it',
  note: 'Write a note into the timeline',
};

/** What people say to a run: one route for each verb, so that each declares who may. */
export function signalRoutes({ runs, ledger }: { runs: Runs; ledger: Ledger }): Route[] {
  return Object.entries(verbPaths).map(([path, verb]) => signalRoute(path, verb, runs, ledger));
}

function signalRoute(path: string, verb: Verb, runs: Runs, ledger: Ledger): Route {
  const permission: Role = verb === 'approve' || verb === 'decline' ? 'approver' : 'responder';
  return route(
    {
      method: 'post',
      path: `/api/runs/:runId/signals/${path}`,
      permission,
      pace: 'command',
      summary: summaries[verb],
      params: runParams,
      headers: idempotencyHeaders,
      body: commandBodies[verb],
      responses: {
        200: { description: 'Applied; the new state of the run', schema: commanded },
        202: { description: 'Recorded, not yet applied: no worker has answered', schema: commanded },
        404: { description: 'No such run, gate or step' },
        409: { description: 'It does not fit: already decided, the facts changed, or not now' },
        410: { description: 'The run has ended' },
      },
    },
    async ({ caller, params, headers, body }) => {
      const by = caller.person.subject;
      const key = headers['idempotency-key'];
      const scope = `${by} ${params.runId} ${verb}`;
      const id = key === undefined ? randomUUID() : commandId(scope, key, body);
      const command = { ...body, by, id, channel: caller.channel } as CommandOf[typeof verb];
      const { applied, answer } = await ledger.once(scope, key, body, () => runs.command(params.runId, verb, command));
      if (applied) return { status: 200, body: { applied, ...answer } };
      return { status: 202, body: { applied, status: 'Recorded, not yet applied: it takes effect as soon as a worker is there.' } };
    },
  );
}
