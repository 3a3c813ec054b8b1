import { randomBytes } from 'node:crypto';
import type { AwsCall, GreyWay, RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { startArcCluster, type ArcCluster } from './arc.ts';
import type { Call, Handlers, Place } from './call.ts';
import { capacityHandlers } from './capacity.ts';
import { clusterHandlers } from './clusters.ts';
import { createRds } from './databases.ts';
import { createFaults, type AwsFault } from './faults.ts';
import { startHealthChecks } from './health-checks.ts';
import { refreshHandlers } from './refreshes.ts';
import { createRollouts, type Rollouts } from './rollouts.ts';
import { createCallLog } from './log.ts';
import { metricHandlers } from './metrics.ts';
import { startMoto, type Moto } from './moto.ts';
import { offerHandlers } from './offers.ts';
import { oneChangeAtATime } from './order.ts';
import { createRecordsReader, type Records, type RecordsReader } from './records.ts';
import { route53Handlers } from './route53.ts';
import { seed } from './seed.ts';
import { serve } from './serve.ts';
import { honourClientTokens } from './tokens.ts';
import { createListener } from '../net/listener.ts';

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
  /** Makes every call in a region one to a grey region; undefined ends it. */
  setGrey(region: RegionName, how: GreyWay | undefined): void;
  /** Rolls releases of the shop out, without counted calls. */
  rollouts: Rollouts;
  /** The cluster of routing controls; there when the estate has a switch that health checkers watch. */
  readonly arc?: ArcCluster;
  /** Takes the first automated backup of the primary, and a copy of it in the other region; without counted calls. */
  takeFirstBackups(): Promise<void>;
  /** What the DNS records say, without a counted call. */
  records(): Promise<Records>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  estate: Estate;
  log: (line: string) => void;
  /** Port of the switch in west by which that region takes the traffic over; without one the shop has but the weighted records. */
  switchPort?: number;
}

/** Starts moto, seeds the practice estate into it and opens the three endpoints; the estate's databases must run already. */
export async function startGateway({ estate, log, switchPort }: GatewayOptions): Promise<Gateway> {
  const moto = await startMoto(log);
  const faults = createFaults();
  const rollouts = createRollouts(moto, estate, log);
  const calls = createCallLog();
  const secret = randomBytes(20).toString('hex');
  const { handlers, backups } = createRds(moto, estate, log);
  let records: RecordsReader | undefined;
  const change = oneChangeAtATime(committer(moto, estate, handlers, rollouts, log));
  const commit = honourClientTokens((call) => change(call).finally(() => call.service === 'route53' && records?.forget()));
  const listenAt = (place: Place) => createListener(serve({ secret, faults, calls, commit, log }, place));
  const opened: { close(): unknown }[] = [];
  const stop = async () => {
    faults.heal();
    backups.stop();
    await Promise.all(opened.map((listener) => listener.close()));
    await moto.stop();
  };
  try {
    const zoneId = await seed(moto, estate);
    const [global, east, west] = await Promise.all([listenAt('global'), listenAt('east'), listenAt('west')]);
    opened.push(global, east, west);
    await Promise.all([global, east, west].map((listener) => listener.open()));
    const regions = { east, west };
    const arc = switchPort === undefined ? undefined : await startArcCluster({ secret, faults, calls, log });
    if (arc) opened.push(arc);
    const checks = arc && (await startHealthChecks(moto, zoneId, switchPort!, arc));
    if (checks) opened.push(checks);
    const reader = (records = createRecordsReader(moto, zoneId));
    return {
      endpoints: { global: global.url, east: east.url, west: west.url },
      secret,
      fault: (fault) => faults.add(fault),
      healFaults: () => faults.heal(),
      calls: () => calls.all(),
      clearCalls: () => calls.clear(),
      loseRegion: async (region) => void (await Promise.all([regions[region].close(), arc?.loseRegion(region)])),
      healRegion: async (region) => void (await Promise.all([regions[region].open(), arc?.healRegion(region)])),
      setGrey: (region, how) => faults.setGrey(region, how),
      ...(arc ? { arc } : {}),
      rollouts,
      takeFirstBackups: () => backups.takeFirst(),
      records: () => reader.read(checks),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers the calls that touch real parts, and leaves the rest to moto. */
function committer(moto: Moto, estate: Estate, databases: Handlers, rollouts: Rollouts, log: (line: string) => void) {
  const handlers: Handlers = {
    ...databases,
    ...route53Handlers(moto),
    ...capacityHandlers(moto, estate),
    ...refreshHandlers(moto, rollouts),
    ...metricHandlers(estate),
    ...offerHandlers(),
  };
  const all: Handlers = { ...handlers, ...clusterHandlers(estate, handlers, log) };
  return async (call: Call) => (all[`${call.service}:${call.action}`] ?? moto.forward)(call);
}
