import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Context, type Info } from '@temporalio/activity';
import type { Mode } from '../../workflows/messages.ts';
import type { EvidenceEntry, PredictedCall } from '../../record/evidence.ts';
import { addEvidence, cappedEvidence } from './evidence.ts';
import { keepPrediction } from './keep.ts';

/** Header that tells an activity for which run and step it works; the workflow interceptor writes it. */
export const stepHeaderName = 'muster-step';

export interface StepHeader {
  mode: Mode;
  runId: string;
  environment: string;
  step: string;
  title: string;
  actor: string;
  /** `<first execution's run id>/<step id>`: the same over attempts, continue-as-new and resets. */
  operation: string;
}

/** What an attempt leaves to the next one in its heartbeat, so that a dead worker's evidence and intent are not lost. */
export interface Carried {
  evidence: EvidenceEntry[];
  predicted: PredictedCall[];
  /** The act of a change was answered, so that only its effect is awaited. */
  acted?: boolean;
  /** What a change's act answered, e.g. the id to ask for its progress. */
  answer?: unknown;
  /** What a look saw and a later one must see again, e.g. an id that outlives a rename. */
  seen?: string;
  /** An attempt died without a word, perhaps just after it asked for its change, and it was not looked for long enough since. */
  unsure: boolean;
}

/** `ended` says that the attempt came to its end, so that nothing of it can still be on its way. */
type Details = { muster: Carried & { ended: boolean } } | undefined;

/** For which step an activity runs, and where it leaves its evidence. */
export interface StepContext {
  readonly mode: Mode;
  readonly runId: string;
  readonly step: string;
  readonly stepTitle: string;
  readonly actor: string;
  readonly attempt: number;
  /** When the attempt began, in ms. */
  readonly startedAt: number;
  /** Operation id of the running activity. */
  readonly operationId: string;
  /** 32 hex characters; equal for all attempts of one activity in one step. */
  operation(activityType: string): string;
  record(entry: EvidenceEntry): void;
  /** Notes the calls that a change is about to make, or would make. */
  predict(calls: readonly PredictedCall[]): void;
  readonly carried: Carried;
}

const storage = new AsyncLocalStorage<StepContext>();

/** Runs an activity's code for a step. */
export function runInStep<T>(step: StepContext, work: () => Promise<T>): Promise<T> {
  return storage.run(step, work);
}

/** The step that the calling code works for; without one (a bare test) it is live and its evidence is dropped. */
export function currentStep(): StepContext {
  return storage.getStore() ?? createStep(undefined, activityContext()?.info);
}

/** The activity that is running, if any: the same code also serves tests and `doctor`. */
export function activityContext(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}

/** Makes the context of one attempt, with what earlier attempts left behind. */
export function createStep(header: StepHeader | undefined, info: Info | undefined): StepContext {
  const base = header?.operation ?? `${info?.workflowExecution?.runId ?? 'bare'}/${info?.activityId ?? 'bare'}`;
  const operation = (activityType: string) => createHash('sha256').update(`${base}/${activityType}`).digest('hex').slice(0, 32);
  const earlier = (info?.heartbeatDetails as Details)?.muster;
  const attempt = info?.attempt ?? 1;
  const left: Carried = attempt > 1 && earlier ? earlier : { evidence: [], predicted: [], unsure: false };
  const carried: Carried = { ...left, evidence: [...left.evidence], unsure: attempt > 1 && (!earlier?.ended || earlier.unsure) };
  return {
    mode: header?.mode ?? 'live',
    runId: header?.runId ?? info?.workflowExecution?.workflowId ?? 'bare',
    step: header?.step ?? '-',
    stepTitle: header?.title ?? '-',
    actor: header?.actor ?? '-',
    attempt,
    startedAt: Date.now(),
    operationId: operation(info?.activityType ?? 'bare'),
    operation,
    record: (entry) => addEvidence(carried.evidence, entry),
    // A later attempt predicts anew; it does not double what the first one said.
    predict: (calls) => void (carried.predicted = calls.map(keepPrediction)),
    carried,
  };
}

/** Tells Temporal that the activity lives; leaves evidence and intent for the next attempt, should this one die. */
export function heartbeat(step: StepContext = currentStep(), ended = false): void {
  const details: Details = { muster: { ...step.carried, evidence: cappedEvidence(step.carried.evidence), ended } };
  activityContext()?.heartbeat(details);
}
