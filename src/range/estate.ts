import type { RegionName } from './contract.ts';

/** What the gateway drives when an AWS call asks for it: the real databases and shops behind the protocol. */
export interface Estate {
  /** Undefined when no such instance exists on the range. */
  database(instance: string): DatabaseState | undefined;
  /** Turns a standby into a primary; resolves when it accepts writes. */
  promote(instance: string): Promise<void>;
  /** Builds a streaming replica of `source` (a running primary) in a region, from an online copy. */
  createReplica(instance: string, region: RegionName, source: string): Promise<void>;
  rename(instance: string, to: string): Promise<void>;
  remove(instance: string): Promise<void>;
  /** Starts or stops shop instances until `desired` of them run. */
  setCapacity(group: string, desired: number): void;
  capacity(group: string): { desired: number; instances: InstanceState[] } | undefined;
  lost(region: RegionName): boolean;
}

export interface DatabaseState {
  instance: string;
  region: RegionName;
  host: string;
  port: number;
  role: 'primary' | 'replica';
  source?: string;
  running: boolean;
  /** Replay lag of a replica; null when it cannot be known. */
  lagMs: number | null;
}

export interface InstanceState {
  id: string;
  /** `pending` while it boots. */
  state: 'pending' | 'inService';
  port: number;
  /** Answers `/health/ready` with 200. */
  ready: boolean;
  reason?: string;
}
