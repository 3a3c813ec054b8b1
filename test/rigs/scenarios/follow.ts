import { catalogue } from '../../../src/catalogue.ts';
import { finalStates, type RunView } from '../../../src/workflows/messages.ts';
import { eventually } from '../../eventually.ts';
import type { ServiceEstate } from '../../recovery/service-estate.ts';

export interface Following {
  /** Questions that Ana declines; she and Ben approve every other one. */
  declines?: readonly RegExp[];
  /** What people do before they answer a question. */
  first?: (question: string) => Promise<unknown>;
  /** Kill the worker with SIGKILL once inside every step that changes something, also in the runs that this one performs. */
  kills?: boolean;
  /** When to stop following; at the end, or when the run asks a person what to do, unless said. */
  until?: (view: RunView) => boolean;
  /** In ms. */
  within?: number;
}

export interface Followed {
  view: RunView;
  /** In the order in which they were asked. */
  questions: string[];
  /** Titles of the steps inside of which the worker was killed. */
  killedIn: string[];
}

export const ended = ({ state }: RunView): boolean => finalStates.includes(state);
export const asks = ({ state }: RunView): boolean => state === 'pausedByFailedStep';

/** Follows a run and those that it performs, with people who answer. */
export async function follow(estate: ServiceEstate, runId: string, options: Following = {}): Promise<Followed> {
  const { declines = [], first, kills = false, until = (view) => ended(view) || asks(view), within = 150_000 } = options;
  const answered = new Set<string>();
  const questions: string[] = [];
  const killed = new Map<string, string>();

  /** From Temporal itself: the API counts requests. Undefined while there is nobody to answer. */
  const viewOf = (id: string) =>
    estate.client.workflow
      .getHandle(id)
      .query<RunView>('view')
      .catch(() => undefined);
  const decide = async (id: string, { gates }: RunView) => {
    const gate = gates.find(({ state }) => state === 'open');
    if (!gate) return;
    if (!answered.has(`${id} ${gate.id}`)) {
      answered.add(`${id} ${gate.id}`);
      questions.push(gate.question);
      await first?.(gate.question);
    }
    const declined = declines.some((one) => one.test(gate.question));
    for (const by of declined ? ['ana'] : ['ana', 'ben'])
      await estate.signal(by, id, declined ? 'decline' : 'approve', { gate: gate.id, digest: gate.digest }).catch(() => undefined);
  };
  let down = false;
  const bringBack = async () => {
    down = true;
    await estate.stack.worker.start();
    down = false;
  };
  const killIn = async (id: string, { steps }: RunView) => {
    const step = steps.find(
      (one) => ['step', 'undo'].includes(one.kind) && one.state === 'running' && isChange(one.title) && !killed.has(`${id} ${one.id}`),
    );
    if (!step) return;
    killed.set(`${id} ${step.id}`, step.title);
    await estate.stack.worker.kill();
    await bringBack();
  };
  /** A run that this one performs cannot go on: Sam ends it, and has the step that performs it left out. */
  const giveUp = async (id: string, { steps }: RunView) => {
    const failed = steps.find(({ kind, state }) => kind === 'run' && state === 'failed');
    if (id !== runId) await estate.signal('sam', id, 'abort', { how: 'undo', reason: 'it cannot go on' });
    else if (failed) await estate.signal('ben', id, 'skip-step', { step: failed.id, reason: 'it cannot go on' });
    return id !== runId || failed !== undefined;
  };
  const look = async (id: string): Promise<RunView | undefined> => {
    // On a busy machine it may not come up at once.
    if (down) await bringBack();
    const view = await viewOf(id);
    if (!view) return view;
    if (asks(view) && (await giveUp(id, view))) return undefined;
    if (until(view)) return view;
    if (kills) await killIn(id, view);
    await decide(id, view);
    for (const { child } of view.steps.filter(({ state }) => state === 'running')) if (child !== undefined) await look(child);
    return view;
  };
  const view = await eventually(
    'the end of the run, or a question',
    () => look(runId),
    (seen) => seen !== undefined && until(seen),
    within,
    50,
  ).catch(async (error: unknown) => {
    const seen = await viewOf(runId);
    const steps = seen?.steps.map(({ title, state, outcome }) => `${state}: ${title} ${outcome ?? ''}`).join('\n  ');
    // The next test needs its leases.
    await estate.signal('sam', runId, 'abort', { how: 'leave', reason: 'the test gave up' }).catch(() => undefined);
    throw new Error(`${seen?.status ?? 'nobody answers'}\n  ${steps}`, { cause: error });
  });
  return { view: view!, questions, killedIn: [...killed.values()] };
}

/** Steps of the kit are changes and checks alike; checks say what they look at. */
const isChange = (title: string): boolean => !/^(Check|Wait|See|Find|Look|Prove)/.test(title);

/** Starts a run as Sam would, and answers its id. */
export async function start(
  estate: ServiceEstate,
  runbook: string,
  mode: 'live' | 'simulate' = 'live',
  more: object = {},
): Promise<string> {
  const input = { service: 'shop', region: 'east', ...more };
  const { status, body } = await estate.start('sam', { runbook, mode, reason: 'a test', input });
  if (status !== 201) throw new Error(`${runbook} was not started: ${status} ${JSON.stringify(body)}`);
  return body.runId!;
}

/** Starts a run and follows it. */
export const play = async (estate: ServiceEstate, runbook: string, options: Following & { mode?: 'simulate' } = {}): Promise<Followed> =>
  follow(estate, await start(estate, runbook, options.mode), options);

/** Sam undoes what a run did; answers its last view. */
export async function undo(estate: ServiceEstate, runId: string, options: Following = {}): Promise<RunView> {
  await estate.signal('sam', runId, 'undo', { reason: 'a test' });
  return (await follow(estate, runId, { until: ended, ...options })).view;
}

/** What a failed test left; leases of runs that have ended are free. */
export async function endRuns({ client }: ServiceEstate): Promise<void> {
  const types = catalogue.map(({ workflow }) => `'${workflow}'`).join(', ');
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running' AND WorkflowType IN (${types})` }))
    await client.workflow
      .getHandle(workflowId)
      .terminate('the next test')
      .catch(() => undefined);
}
