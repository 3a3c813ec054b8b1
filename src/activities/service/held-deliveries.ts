import type { Environment } from '../../config/environment.ts';
import { deliverySwitch } from './delivery.ts';
import { listOwnRuns, viewOfRun } from '../records/index.ts';

/** Who holds a delivery: a run of Muster, open or ended, or somebody else. */
export interface Holder {
  runId: string;
  open: boolean;
}

/** What a rollback says of the delivery that it holds, and of where it works. */
interface Rollback {
  service: string;
  region: string;
}

const runbook = 'roll-back-deployment';
/** Rollbacks that are looked at, the newest first. */
const most = 20;

/** Regions of a service whose delivery is paused now. Empty when the service has none. */
export async function pausedRegions(environment: Environment, service: string): Promise<string[]> {
  const { delivery, regions } = environment.services[service]!;
  if (!delivery) return [];
  const states = await Promise.all(
    Object.keys(regions).map(async (region) => ({ region, ...(await deliverySwitch(environment, { service, region }).read()) })),
  );
  return states.filter(({ paused }) => paused).map(({ region }) => region);
}

/** The newest rollback of a service in a region, if it is one that holds the delivery; undefined when no run of Muster does. */
export async function holderOf(environment: Environment, { service, region }: Rollback): Promise<Holder | undefined> {
  const runs = await listOwnRuns({ environment: environment.name, runbook, limit: most });
  for (const { runId, open } of runs.filter(({ mode }) => mode === 'live')) {
    const { plan, measures } = await viewOfRun(runId);
    const of = plan as Rollback;
    if (of.service !== service || of.region !== region) continue;
    const said = measures['delivery'] as { held: boolean } | undefined;
    return said?.held || open ? { runId, open } : undefined;
  }
  return undefined;
}
