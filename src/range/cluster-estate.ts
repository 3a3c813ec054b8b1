import type { RegionName } from './contract.ts';

/** One server of the practice cluster, as the gateway describes it. */
export interface MemberState {
  name: string;
  region: RegionName;
  host: string;
  port: number;
  writer: boolean;
  /** Promotion tier: the lowest one takes over when nobody names a target. */
  tier: number;
  /** `rebooting` while it is made anew from the writer. */
  status: 'available' | 'rebooting' | 'down';
  /** Last reading of how far a reader is behind, with its time in ms; it stays when the writer is lost. */
  lag: { ms: number; at: number } | null;
}

/** A cluster of real PostgreSQL servers over both regions: one writer, readers that follow it, and in each region an endpoint for the writer. */
export interface PracticeCluster {
  /** Makes it when it is asked about for the first time, so that a range that never looks at it does not wait for it. */
  build(): Promise<void>;
  built(): boolean;
  members(): MemberState[];
  /** Address of a region's cluster endpoint; it answers only while the writer is in that region. */
  endpoint(region: RegionName): { host: string; port: number };
  /** Makes a member the writer; with `loss` at once, else only when it has every write. Resolves when it takes writes. */
  moveWriter(to: string, how: { loss: boolean }): Promise<void>;
}
