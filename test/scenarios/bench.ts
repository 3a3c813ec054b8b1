import { workflowsPath } from '../../src/config/workflow-code.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import type { Scenario } from '../../src/workflows/plans/scenario-plan.ts';
import type { WorkloadInstance, WorkloadState } from '../../src/workflows/ports/workload-state.ts';
import { eventually } from '../eventually.ts';
import { benchFor, type Bench, type TestRun } from '../kit/harness.ts';
import { plan as move } from '../recovery/fake-regions.ts';
import { fakes, type Fakes } from '../recovery/fakes.ts';

const mib = 1024 * 1024;

export const plan: Omit<Scenario, 'run'> = {
  ...{ service: 'shop', title: 'The shop', region: 'east', platform: 'kubernetes', approval: move.approval, withoutApproval: [] },
  proof: { forMs: 2_000, errorRate: 0, objectives: [] },
  ...{ size: { full: 3, most: 5 }, mostMemoryBytes: 1024 * mib, database: null, leases: ['capacity/shop', 'delivery/shop/east'] },
  ...{ rollBack: null, relief: {}, successors: [] },
};

/** A copy that is well, unless more is said. */
export const copy = (name: string, more: Partial<WorkloadInstance> = {}): WorkloadInstance => ({
  ...{ name, incarnation: `${name}-uid/0`, ready: true, startedAt: '2026-11-21T03:00:00Z', restarts: 0, trouble: null, lastEnd: null },
  ...{ memory: { usedBytes: 100 * mib, limitBytes: 512 * mib }, cpuLimit: 1, release: 'shop@sha256:1', node: 'node-1', ...more },
});
export const crashed = (name: string, more: Partial<WorkloadInstance> = {}): WorkloadInstance =>
  copy(name, {
    ready: false,
    trouble: 'crashing',
    restarts: 7,
    lastEnd: { code: 1, reason: 'Error', at: '2026-11-21T03:00:00Z' },
    ...more,
  });
export const killedForMemory = (name: string): WorkloadInstance =>
  crashed(name, { trouble: 'memory', lastEnd: { code: 137, reason: 'OOMKilled', at: '2026-11-21T03:00:00Z' } });
export const running = (...instances: WorkloadInstance[]): WorkloadState => ({
  ...{ wanted: instances.length, ready: instances.filter(({ ready }) => ready).length, instances, events: ['it was seen'] },
});

export const rollout = { at: '2026-11-21T02:50:00Z', what: 'revision 3 was rolled out to east', source: 'rollouts of shop in east' };

/** A world in which customers see errors until the change `cure` (as in `done`) was made; `never` says that nothing helps. */
export function world(cure: string, answers: Record<string, unknown> = {}): () => Fakes {
  return () => {
    const made = fakes({});
    const isCured = () => cure === 'nothing' || made.done.includes(cure);
    const observe = () => {
      const good = isCured();
      return { readings: 8, good: good ? 8 : 0, bad: good ? 0 : 8, missing: 0, errorRate: good ? 0 : 1, worstMs: 5 };
    };
    const state = running(crashed('shop-1'), crashed('shop-2'));
    Object.assign(made.answers, {
      ...{ observeVantage: observe, recentChanges: [], podLogs: { lines: ['the end'], cut: false }, readPods: state },
      ...{
        composeLogs: { lines: ['the end'], cut: false },
        readCompose: state,
        unitLogs: { lines: ['the end'], cut: false },
        readUnit: state,
      },
      ...answers,
    });
    // What cures the service cures its copies too.
    for (const read of ['readPods', 'readCompose', 'readUnit']) {
      const sick = made.answers[read] as WorkloadState | (() => WorkloadState);
      if (typeof sick === 'object') made.answers[read] = () => (isCured() ? wellAgain(sick) : sick);
    }
    return made;
  };
}

const wellAgain = (state: WorkloadState): WorkloadState => running(...state.instances.map(({ name }) => copy(name)));

export const ended = ({ state }: RunView) => finalStates.includes(state);
export const stuck = ({ state }: RunView) => state === 'pausedByFailedStep';

export interface Decisions {
  /** Questions that are declined; every other one is approved by two people. */
  declines?: readonly RegExp[];
  until?: (view: RunView) => boolean;
}

/** Ana and Ben answer whatever is asked, until the run ends or waits for a person. */
export const answer = (run: TestRun, { declines = [], until = (view) => ended(view) || stuck(view) }: Decisions = {}): Promise<RunView> =>
  eventually(
    'the end of the run, or a question that is not a gate',
    async () => {
      const view = await run.view();
      const gate = view.gates.find(({ state }) => state === 'open');
      if (!gate || until(view)) return view;
      const verb = declines.some((one) => one.test(gate.question)) ? 'decline' : 'approve';
      for (const by of ['ana', 'ben']) await run.command(verb, { gate: gate.id, digest: gate.digest, by }).catch(() => undefined);
      return view;
    },
    until,
    20_000,
  );

export const scenarioBench = (tools: () => Fakes): Bench<Fakes> => benchFor(workflowsPath, tools);
