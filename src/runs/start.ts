import { createHash, randomBytes } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowStartOptions } from '@temporalio/client';
import { z } from 'zod';
import { catalogue, InputProblem, type RunbookEntry } from '../catalogue.ts';
import { runbookCode } from '../config/runbook-code.ts';
import type { Environment } from '../config/schema.ts';
import { RunProblem, refusalFrom, temporalProblem, type ProblemField } from './problem.ts';
import { knowsSearchAttributes } from './searchable.ts';
import type { StartedRun, StartRun } from './started.ts';
import type { CommandAnswer, RunRequest, RunView } from '../workflows/messages.ts';
import { namesKnown, nearest } from '../words/nearest.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';

const beginPatienceMs = 3_000;

/** Checks everything first, starts the run, and waits until it holds its leases. Nothing is started on bad input. */
export async function startRun(
  { client, environment }: { client: Client; environment: Environment },
  request: StartRun,
): Promise<StartedRun> {
  const entry = entryOf(request.runbook);
  const searchable = await knowsSearchAttributes(client);
  const plan = planOf(environment, entry, request, searchable);
  const runId = runIdOf(environment, entry, request);
  const asked = createHash('sha256')
    .update(JSON.stringify([request.runbook, request.mode, request.input]))
    .digest('hex');
  const title = `${entry.title}: ${request.reason}`.slice(0, 180);
  const options: WorkflowStartOptions = {
    ...{ workflowId: runId, taskQueue: environment.orchestrator.taskQueue, args: [plan] },
    ...{ workflowIdReusePolicy: 'REJECT_DUPLICATE', workflowIdConflictPolicy: 'FAIL', staticSummary: title },
    // Readiness compares it with the runbook of another day.
    memo: {
      title,
      environment: environment.name,
      mode: request.mode,
      requestedBy: request.requestedBy,
      asked,
      code: runbookCode(entry.name),
    },
    ...(searchable ? { typedSearchAttributes: attributesOf(entry, environment, request) } : {}),
  };
  try {
    await client.workflow.start(entry.workflow, options);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return existing(client, runId, asked);
    throw temporalProblem(error, runId);
  }
  return begin(client, runId);
}

function entryOf(name: string): RunbookEntry {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const known = namesKnown(
    name,
    catalogue.map((candidate) => candidate.name),
  );
  throw new RunProblem(422, 'InvalidInput', `"${name}" is no runbook; ${known}`, {
    fields: [{ pointer: '/runbook', detail: known }],
  });
}

function planOf(environment: Environment, entry: RunbookEntry, request: StartRun, searchable: boolean): { run: RunRequest } {
  const { mode, reason, requestedBy, incident } = request;
  if (!environment.people.some(({ subject }) => subject === requestedBy)) {
    throw new RunProblem(403, 'NotEntitled', `${requestedBy} is not known in ${environment.name}`);
  }
  const people = environment.people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties }));
  const run: RunRequest = {
    environment: environment.name,
    mode,
    reason,
    requestedBy,
    people,
    searchAttributes: searchable,
    ...(incident === undefined ? {} : { incident }),
  };
  try {
    return entry.resolve(environment, request.input, run);
  } catch (error) {
    const fields = fieldsOf(error, entry);
    if (!fields) throw error;
    const below = fields.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }));
    throw new RunProblem(422, 'InvalidInput', below.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
      fields: below,
      cause: error,
    });
  }
}

function fieldsOf(error: unknown, entry: RunbookEntry): ProblemField[] | undefined {
  if (error instanceof InputProblem) return error.fields;
  if (!(error instanceof z.ZodError)) return undefined;
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: `/${[...issue.path, key].join('/')}`, detail: `is not known here${meant(key, entry)}` }))
      : [{ pointer: issue.path.length > 0 ? `/${issue.path.join('/')}` : '', detail: issue.message }],
  );
}

/** The field of the runbook that a wrong one was meant for. */
function meant(key: string, { input }: RunbookEntry): string {
  const near = input instanceof z.ZodObject ? nearest(key, Object.keys(input.shape)) : undefined;
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function runIdOf({ name }: Environment, entry: RunbookEntry, { idempotencyKey, requestedBy }: StartRun): string {
  if (idempotencyKey !== undefined) {
    return `${entry.name}-${createHash('sha256').update(`${name} ${requestedBy} ${idempotencyKey}`).digest('hex').slice(0, 16)}`;
  }
  const at = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${entry.name}-${at}-${randomBytes(2).toString('hex')}`;
}

async function begin(client: Client, runId: string): Promise<StartedRun> {
  try {
    const answer = await client.withDeadline(Date.now() + beginPatienceMs, () =>
      client.workflow.getHandle(runId).executeUpdate<CommandAnswer, []>('begin'),
    );
    return { runId, applied: true, existed: false, ...answer };
  } catch (error) {
    const refusal = refusalFrom(error);
    if (refusal) throw refusal;
    return stateOf(client, runId, false);
  }
}

/** A run that ended before it could answer `begin` says in its view why; one without a worker has only been recorded. */
async function stateOf(client: Client, runId: string, existed: boolean): Promise<StartedRun> {
  const view = await client
    .withDeadline(Date.now() + beginPatienceMs, () => client.workflow.getHandle(runId).query<RunView>('view'))
    .catch(() => undefined);
  if (!view) return { runId, applied: false, existed };
  if (view.state === 'blockedByLease' && !existed) throw new RunProblem(409, 'ResourceBusy', view.status);
  return { runId, applied: true, existed, state: view.state, status: view.status };
}

async function existing(client: Client, runId: string, asked: string): Promise<StartedRun> {
  const { memo } = await client.workflow.getHandle(runId).describe();
  if (memo?.['asked'] !== asked)
    throw new RunProblem(422, 'InvalidInput', 'this Idempotency-Key was used for another request; take a new one');
  return stateOf(client, runId, true);
}

function attributesOf(
  entry: RunbookEntry,
  environment: Environment,
  { mode, incident }: StartRun,
): NonNullable<WorkflowStartOptions['typedSearchAttributes']> {
  return [
    { key: searchAttributes.runbook, value: entry.name },
    { key: searchAttributes.environment, value: environment.name },
    { key: searchAttributes.mode, value: mode },
    { key: searchAttributes.state, value: 'pending' },
    ...(incident === undefined ? [] : [{ key: searchAttributes.incident, value: incident }]),
  ];
}
