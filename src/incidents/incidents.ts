import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { QueryNotRegisteredError, type Client } from '@temporalio/client';
import type { Environment } from '../config/schema.ts';
import { follow } from '../runs/follow.ts';
import { RunProblem, temporalProblem } from '../runs/problem.ts';
import { createRuns } from '../runs/runs.ts';
import { send, workerPatienceMs, type Sent } from '../runs/send.ts';
import {
  askSignal,
  askUpdate,
  incidentId,
  incidentQuery,
  type IncidentCommandName,
  runSignal,
  type Declaration,
  type DeskView,
  type IncidentAnswer,
  type IncidentAsk,
} from '../workflows/incident/commands.ts';
import { isOver } from '../workflows/incident/record.ts';
import type { IncidentView } from '../workflows/incident/view.ts';
import { checkDeclaration } from './check-declaration.ts';
import type { DeskClient } from './desk-client.ts';
import type { DeskQueue } from './desk-queue.ts';
import { runsBeside, type SomeRuns } from './runs-beside.ts';

export interface DeclareIncident extends Omit<Declaration, 'key'> {
  /** The same person with the same key gets the same incident. */
  key?: string;
}

export interface DeclaredIncident {
  /** Absent while it is only recorded: the next worker allots it. */
  number?: string;
  applied: boolean;
  existed: boolean;
}

/** Everything that API and command line do with incidents. Refusals and faults are thrown as RunProblem. */
export interface Incidents {
  /** Checks first, then puts it on the record; `applied: false` means that no worker has allotted its number yet. */
  declare(asked: DeclareIncident): Promise<DeclaredIncident>;
  /** What the desk knows: open ones and ended ones. */
  list(): Promise<DeskView>;
  view(number: string): Promise<IncidentView>;
  /** `applied: false` means that it is in the incident's history and will be answered by the next worker. */
  ask(number: string, asked: IncidentAsk): Promise<Sent<IncidentAnswer>>;
  /** A view at once and after every change, until the incident is closed or dismissed or the signal aborts. */
  follow(number: string, signal: AbortSignal): AsyncIterable<IncidentView>;
}

export interface IncidentsOptions {
  client: Client;
  environment: Environment;
  desk: Pick<DeskClient, 'takeLater' | 'view'>;
  /** Gathers declarations that come together; the desk itself does where nobody else declares. */
  queue: Pick<DeskQueue, 'declare'>;
  /** The runs of the environment, unless others are meant. */
  runs?: SomeRuns;
}

const againAfterMs = 50;
/** What tells that people work on it: then it hears of the runs that began without it. */
const looksBeside: readonly IncidentCommandName[] = ['acknowledge', 'mitigate', 'resolve', 'close'];
/** It never holds up a person. */
const lookForMs = 2_000;

/** Makes the way to an environment's incidents. */
export function createIncidents({ client, environment, desk, queue, runs }: IncidentsOptions): Incidents {
  const addressOf = (number: string) => incidentId(environment.name, number);
  const view = async (number: string): Promise<IncidentView> => {
    const until = Date.now() + workerPatienceMs;
    for (;;) {
      try {
        return await client.withDeadline(until, () => client.workflow.getHandle(addressOf(number)).query(incidentQuery));
      } catch (error) {
        // It is there, and cannot answer before it has read its policy.
        if (!(error instanceof QueryNotRegisteredError)) throw temporalProblem(error, number, 'incident');
        if (Date.now() + againAfterMs > until) throw new RunProblem(503, 'NoWorker', `${number} has begun, but cannot be read yet`);
        await delay(againAfterMs);
      }
    }
  };
  const tellOfRunsBeside = async (number: string): Promise<void> => {
    const beside = await runsBeside(runs ?? createRuns({ client, environment }), await view(number));
    for (const run of beside) await client.workflow.getHandle(addressOf(number)).signal(runSignal, run);
  };
  return {
    declare: async ({ key, ...said }) => {
      checkDeclaration(environment, said);
      const declaration = { ...said, key: keyOf(said.by, key) };
      try {
        const { number, existed } = await queue.declare(declaration);
        return { number, existed, applied: true };
      } catch (error) {
        if (!(error instanceof RunProblem) || error.code !== 'NoWorker') throw error;
        await desk.takeLater({ declarations: [declaration], alerts: [] });
        return { applied: false, existed: false };
      }
    },
    list: () => desk.view(),
    view,
    ask: async (number, asked) => {
      if (looksBeside.includes(asked.command))
        await Promise.race([tellOfRunsBeside(number).catch(() => undefined), delay(lookForMs, undefined, { ref: false })]);
      const to = { workflowId: addressOf(number), kind: 'incident' as const, name: number };
      return send(client, { ...to, update: askUpdate.name, signal: askSignal.name }, asked);
    },
    follow: (number, signal) =>
      follow(client, { workflowId: addressOf(number), kind: 'incident', view: () => view(number), isLast: isOver }, signal),
  };
}

function keyOf(by: string, key: string | undefined): string {
  return key === undefined ? randomUUID() : createHash('sha256').update(`${by} ${key}`).digest('hex').slice(0, 32);
}
