import { randomBytes } from 'node:crypto';
import type { AwsCall, RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import type { Call, Handlers, Place } from './call.ts';
import { capacityHandlers } from './capacity.ts';
import { createFaults, type AwsFault } from './faults.ts';
import { createInstances } from './instances.ts';
import { createCallLog } from './log.ts';
import { metricHandlers } from './metrics.ts';
import { startMoto, type Moto } from './moto.ts';
import { oneChangeAtATime } from './order.ts';
import { rdsHandlers } from './rds.ts';
import { readRecords, type Records } from './records.ts';
import { route53Handlers } from './route53.ts';
import { primary, replica, seed } from './seed.ts';
import { serve } from './serve.ts';
import { snapshotHandlers } from './snapshots.ts';
import { honourClientTokens } from './tokens.ts';
import { createListener, type Listener } from '../net/listener.ts';

/** AWS as the practice estate has it: moto's protocol in front of real databases and shops. */
export interface Gateway {
  /** Base URLs; global = us-east-1 (Route 53), east = us-east-2, west = us-west-2. They stay the same while a region is lost. */
  endpoints: Record<Place, string>;
  /** Secret access key of the access key id `practice`. */
  secret: string;
  fault(fault: AwsFault): void;
  /** Forgets all faults; stalled calls go on. */
  healFaults(): void;
  /**
   * Calls since the last clear, in the order of arrival; `region` is the place of the endpoint. A `status` of 200 means that it took
   * effect, even when `fault` (e.g. `reset after`) kept the answer back; 0 means that nothing came of it, or not yet.
   */
  calls(): AwsCall[];
  clearCalls(): void;
  /** The region's endpoint refuses connections until it is healed. */
  loseRegion(region: RegionName): Promise<void>;
  healRegion(region: RegionName): Promise<void>;
  /** What the DNS records say, without a counted call. */
  records(): Promise<Records>;
  stop(): Promise<void>;
}

/** Starts moto, seeds the practice estate into it and opens the three endpoints; the estate's databases must run already. */
export async function startGateway({ estate, log }: { estate: Estate; log: (line: string) => void }): Promise<Gateway> {
  const moto = await startMoto(log);
  const faults = createFaults();
  const calls = createCallLog();
  const secret = randomBytes(20).toString('hex');
  const commit = honourClientTokens(oneChangeAtATime(committer(moto, estate, log)));
  const listenAt = (place: Place) => createListener(serve({ secret, faults, calls, commit, log }, place));
  const opened: Listener[] = [];
  const stop = async () => {
    faults.heal();
    await Promise.all(opened.map((listener) => listener.close()));
    await moto.stop();
  };
  try {
    const zoneId = await seed(moto, estate);
    const [global, east, west] = await Promise.all([listenAt('global'), listenAt('east'), listenAt('west')]);
    opened.push(global, east, west);
    await Promise.all(opened.map((listener) => listener.open()));
    const regions = { east, west };
    return {
      endpoints: { global: global.url, east: east.url, west: west.url },
      secret,
      fault: (fault) => faults.add(fault),
      healFaults: () => faults.heal(),
      calls: () => calls.all(),
      clearCalls: () => calls.clear(),
      loseRegion: (region) => regions[region].close(),
      healRegion: (region) => regions[region].open(),
      records: () => readRecords(moto, zoneId),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers the calls that touch real parts, and leaves the rest to moto. */
function committer(moto: Moto, estate: Estate, log: (line: string) => void) {
  const instances = createInstances(estate, log);
  instances.add(primary, 'east');
  instances.add(replica, 'west');
  const handlers: Handlers = {
    ...rdsHandlers(moto, estate, instances),
    ...snapshotHandlers(moto, estate, instances),
    ...route53Handlers(moto),
    ...capacityHandlers(moto, estate),
    ...metricHandlers(estate),
  };
  return async (call: Call) => (handlers[`${call.service}:${call.action}`] ?? moto.forward)(call);
}
