import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Person, RunRequest } from '../workflows/messages.ts';
import { modeOf, searchAttributes } from '../workflows/search-attributes.ts';
import { carryTimes } from './carry.ts';
import type { Tape } from './tape.ts';
import { taskQueueOf } from './worker.ts';

export interface StartTape {
  runId: string;
  /** Ms; the times of the plan are carried over to it. */
  startedAt: number;
  speed: number;
  /** Those who may decide now; those of the tape when nobody else is named. */
  people?: readonly Person[];
  /** The namespace knows our search attributes. */
  searchable?: boolean;
  /** The recorded people decide. */
  recorded?: boolean;
}

/** Name of a tape's run: `tape-fail-over-region-20261122-0115-ab12`. */
export function runIdOf({ runs }: Tape, at: Date, random: string): string {
  const stamp = at.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 13);
  return `tape-${kebab(runs[0]!.workflow)}-${stamp}-${random}`;
}

const kebab = (workflow: string): string => workflow.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Starts the run that plays a tape, on a task queue of its own. It belongs to no incident and to no other run. */
export async function startTape(client: Client, tape: Tape, options: StartTape): Promise<WorkflowHandle> {
  const { workflow, outcome } = tape.runs[0]!;
  const run = requestOf(tape, options);
  const began = Date.parse(outcome.startedAt);
  const plan = carryTimes({ ...tape.plan, run }, began, (time) => time + options.startedAt - began);
  const title = `TAPE: ${outcome.title}`;
  return client.workflow.start(workflow, {
    ...{ workflowId: options.runId, taskQueue: taskQueueOf(options.runId), args: [plan] },
    ...{ staticSummary: title.slice(0, 180), workflowExecutionTimeout: '7d' },
    memo: { title, environment: run.environment, mode: 'tape', requestedBy: run.requestedBy },
    ...(options.searchable
      ? {
          typedSearchAttributes: [
            { key: searchAttributes.runbook, value: kebab(workflow) },
            { key: searchAttributes.environment, value: run.environment },
            { key: searchAttributes.mode, value: modeOf('tape') },
            { key: searchAttributes.state, value: 'pending' },
          ],
        }
      : {}),
  });
}

function requestOf({ plan, runs }: Tape, { speed, people, searchable = false, recorded }: StartTape): RunRequest {
  const { incident: _incident, parent: _parent, leases: _leases, ...asked } = plan.run as unknown as RunRequest;
  return {
    ...asked,
    ...{ mode: 'tape', searchAttributes: searchable, people: [...(people ?? asked.people)] },
    reason: `a tape of ${runs[0]!.outcome.runId}: ${asked.reason}`.slice(0, 300),
    tape: { speed, ...(recorded ? { people: 'recorded' as const } : {}) },
  };
}
