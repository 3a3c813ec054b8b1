import { atPace, type Pace } from './pace.ts';

/** The sum of readings of a service. */
export interface Observation {
  /** Readings that were taken: good and bad ones. */
  readings: number;
  good: number;
  /** A bad answer, a refused connection, or none in time: what customers would call an error. */
  bad: number;
  /** Readings that could not be taken for a reason of our own. */
  missing: number;
  /** 0 to 1; 1 when there is no reading at all. */
  errorRate: number;
  /** Slowest good reading, in ms. */
  worstMs: number;
}

/** Our own side cannot look: no network, no name service, no sockets. */
const ownFaults = new Set(['ENETUNREACH', 'EAI_AGAIN', 'EMFILE', 'ENOBUFS', 'EADDRNOTAVAIL']);

type Reading = { good: boolean; ms: number } | 'missing';

/** Takes a reading every `everyMs` for `forMs`, whether or not earlier answers are still awaited; a slot that we overslept is missing. */
export async function observe(look: () => Promise<{ well: boolean; ms: number }>, pace: Pace): Promise<Observation> {
  return sum(await atPace<Reading>(() => takeReading(look), 'missing', pace));
}

async function takeReading(look: () => Promise<{ well: boolean; ms: number }>): Promise<Reading> {
  try {
    const { well, ms } = await look();
    return { good: well, ms };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    return code !== undefined && ownFaults.has(code) ? 'missing' : { good: false, ms: 0 };
  }
}

function sum(all: readonly Reading[]): Observation {
  const taken = all.filter((reading) => reading !== 'missing');
  const good = taken.filter((reading) => reading.good);
  const bad = taken.length - good.length;
  return {
    readings: taken.length,
    good: good.length,
    bad,
    missing: all.length - taken.length,
    errorRate: taken.length === 0 ? 1 : bad / taken.length,
    worstMs: Math.max(0, ...good.map(({ ms }) => ms)),
  };
}
