import { WorkflowNotFoundError, type WorkflowExecutionInfo } from '@temporalio/client';
import type { Mode, RunView } from '../../workflows/messages.ts';
import { modeOf, searchAttributes as keys } from '../../workflows/search-attributes.ts';
import { Failure } from '../../workflows/failures.ts';
import { activityContext, failure } from '../kit/index.ts';

/** A run of Muster, as Temporal's list has it. */
export interface OwnRun {
  runId: string;
  runbook: string;
  title: string;
  mode: Mode;
  open: boolean;
  state: string;
  startedAt: string;
  incident?: string;
}

export interface RunsAsked {
  environment: string;
  incident?: string;
  runbook?: string;
  open?: boolean;
  /** ISO; started then or later. */
  since?: string;
  limit?: number;
}

const listMs = 5_000;
const queryMs = 4_000;
/** gRPC: it does not answer now, or has too much to do. */
const passing: readonly unknown[] = [1, 4, 8, 14];

/** Runs of this environment, the newest first. Throws Transient while Temporal does not answer, Permanent when it cannot list. */
export async function listOwnRuns({ environment, incident, runbook, open, since, limit = 200 }: RunsAsked): Promise<OwnRun[]> {
  const is = (name: string, value: string | undefined) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]);
  const query = [
    `${keys.runbook.name} IS NOT NULL`,
    ...is(keys.environment.name, environment),
    ...is(keys.incident.name, incident),
    ...is(keys.runbook.name, runbook),
    ...(open ? [`ExecutionStatus = 'Running'`] : []),
    ...(since === undefined ? [] : [`StartTime >= ${quoted(new Date(since).toISOString())}`]),
  ].join(' AND ');
  const client = ourClient();
  const found: OwnRun[] = [];
  await asked(() =>
    client.withDeadline(Date.now() + listMs, async () => {
      for await (const info of client.workflow.list({ query, pageSize: limit })) {
        found.push(runOf(info));
        if (found.length >= limit) return;
      }
    }),
  );
  return found.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** What a run says of itself. Throws Transient while no worker answers for it. */
export function viewOfRun(runId: string): Promise<RunView> {
  const client = ourClient();
  return asked(() => client.withDeadline(Date.now() + queryMs, () => client.workflow.getHandle(runId).query<RunView>('view')));
}

/** True until a run has ended; one that Temporal does not know has. Throws Transient while Temporal does not answer. */
export function isOpen(runId: string): Promise<boolean> {
  const client = ourClient();
  const describe = () => client.withDeadline(Date.now() + queryMs, () => client.workflow.getHandle(runId).describe());
  return asked(() =>
    describe().then(
      ({ status }) => status.name === 'RUNNING',
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      },
    ),
  );
}

/** The client of the worker. Throws Permanent outside an activity. */
export function ourClient() {
  const context = activityContext();
  if (context) return context.client;
  throw failure(Failure.Permanent, 'runs can only be looked for from within an activity');
}

/** Asks Temporal. Throws Transient while it does not answer, Permanent when it refuses. */
export async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = innermost(error);
    throw failure(passing.includes(code) ? Failure.Transient : Failure.Permanent, `Temporal could not be asked: ${message}`);
  }
}

function innermost(error: unknown): { code: unknown; message: string } {
  let seen: { code: unknown; message: string } = { code: undefined, message: String(error) };
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    seen = { code: seen.code ?? code, message: cause.message };
  }
  return seen;
}

function runOf(info: WorkflowExecutionInfo): OwnRun {
  const { memo = {}, typedSearchAttributes: attributes } = info;
  const open = info.status.name === 'RUNNING';
  const incident = attributes.get(keys.incident);
  return {
    runId: info.workflowId,
    runbook: attributes.get(keys.runbook) ?? info.type,
    title: typeof memo['title'] === 'string' ? memo['title'] : info.type,
    mode: modeOf(memo['mode']),
    open,
    state: attributes.get(keys.state) ?? (open ? 'inProgress' : info.status.name.toLowerCase()),
    startedAt: info.startTime.toISOString(),
    ...(incident === undefined ? {} : { incident }),
  };
}

const quoted = (value: string): string => `'${value.replaceAll(/['\\]/g, '')}'`;
