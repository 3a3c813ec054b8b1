import type { PracticeCluster } from './cluster-estate.ts';
import type { RegionName } from './contract.ts';
import type { DatabaseEstate } from './database-estate.ts';

export type { DatabaseState, RestoreSource, RestoreWindow } from './database-estate.ts';

/** What the gateway drives when an AWS call asks for it: the real databases and shops behind the protocol. */
export interface Estate extends DatabaseEstate {
  /** Starts or stops shop instances until `desired` of them run. */
  setCapacity(group: string, desired: number): void;
  capacity(group: string): { desired: number; instances: InstanceState[] } | undefined;
  /** Puts instances onto the list of the group's load balancer, or takes them off; false when it has none of one of these. */
  list(group: string, ids: string[], on: boolean): boolean;
  /** Version of the launch template that new instances of a group are made of. */
  setRelease(group: string, version: string): void;
  /** Starts an instance of that version for each of these, and ends the old ones when the new ones are ready; rejects when they never are. */
  replace(group: string, ids: string[], version: string): Promise<void>;
  lost(region: RegionName): boolean;
  /** The cluster of databases beside the single ones, when this estate has one. */
  readonly cluster?: PracticeCluster;
}

export interface InstanceState {
  id: string;
  /** `pending` while it boots. */
  state: 'pending' | 'inService';
  port: number;
  /** What it is made of. */
  release?: { version: string; name: string };
  /** Answers `/health/ready` with 200. */
  ready: boolean;
  reason?: string;
  /** Is off the list of its load balancer, which sends it nothing. */
  unlisted?: true;
}
