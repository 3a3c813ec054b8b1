import type { ConsumerStatus, RegionName } from '../contract.ts';
import type { Listener } from '../net/listener.ts';
import { createConsumer } from './consumer.ts';
import { createHttpSwitch, type HttpSwitch } from './http-switch.ts';
import type { DatabaseAddress } from './order-store.ts';

/** A part that is lost and healed together with its region. */
interface Part {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Where the database of a region's shop is now. */
export type Locate = (region: RegionName) => Promise<DatabaseAddress | null>;

/** What the shop has beside its instances: a background worker in each region, and the switch in west that takes the traffic over. */
export interface Background {
  readonly east: Part;
  readonly west: Part;
  readonly takeover: HttpSwitch;
  readonly workers: Record<RegionName, HttpSwitch>;
  status(): Record<RegionName, ConsumerStatus>;
}

/** Nothing of it runs yet; the worker in east is on. */
export async function createBackground(password: string, locate: Locate): Promise<Background> {
  const [east, west, takeover] = await Promise.all([
    createConsumer({ region: 'east', on: true, password, locate: () => locate('east') }),
    createConsumer({ region: 'west', on: false, password, locate: () => locate('west') }),
    createHttpSwitch(false),
  ]);
  return {
    east,
    west: {
      open: async () => void (await Promise.all([west.open(), takeover.open()])),
      close: async () => void (await Promise.all([west.close(), takeover.close()])),
    },
    takeover,
    workers: { east: east.switch, west: west.switch },
    status: () => ({ east: east.status(), west: west.status() }),
  };
}

/** A load balancer and what is lost and healed with it. */
export function together(balancer: Listener, other: Part): Listener {
  return {
    ...balancer,
    open: async () => void (await Promise.all([balancer.open(), other.open()])),
    close: async () => void (await Promise.all([balancer.close(), other.close()])),
  };
}
