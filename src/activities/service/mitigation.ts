import type { PredictedCall, Seen } from '../kit/index.ts';

/** How the service was before, by region: instances for a scale-down; for read-only the region whose database is read-only. */
export type Former = Record<string, number>;

export interface MitigationReading {
  on: boolean;
  /** As it was before; where that is not known, not on. Both are true where there was nothing to do. */
  off: boolean;
  /** Requests a second, or instances; null where it has none. */
  value: number | null;
  former: Former;
  detail: string;
  /** PostgreSQL's own name of a database. */
  name?: string;
}

/** One way to relieve a service for a while. It acts towards a state and never toggles. */
export interface Mitigation {
  read(): Promise<MitigationReading>;
  /** The calls that `turn` would make, from what was read. */
  calls(on: boolean, now: MitigationReading): PredictedCall[];
  /** Throws RefusedBySafetyRule when it must not be turned as things are. */
  refuse?(on: boolean, now: MitigationReading): Promise<void>;
  turn(on: boolean, now: MitigationReading): Promise<unknown>;
  /** Reads more back than the state, with what `turn` has answered. */
  prove?(on: boolean, now: MitigationReading, answer: unknown): Promise<unknown>;
  /** One look at what customers get, past the switch itself. */
  seen(on: boolean): Promise<Seen<string>>;
}
