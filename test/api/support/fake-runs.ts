import type { RunSummary, Runs, StartedRun, StartRun } from '../../../src/runs/runs.ts';
import type { CommandAnswer, CommandOf, RunView, Verb } from '../../../src/workflows/messages.ts';

export interface GivenCommand {
  runId: string;
  verb: Verb;
  command: CommandOf[Verb];
}

/** A Runs that remembers what it was asked and answers what the test says. */
export class FakeRuns implements Runs {
  readonly started: StartRun[] = [];
  readonly commands: GivenCommand[] = [];
  startAnswer: () => Promise<StartedRun> = async () => ({
    runId: 'run-1',
    applied: true,
    existed: false,
    state: 'inProgress',
    status: 'starts',
  });
  commandAnswer: (given: GivenCommand) => Promise<{ applied: boolean; answer?: CommandAnswer }> = async () => ({
    applied: true,
    answer: { state: 'inProgress', status: 'goes on' },
  });
  viewAnswer: (runId: string) => Promise<RunView> = async (runId) => runView({ runId });
  followAnswer: (runId: string, signal: AbortSignal) => AsyncIterable<RunView> = async function* (runId) {
    yield runView({ runId });
  };

  async start(request: StartRun): Promise<StartedRun> {
    this.started.push(request);
    return this.startAnswer();
  }
  async view(runId: string): Promise<RunView> {
    return this.viewAnswer(runId);
  }
  async list(limit = 50): Promise<RunSummary[]> {
    const { runId, runbook, environment, mode, state, startedAt } = runView();
    return [{ runId, runbook, environment, mode, state, startedAt }].slice(0, limit);
  }
  async command<V extends Verb>(runId: string, verb: V, command: CommandOf[V]): Promise<{ applied: boolean; answer?: CommandAnswer }> {
    const given = { runId, verb, command };
    this.commands.push(given);
    return this.commandAnswer(given);
  }
  follow(runId: string, signal: AbortSignal): AsyncIterable<RunView> {
    return this.followAnswer(runId, signal);
  }
}

/** A run that waits at its gate. */
export function runView(changes: Partial<RunView> = {}): RunView {
  const startedAt = '2026-03-14T09:00:00.000Z';
  return {
    version: 1,
    ...{ runbook: 'failOverRegion', title: 'Fail shop over from east to west', runId: 'run-1', environment: 'range', mode: 'live' },
    ...{
      state: 'pendingApproval',
      status: 'waits for 2 approvals',
      requestedBy: 'sam',
      reason: 'east is lost',
      startedAt,
      phase: 'Decide',
    },
    verbs: ['approve', 'decline', 'pause', 'abort', 'note'],
    pastPointOfNoReturn: false,
    ...{ undoable: [], leases: ['database/orders'], steps: [], gates: [], timeline: [], messages: [], measures: {}, plan: {} },
    ...changes,
  };
}
