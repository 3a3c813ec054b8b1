import type { Protection, RegionMove } from './plan.ts';

/** A region is lost, and the database of the region that takes over comes from a snapshot; resolved before the start. Times in ms. */
export interface SnapshotRestore extends RegionMove {
  /** Instance of the database in the region that takes over. */
  instance: string;
  engine: string;
  /** Class that the environment has for the instance; a snapshot does not tell the one that it is of. */
  instanceClass?: string;
  /** The snapshot to restore; the newest usable one when it is missing. */
  snapshot?: string;
  /** Restore although a replica answers that has more, because its data is bad. */
  despiteReplica: boolean;
  protection: Protection;
}
