import { HttpAnswer, isUnreachable, sentenceOf, verdictOf } from './classify-failure.ts';
import { short } from './fail.ts';
import { pauseFor } from './poll.ts';
import { redactText } from './redact.ts';

/** Why a look at what may be lost brought no reading: nothing answered, or something did and refused, in its words. */
export interface NoReading {
  answers: boolean;
  words: string;
}

const askAgainMs = 700;
const longestWords = 300;

/** How a look failed when that says something of the other side; undefined when it is a mistake of ours. */
export function noReadingOf(error: unknown): NoReading | undefined {
  if (isRefusal(error)) return { answers: true, words: wordsOf(error) };
  return isUnreachable(error) ? { answers: false, words: wordsOf(error) } : undefined;
}

/** Looks at what may be lost. A refusal that may pass is asked again for `patienceMs`; then it is told, never thrown. */
export async function readOrRefusal<T>(look: () => Promise<T>, patienceMs = 3_000): Promise<{ is: T } | NoReading> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return { is: await look() };
    } catch (error) {
      const found = noReadingOf(error);
      if (!found) throw error;
      const mayPass = found.answers && ['retry', 'unknown', 'notYet'].includes(verdictOf(error));
      if (!mayPass || Date.now() + askAgainMs > deadline) return found;
      await pauseFor(askAgainMs);
    }
  }
}

function isRefusal(error: unknown): boolean {
  const { $metadata, severity } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; severity?: string };
  return error instanceof HttpAnswer || $metadata?.httpStatusCode !== undefined || severity !== undefined;
}

/** Servers say one thing in several ways, and facts must stay the same while it does. */
const known: Readonly<Record<string, string>> = {
  53300: 'all its connections are taken (53300)',
  '28P01': 'it does not take our password (28P01)',
  '57P03': 'it is starting or stopping (57P03)',
};

function wordsOf(error: unknown): string {
  const { code, severity, $metadata } = error as { code?: string; severity?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  const words = (severity !== undefined && known[code ?? '']) || `${sentenceOf(error)}${status === undefined ? '' : ` (HTTP ${status})`}`;
  return short(redactText(words), longestWords);
}
