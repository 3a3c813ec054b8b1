import type { GreyWay, RegionName } from '../contract.ts';
import { slowMs } from '../net/grey.ts';

/** How long what flows between databases of two regions is on its way, in ms. */
export interface Delays {
  /** Delay of everything that flows from one region to the other. */
  setLag(ms: number): void;
  /** How a region ails for those who are outside of it. */
  setGrey(region: RegionName, how: GreyWay | undefined): void;
  /** `Infinity` when nothing arrives; inside of a region nothing is late. */
  between(from: RegionName, to: RegionName): number;
}

/** Delays that say so to `tell` whenever they change. */
export function createDelays(tell: () => void): Delays {
  const grey = new Map<RegionName, GreyWay | undefined>();
  let lagMs = 0;
  return {
    setLag: (ms) => {
      lagMs = ms;
      tell();
    },
    setGrey: (region, how) => {
      grey.set(region, how);
      tell();
    },
    between: (from, to) => (from === to ? 0 : Math.max(lagMs, delayOf(grey.get(from)))),
  };
}

/** Delay of what leaves a region that ails so. */
export function delayOf(how: GreyWay | undefined): number {
  if (how === 'one-way') return Infinity;
  return how === 'slow' ? slowMs : 0;
}
