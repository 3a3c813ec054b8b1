import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { record } from '../../src/activities/kit/index.ts';
import type { TrustTools } from '../../src/activities/records/index.ts';
import { toolPath } from '../../src/config/tools.ts';
import { bundleWorkflows, workflowInterceptors } from '../../src/config/workflow-code.ts';
import {
  finalStates,
  type CommandAnswer,
  type CommandOf,
  type Person,
  type RunRequest,
  type RunView,
  type Verb,
} from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import '../quiet-runtime.ts';
import { fakeTools } from './fake-tools.ts';
import { honourMode } from './honour-mode.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Workflow code for the server that skips time. */
export const bundleOf = (path: string) => bundleWorkflows(path, [...workflowInterceptors, here('./kept-timers.ts')]);

const duties = ['incident-commander', 'data-owner'];
export const people: Person[] = [
  { subject: 'sam', name: 'Sam', roles: ['responder', 'approver'], duties },
  { subject: 'ana', name: 'Ana', roles: ['approver'], duties },
  { subject: 'ben', name: 'Ben', roles: ['approver'], duties },
  { subject: 'kim', name: 'Kim', roles: ['approver'], duties: ['vp'] },
  { subject: 'vic', name: 'Vic', roles: ['viewer'], duties },
];

/** A worker that knows every plan, for tests that are about something else. */
export const trusting: TrustTools = {
  knowPlan: record(async ({ plan }) => ({ strange: [], people: plan.run.people, unsigned: 'allow' as const })),
  proveDecision: record(async () => false),
};

export interface TestRun {
  handle: WorkflowHandle;
  view(): Promise<RunView>;
  /** Waits until the view is as it should be. */
  seen(what: string, holds: (view: RunView) => boolean): Promise<RunView>;
  command<V extends Verb>(verb: V, command: Omit<CommandOf[V], 'channel'>): Promise<CommandAnswer>;
  signal<V extends Verb>(verb: V, command: Omit<CommandOf[V], 'channel'>): Promise<void>;
  /** Digest and id of the open gate. */
  gate(): Promise<{ gate: string; digest: string }>;
}

/** Fakes that say what a change would answer in a dry run. */
interface WithPrediction {
  predict(name: string, asked: unknown): unknown;
}

export interface Bench<Tools extends { activities: object } = ReturnType<typeof fakeTools>> {
  env: TestWorkflowEnvironment;
  tools: Tools;
  /** Serves a task queue with the test's workflows and fake tools while the work lasts. */
  serve(taskQueue: string, work: (taskQueue: string) => Promise<void>): Promise<void>;
  /** Starts one of the test's runbooks and performs the test while a worker serves it. */
  run(
    workflow: string,
    test: (run: TestRun) => Promise<void>,
    options?: { request?: Partial<RunRequest>; plan?: object; prepare?: (tools: Tools) => void },
  ): Promise<void>;
}

/** One time-skipping server for a test file of the kit; mocha's hooks start and end it. */
export const timeSkippingBench = (): Bench => benchFor(here('./runbooks.ts'), fakeTools);

/** The same for other workflows and other tools. */
export function benchFor<Tools extends { activities: object }>(workflows: string, makeTools: () => Tools): Bench<Tools> {
  const bench = { tools: makeTools() } as Bench<Tools>;
  const toolsOf = new Map<string, ToolsOfRun>();
  const taskQueue = `kit-${randomUUID()}`;
  let stop: (() => void) | undefined;
  let served: Promise<void> | undefined;
  before(async () => {
    const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
    [bench.env] = await Promise.all([TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }), bundleOf(workflows)]);
  });
  after(async () => {
    stop?.();
    await served;
    await bench.env?.teardown();
  });
  const workerOn = async (queue: string, activities: object, toolsNow: () => object | undefined) =>
    Worker.create({
      connection: bench.env.nativeConnection,
      taskQueue: queue,
      workflowBundle: await bundleOf(workflows),
      activities,
      interceptors: {
        activity: [
          honourMode(bench.tools.activities, (name, asked) => (toolsNow() as Partial<WithPrediction> | undefined)?.predict?.(name, asked)),
        ],
      },
    });
  bench.serve = async (queue, work) => {
    const { tools } = bench;
    const worker = await workerOn(queue, { ...trusting, ...tools.activities }, () => tools);
    await worker.runUntil(() => work(queue));
  };
  // One worker for all runs of a file, because to load the workflow code costs more than most runs: each run, with its children, finds its own tools.
  const serveAll = async () => {
    if (served) return;
    const toolsNow = () => toolsOf.get(runNow())?.tools;
    const worker = await workerOn(taskQueue, { ...trusting, ...ofEachRun(toolsOf, Object.keys(bench.tools.activities)) }, toolsNow);
    served = worker.runUntil(new Promise<void>((resolve) => (stop = resolve)));
    served.catch(() => undefined);
  };
  bench.run = async (workflow, test, { request = {}, plan = {}, prepare } = {}) => {
    const tools = (bench.tools = makeTools());
    prepare?.(tools);
    await serveAll();
    const workflowId = randomUUID();
    const ours = { tools, running: new Set([workflowId]) };
    toolsOf.set(workflowId, ours);
    const run: RunRequest = { environment: 'test', mode: 'live', requestedBy: 'sam', reason: 'a test', people, ...request };
    const handle = await bench.env.client.workflow.start(workflow, {
      ...{ workflowId, taskQueue },
      args: [{ run, ...plan }],
      workflowExecutionTimeout: '30d',
    });
    try {
      await test(testRun(handle));
      // A run that is terminated while it closes leaves work behind that keeps the server from skipping time ever after.
      const { state } = await handle.query<RunView>('view').catch(() => ({ state: undefined }));
      if (finalStates.some((final) => final === state)) await handle.result().catch(() => undefined);
    } finally {
      toolsOf.delete(workflowId);
      // What a run leaves behind goes on for ever.
      for (const id of ours.running)
        await bench.env.client.workflow
          .getHandle(id)
          .terminate('the test is over')
          .catch(() => undefined);
    }
  };
  return bench;
}

/** The run that an activity is for: it is named by a UUID, and what it starts begins with its name. */
const runNow = (): string => activityInfo().workflowExecution!.workflowId.slice(0, 36);

type Activity = (...args: unknown[]) => unknown;
interface ToolsOfRun {
  tools: { activities: object };
  /** Itself and its children. */
  running: Set<string>;
}

function ofEachRun(toolsOf: Map<string, ToolsOfRun>, names: string[]): Record<string, Activity> {
  const activity =
    (name: string): Activity =>
    (...args) => {
      const run = toolsOf.get(runNow());
      run?.running.add(activityInfo().workflowExecution!.workflowId);
      const found = (run?.tools.activities as Record<string, Activity | undefined> | undefined)?.[name];
      if (!found) throw ApplicationFailure.nonRetryable(`no tool of this test is called ${name}`, 'NoAnswer');
      return found(...args);
    };
  return Object.fromEntries(names.map((name) => [name, activity(name)]));
}

function testRun(handle: WorkflowHandle): TestRun {
  const view = () => handle.query<RunView>('view');
  return {
    ...{ handle, view },
    seen: (what, holds) => eventually(what, view, holds),
    command: (verb, command) => handle.executeUpdate(verb, { args: [command] }),
    signal: (verb, command) => handle.signal(verb, command),
    gate: async () => {
      const { gates } = await eventually('an open gate', view, (seen) => seen.gates.some(({ state }) => state === 'open'));
      const open = gates.find(({ state }) => state === 'open')!;
      return { gate: open.id, digest: open.digest };
    },
  };
}
