import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { catalogue } from '../catalogue.ts';
import type { Environment } from '../config/schema.ts';
import { finalStates, type Mode, type RunState, type RunView } from '../workflows/messages.ts';
import { modeOf, searchAttributes } from '../workflows/search-attributes.ts';
import { belongs, ownQuery } from './own.ts';
import { temporalProblem } from './problem.ts';
import { knowsSearchAttributes } from './searchable.ts';
import { workerPatienceMs } from './send.ts';

export interface RunSummary {
  runId: string;
  runbook: string;
  environment: string;
  mode: Mode;
  state: string;
  /** The run itself could not be asked in time: the state is what Temporal's list says, which may be behind. */
  unconfirmed?: true;
  startedAt: string;
  endedAt?: string;
  title?: string;
}

export interface OnlyRuns {
  runbook?: string;
  open?: boolean;
}

type Info = Omit<WorkflowExecutionInfo, 'raw'>;

const atOnce = 25;
/** For all of them together; a list that comes late is worse than one that says what it could not confirm. */
const confirmWithinMs = 2_000;

/** The newest runs of this environment. Temporal's list, which may be behind, only says which there are; where an open one stands is asked of the run. Throws RunProblem. */
export async function listRuns(client: Client, environment: Environment, limit: number, only: OnlyRuns): Promise<RunSummary[]> {
  const listed = await newest(client, environment, limit, only);
  const found: RunSummary[] = [];
  const confirm = async (index: number): Promise<void> => {
    const info = listed[index];
    if (!info) return;
    const { now, confirmed, state } = await standing(client, info);
    if (!only.open || isOpen(now)) found[index] = summaryOf(now, environment, confirmed, state);
    await confirm(index + atOnce);
  };
  await client.withDeadline(Date.now() + confirmWithinMs, () => Promise.all(Array.from({ length: atOnce }, (_, index) => confirm(index))));
  return found.filter((run) => run !== undefined);
}

async function newest(client: Client, environment: Environment, limit: number, { runbook, open }: OnlyRuns): Promise<Info[]> {
  const wanted = catalogue.filter(({ name }) => runbook === undefined || name === runbook);
  const types = [...new Set(wanted.map(({ workflow }) => `'${workflow}'`))].join(', ');
  const own = ownQuery(environment, await knowsSearchAttributes(client));
  const query = `WorkflowType IN (${types}) AND ${own}${open ? ` AND ExecutionStatus = 'Running'` : ''}`;
  const found: Info[] = [];
  try {
    await client.withDeadline(Date.now() + workerPatienceMs, async () => {
      for await (const info of client.workflow.list({ query, pageSize: limit })) {
        if (belongs(environment, info)) found.push(info);
        if (found.length >= limit) return;
      }
    });
  } catch (error) {
    throw temporalProblem(error, 'the list of runs');
  }
  return found;
}

interface Standing {
  now: Info;
  confirmed: boolean;
  state?: RunState;
}

/** Where a run stands by its own record, which needs no worker; only where that does not hold the state is the worker asked. */
async function standing(client: Client, info: Info): Promise<Standing> {
  // What has ended does not change any more.
  if (!isOpen(info)) return { now: info, confirmed: true };
  const handle = client.workflow.getHandle(info.workflowId, info.runId);
  try {
    const now = await handle.describe();
    if (!isOpen(now) || now.typedSearchAttributes.get(searchAttributes.state) !== undefined) return { now, confirmed: true };
    return { now, confirmed: true, state: (await handle.query<RunView>('view')).state };
  } catch {
    return { now: info, confirmed: false };
  }
}

const isOpen = ({ status }: Info): boolean => status.name === 'RUNNING';

function summaryOf(info: Info, environment: Environment, confirmed: boolean, asked?: RunState): RunSummary {
  const memo = info.memo ?? {};
  const said = asked ?? info.typedSearchAttributes.get(searchAttributes.state);
  const state = said ?? (isOpen(info) ? 'inProgress' : info.status.name.toLowerCase());
  const ended = finalStates.includes(state as RunState) ? info.closeTime?.toISOString() : undefined;
  return {
    runId: info.workflowId,
    runbook: catalogue.find(({ workflow }) => workflow === info.type)?.name ?? info.type,
    environment: environment.name,
    mode: modeOf(memo['mode']),
    state,
    ...(confirmed ? {} : { unconfirmed: true as const }),
    startedAt: info.startTime.toISOString(),
    ...(ended === undefined ? {} : { endedAt: ended }),
    ...(typeof memo['title'] === 'string' ? { title: memo['title'] } : {}),
  };
}
