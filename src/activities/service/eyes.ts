import { HttpAnswer, request, resolved, sentenceOf } from '../kit/index.ts';

/** How one place sees a region. */
export interface VantageReading {
  name: string;
  /** Null when the place itself cannot be asked, because its address is not known. */
  healthy: boolean | null;
  detail: string;
  ms: number;
  /** It does not even see what is known to be well. */
  blind?: true;
}

const within = 2_000;

/** A vantage point, and something that is known to be well and that it should see the same way. */
interface Eyes {
  name: string;
  knownGood?: string | undefined;
}

/** Takes a place at its word that a region is not well only while it sees what is known to be well; else it is blind, and counts for nothing. */
export async function ifItSees({ knownGood }: Eyes, look: () => Promise<VantageReading>): Promise<VantageReading> {
  const [seen, unseen] = await Promise.all([look(), knownGood === undefined ? undefined : whyUnseen(knownGood)]);
  if (unseen === undefined || seen.healthy !== false) return seen;
  return { ...seen, healthy: null, blind: true, detail: `sees nothing at all: what is known to be well ${unseen}` };
}

/** Why something that is known to be well cannot be seen; undefined when it can. */
async function whyUnseen(knownGood: string): Promise<string | undefined> {
  try {
    const { ok, status } = await request({ url: resolved(knownGood), kind: 'read', timeoutMs: within });
    return ok ? undefined : `answers ${status}`;
  } catch (error) {
    return error instanceof HttpAnswer ? error.message : `does not answer: ${sentenceOf(error)}`;
  }
}
