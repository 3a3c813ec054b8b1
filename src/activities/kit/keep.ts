import type { PredictedCall } from '../../record/evidence.ts';
import { short } from './fail.ts';
import { redact, redactText } from './redact.ts';

const longestCall = 1_000;
const longestArgs = 4_000;

/** Arguments as evidence and predictions keep them: redacted, and only their beginning when they are long. */
export function keepArgs(args: unknown): unknown {
  const clean = redact(args);
  const text = JSON.stringify(clean) ?? '';
  return text.length <= longestArgs ? clean : short(text, longestArgs);
}

/** A call as evidence and predictions keep it. */
export const keepCall = (call: string): string => short(redactText(call), longestCall);

/** A prediction that reads as the evidence of the same call will. */
export const keepPrediction = ({ call, args, ...more }: PredictedCall): PredictedCall => ({
  ...more,
  call: keepCall(call),
  ...(args === undefined ? {} : { args: keepArgs(args) }),
});
