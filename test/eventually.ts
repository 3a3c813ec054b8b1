import { setTimeout as delay } from 'node:timers/promises';
import type { RunView } from '../src/workflows/messages.ts';

interface Wait {
  what: string;
  since: number;
  last: unknown;
}

const waits = new Set<Wait>();

/** What is waited for at this moment, with what was seen last: for a test whose own time is over first. */
export const openWaits = (): string[] => [...waits].map(tell);

/** Reads again and again until it is as it should be; fails with what it saw last, of a run where it stands. Times in ms. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  within = 20_000,
  every = 25,
): Promise<T> {
  const wait: Wait = { what, since: Date.now(), last: 'nothing: it does not answer' };
  waits.add(wait);
  try {
    for (;;) {
      try {
        const seen = await read();
        if (holds(seen)) return seen;
        wait.last = seen;
      } catch (error) {
        wait.last = error;
      }
      if (Date.now() > wait.since + within) throw new Error(tell(wait));
      await delay(every);
    }
  } finally {
    waits.delete(wait);
  }
}

const tell = ({ what, since, last }: Wait): string => `waited ${Date.now() - since} ms for ${what}; last seen: ${toldOf(last)}`;

function toldOf(seen: unknown): string {
  if (seen instanceof Error) return String(seen.stack);
  return isRun(seen) ? whereItStands(seen) : String(JSON.stringify(seen)?.slice(0, 3_000));
}

const isRun = (seen: unknown): seen is RunView =>
  typeof seen === 'object' && seen !== null && 'runId' in seen && 'steps' in seen && 'gates' in seen;

/** Which run, where it stands and what it waits for, in a few lines. */
export function whereItStands({ runId, state, status, phase, waitingFor, steps, gates }: RunView): string {
  const under = (since: string) => `for ${Math.round((Date.now() - Date.parse(since)) / 1_000)} s`;
  return [
    `run ${runId} ${status} (${state}, phase ${phase ?? 'none'})`,
    ...(waitingFor ? [`it waits for ${waitingFor.what} from ${waitingFor.who} ${under(waitingFor.since)}`] : []),
    ...gates
      .filter((gate) => gate.state === 'open')
      .map((gate) => `open ${under(gate.openedAt)}: ${gate.question} (${gate.decisions.length} decisions of ${gate.quorum})`),
    ...steps
      .filter((step) => step.state === 'running')
      .map((step) => `running ${under(step.startedAt)}: ${step.title}${step.child === undefined ? '' : ` (by ${step.child})`}`),
    ...steps.filter(({ failure }) => failure).map(({ title, failure }) => `failed: ${title}: ${failure!.name}: ${failure!.message}`),
    `before: ${steps
      .filter((step) => step.endedAt !== undefined)
      .slice(-3)
      .map((step) => `${step.title} (${step.state})`)
      .join(', ')}`,
  ].join('\n  ');
}
