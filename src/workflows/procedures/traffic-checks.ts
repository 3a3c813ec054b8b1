import type { RegionMove } from '../plans/plan.ts';
import { route53, traffic } from '../tools.ts';

const longestTtl = 60;
const fewestEndpoints = 2;

/** What stands in the way of moving the traffic as the plan says, each with needed and have. */
export async function trafficCanMove(move: RegionMove): Promise<string[]> {
  const { trafficBy = 'route53-records' } = move;
  if (trafficBy === 'route53-records') return recordsCanMove(move);
  const ttl = (move.dnsTtlMs ?? 0) / 1_000;
  const slow = ttl > longestTtl ? [`${move.dns}: TTL needed at most ${longestTtl} s, have ${ttl} s`] : [];
  return [...slow, ...(await (trafficBy === 'arc-routing-control' ? controlsCanMove(move) : switchesCanMove(move)))];
}

async function recordsCanMove({ dns, from, to }: RegionMove): Promise<string[]> {
  const records = await route53.readRecordSets({ dns });
  const missing = [from, to]
    .filter((region) => !records.some((record) => record.region === region))
    .map((region) => `${dns} has no record for ${region}`);
  const slow = records
    .filter(({ ttl }) => ttl > longestTtl)
    .map(({ set, ttl }) => `record ${set}: TTL needed at most ${longestTtl} s, have ${ttl} s`);
  return [...missing, ...slow];
}

/** The switch of a lost region counts as off, for the health checkers as for us; any other must answer. */
async function switchesCanMove({ dns, from, planned }: RegionMove): Promise<string[]> {
  const readings = await traffic.readTrafficSwitches({ dns });
  return readings
    .filter(({ region, on }) => on === null && (planned || region !== from))
    .map(({ region, detail }) => `the switch of ${dns} in ${region} ${detail}`);
}

async function controlsCanMove({ dns, from, to }: RegionMove): Promise<string[]> {
  const { states, gate, endpoints } = await traffic.readRoutingControls({ dns });
  const missing = [from, to]
    .filter((region) => !states.some((state) => state.region === region))
    .map((region) => `${dns} has no routing control for ${region}`);
  const answering = endpoints.filter(({ answers }) => answers).length;
  return [
    ...missing,
    ...(answering < fewestEndpoints ? [`endpoints of the ARC cluster: needed ${fewestEndpoints}, have ${answering}`] : []),
    ...(gate === 'Off' ? [`the gating control of ${dns} is off: a person must turn it on first`] : []),
  ];
}
