import { Failure } from '../../workflows/failures.ts';
import type { EvidenceEntry } from '../../record/evidence.ts';
import { failure, short } from './fail.ts';
import { keepArgs, keepCall } from './keep.ts';
import { redactText } from './redact.ts';
import { currentStep } from './step-context.ts';

export type Call = Pick<EvidenceEntry, 'tool' | 'call' | 'kind'> & { args?: unknown };

export interface Outcome {
  outcome: string;
  ok: boolean;
}

const longestOutcome = 1_000;

/** Makes one call and records it as evidence, redacted. In simulate mode a change is refused here, whoever asks for it. */
export async function observed<T>(
  call: Call,
  run: () => Promise<T>,
  describe: (answer: T) => Outcome = () => ({ outcome: 'ok', ok: true }),
): Promise<T> {
  if (call.kind !== 'read' && currentStep().mode === 'simulate') {
    throw failure(Failure.RefusedBySafetyRule, `simulate changes nothing, but ${call.call} was about to be called`);
  }
  const started = new Date();
  try {
    const answer = await run();
    note(call, started, describe(answer));
    return answer;
  } catch (error) {
    note(call, started, { outcome: error instanceof Error ? `${error.name}: ${error.message}` : String(error), ok: false });
    throw error;
  }
}

/** Records what Muster itself found out, e.g. that a change was already so. */
export function finding(what: string, outcome: string): void {
  note({ tool: 'muster', call: what, kind: 'read' }, new Date(), { outcome, ok: true });
}

function note({ args, ...call }: Call, started: Date, { outcome, ok }: Outcome): void {
  const step = currentStep();
  step.record({
    ...call,
    call: keepCall(call.call),
    at: started.toISOString(),
    ...(args === undefined ? {} : { args: keepArgs(args) }),
    outcome: short(redactText(outcome), longestOutcome),
    ok,
    ms: Date.now() - started.getTime(),
    attempt: step.attempt,
    ...(call.kind === 'read' ? {} : { operation: step.operationId }),
  });
}
