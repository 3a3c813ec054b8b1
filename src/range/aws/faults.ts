import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Fault, GreyWay, RegionName } from '../contract.ts';
import { ailing, slowMs } from '../net/grey.ts';
import { throttled, unavailable, type Answer } from './answers.ts';
import type { Call } from './call.ts';

export type AwsFault = Extract<Fault, { kind: 'aws' }>;

const stallMs = 60_000;

/** The faults that wait for their calls. */
export interface Faults {
  add(fault: AwsFault): void;
  /** Every call in a region is made in this weather until it changes. */
  setGrey(region: RegionName, how: GreyWay | undefined): void;
  /** Forgets every fault but the weather, and lets stalled calls go on. */
  heal(): void;
  /** The fault that hits this call, if any; one use of it is spent. */
  take(call: Call): AwsFault | undefined;
  /** Waits as long as a stalled call does; true when the client is still there. */
  stall(fault: AwsFault, response: ServerResponse): Promise<boolean>;
}

/** Faults for the next matching calls, the oldest first. */
export function createFaults(): Faults {
  let waiting: { fault: AwsFault; left: number }[] = [];
  let healed = new AbortController();
  const grey = new Map<string, GreyWay>();
  const turn = ailing();
  const goOn = () => {
    healed.abort();
    healed = new AbortController();
  };
  return {
    setGrey: (region, how) => {
      if (how) grey.set(region, how);
      else grey.delete(region);
      goOn();
    },
    add: (fault) => waiting.push({ fault, left: fault.times ?? 1 }),
    heal: () => {
      waiting = [];
      goOn();
    },
    take: ({ action, place }) => {
      const hit = waiting.find(({ fault }) => fault.action === '*' || fault.action === action);
      if (!hit) return inGrey(grey.get(place), turn);
      hit.left -= 1;
      if (hit.left <= 0) waiting = waiting.filter((other) => other !== hit);
      return hit.fault;
    },
    stall: (fault, response) =>
      new Promise((resolve) => {
        const { signal } = healed;
        const goOn = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', goOn);
          response.removeListener('close', goOn);
          resolve(!response.destroyed);
        };
        const timer = setTimeout(goOn, fault.ms ?? stallMs);
        signal.addEventListener('abort', goOn);
        response.once('close', goOn);
      }),
  };
}

/** What a grey region does to a call; its turn is spent only where some calls get through. */
function inGrey(how: GreyWay | undefined, ails: () => boolean): AwsFault | undefined {
  const fault = { kind: 'aws', action: '*' } as const;
  if (how === 'slow') return { ...fault, how: 'stall', when: 'after', ms: slowMs };
  if (how === 'one-way') return { ...fault, how: 'stall', when: 'after' };
  if (how === undefined || !ails()) return undefined;
  return { ...fault, how: how === 'throttled' ? 'throttle' : 'error', when: 'before' };
}

/** The answer that a fault puts in place of the real one; undefined when the connection breaks instead. */
export function faultAnswer({ how }: AwsFault, call: Call): Answer | undefined {
  if (how === 'throttle') return throttled(call);
  if (how === 'error') return unavailable(call);
  return undefined;
}

/** Cuts a connection so that the client sees it reset. */
export function reset(socket: Socket | null): void {
  socket?.resetAndDestroy();
}
