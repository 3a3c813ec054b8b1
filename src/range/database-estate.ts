import type { RegionName } from './contract.ts';

/** What the gateway drives when a call to RDS asks for it: real servers, and real copies of their data. */
export interface DatabaseEstate {
  /** Undefined when no such instance exists on the range. */
  database(instance: string): DatabaseState | undefined;
  /** Turns a standby into a primary; resolves when it accepts writes. */
  promote(instance: string): Promise<void>;
  /** Builds a streaming replica of `source` (a running primary) in a region, from an online copy. */
  createReplica(instance: string, region: RegionName, source: string): Promise<void>;
  rename(instance: string, to: string): Promise<void>;
  remove(instance: string): Promise<void>;
  /** Stops a running primary on purpose, and starts it again. */
  halt(instance: string): Promise<void>;
  resume(instance: string): Promise<void>;
  /** Keeps the data of a running instance, as of one moment, under an id; an automated one also begins its restore window. */
  takeSnapshot(id: string, instance: string, kind: 'manual' | 'automated'): Promise<void>;
  /** Copies a snapshot with its data, so that it outlives the first. */
  copySnapshot(id: string, of: string): Promise<void>;
  dropSnapshot(id: string): Promise<void>;
  /** The time as of which a snapshot is; undefined when there is none, or not yet. */
  snapshotTakenAt(id: string): Date | undefined;
  restoreWindow(instance: string): RestoreWindow | undefined;
  /** Drops the automated snapshots of an instance, and with them its restore window. */
  dropBackups(instance: string): Promise<void>;
  /** Builds a primary that has no source from what was kept; resolves when it accepts writes. */
  restore(instance: string, region: RegionName, from: RestoreSource): Promise<void>;
}

/** A snapshot, or an instance as it was at a time inside of its restore window. */
export type RestoreSource = { snapshot: string } | { source: string; at: Date };

/** Both ends can be restored to. */
export interface RestoreWindow {
  earliest: Date;
  latest: Date;
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
