import { z } from 'zod';
import type {
  AcknowledgedOrder,
  AwsCall,
  ConsumerStatus,
  Fault,
  InboxMessage,
  RangeStatus,
  RegionName,
  TrafficName,
} from '../range/contract.ts';
import { CliError, exitCodes } from './exit.ts';

export interface RangeControl {
  status(): Promise<RangeStatus>;
  break(fault: Fault): Promise<void>;
  /** Heals all faults, or those of a kind and region. */
  heal(what?: { kind?: Fault['kind']; region?: RegionName }): Promise<void>;
  calls(): Promise<AwsCall[]>;
  /** What the inbox got. */
  messages(): Promise<InboxMessage[]>;
  acknowledged(since?: string): Promise<AcknowledgedOrder[]>;
  /** Lets customers use another of the shop's names. */
  follow(by: TrafficName): Promise<void>;
  consumers(): Promise<Record<RegionName, ConsumerStatus>>;
}

const order = z.object({ id: z.string(), at: z.string() });

/** Speaks to the range's control API. Throws when it does not answer or refuses. */
export function rangeControl(url: string): RangeControl {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
      throw new CliError(`the range does not answer at ${url} (${(cause as Error).message})`);
    });
    const text = await response.text();
    if (!response.ok) throw new CliError(`the range refused: ${text.slice(0, 500)}`, exitCodes.refused);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    status: async () => (await call('/status')) as RangeStatus,
    break: async (fault) => void (await call('/break', fault)),
    heal: async (what = {}) => void (await call('/heal', what)),
    calls: async () => listIn(await call('/calls'), 'calls') as AwsCall[],
    messages: async () => listIn(await call('/inbox'), 'messages') as InboxMessage[],
    follow: async (by) => void (await call('/traffic', { by })),
    consumers: async () => (await call('/consumers')) as Record<RegionName, ConsumerStatus>,
    acknowledged: async (since) => {
      const answer = await call(`/customers/acknowledged${since === undefined ? '' : `?since=${encodeURIComponent(since)}`}`);
      return z.array(order).parse(listIn(answer, 'orders'));
    },
  };
}

/** The control API wraps some lists in an object, so that it can say more later. */
function listIn(answer: unknown, name: string): unknown {
  return Array.isArray(answer) ? answer : (answer as Record<string, unknown> | undefined)?.[name];
}
