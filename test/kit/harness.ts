import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { toolPath } from '../../src/config/tools.ts';
import { workflowInterceptors } from '../../src/config/workflow-code.ts';
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
const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** Workflow code for the server that skips time; it is bundled once, however many test files use it. */
export function bundleOf(path: string): Promise<WorkflowBundleWithSourceMap> {
  const logger = new DefaultLogger('ERROR');
  const workflowInterceptorModules = [...workflowInterceptors, here('./kept-timers.ts')];
  const made = bundles.get(path) ?? bundleWorkflowCode({ workflowsPath: path, workflowInterceptorModules, logger });
  bundles.set(path, made);
  return made;
}

const duties = ['incident-commander', 'data-owner'];
export const people: Person[] = [
  { subject: 'sam', name: 'Sam', roles: ['responder', 'approver'], duties },
  { subject: 'ana', name: 'Ana', roles: ['approver'], duties },
  { subject: 'ben', name: 'Ben', roles: ['approver'], duties },
  { subject: 'kim', name: 'Kim', roles: ['approver'], duties: ['vp'] },
  { subject: 'vic', name: 'Vic', roles: ['viewer'], duties },
];

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
  before(async () => {
    const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
    [bench.env] = await Promise.all([TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }), bundleOf(workflows)]);
  });
  after(() => bench.env?.teardown());
  bench.serve = async (taskQueue, work) => {
    const { activities } = bench.tools;
    const { predict = () => undefined } = bench.tools as Partial<WithPrediction>;
    const worker = await Worker.create({
      connection: bench.env.nativeConnection,
      taskQueue,
      workflowBundle: await bundleOf(workflows),
      activities,
      interceptors: { activity: [honourMode(activities, predict)] },
    });
    await worker.runUntil(() => work(taskQueue));
  };
  bench.run = async (workflow, test, { request = {}, plan = {}, prepare } = {}) => {
    const tools = (bench.tools = makeTools());
    prepare?.(tools);
    await bench.serve(`kit-${randomUUID()}`, async (taskQueue) => {
      const run: RunRequest = { environment: 'test', mode: 'live', requestedBy: 'sam', reason: 'a test', people, ...request };
      const handle = await bench.env.client.workflow.start(workflow, {
        workflowId: randomUUID(),
        taskQueue,
        args: [{ run, ...plan }],
        workflowExecutionTimeout: '30d',
      });
      await test(testRun(handle));
      // A run that is terminated while it closes leaves work behind that keeps the server from skipping time ever after.
      const { state } = await handle.query<RunView>('view').catch(() => ({ state: undefined }));
      if (finalStates.some((final) => final === state)) await handle.result().catch(() => undefined);
      await handle.terminate('the test is over').catch(() => undefined);
    });
  };
  return bench;
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
