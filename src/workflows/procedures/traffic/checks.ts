import type { RegionMove } from '../../plans/plan.ts';
import { findingsOf, type Finding } from '../../readiness/finding.ts';
import { route53, traffic } from '../../tools.ts';

const longestTtl = 60;
const fewestEndpoints = 2;
const { must, unknown } = findingsOf('traffic');

/** Whether the traffic can be moved as the plan says. */
export async function trafficCanMove(move: RegionMove): Promise<Finding[]> {
  const { trafficBy = 'route53-records' } = move;
  if (trafficBy === 'route53-records') return recordsCanMove(move);
  return [
    ttlIsShort(move.dns, (move.dnsTtlMs ?? 0) / 1_000),
    ...(await (trafficBy === 'arc-routing-control' ? controlsCanMove(move) : switchesCanMove(move))),
  ];
}

function ttlIsShort(resource: string, ttl: number, called = resource): Finding {
  const says = `${called}: TTL needed at most ${longestTtl} s, have ${ttl} s`;
  const seen = { resource, needed: `a TTL of at most ${longestTtl} s`, have: `${ttl} s` };
  return must(ttl <= longestTtl, ttl <= longestTtl ? seen : { ...seen, says });
}

async function recordsCanMove({ dns, from, to }: RegionMove): Promise<Finding[]> {
  const records = await route53.readRecordSets({ dns });
  const missing = [from, to]
    .filter((region) => !records.some((record) => record.region === region))
    .map((region) =>
      must(false, { resource: dns, needed: `a record for ${region}`, have: 'none', says: `${dns} has no record for ${region}` }),
    );
  return [...missing, ...records.map(({ set, ttl }) => ttlIsShort(`record ${set} of ${dns}`, ttl, `record ${set}`))];
}

/** The switch of a lost region counts as off, for the health checkers as for us; any other must answer. */
async function switchesCanMove({ dns, from, planned }: RegionMove): Promise<Finding[]> {
  const readings = await traffic.readTrafficSwitches({ dns });
  return readings
    .filter(({ region }) => planned || region !== from)
    .map(({ region, on, detail }) => {
      const resource = `the switch of ${dns} in ${region}`;
      const needed = 'an answer';
      if (on !== null) return must(true, { resource, needed, have: on ? 'it is on' : 'it is off' });
      return unknown({ resource, needed, have: detail, says: `${resource} ${detail}` });
    });
}

async function controlsCanMove({ dns, from, to }: RegionMove): Promise<Finding[]> {
  const { states, gate, endpoints } = await traffic.readRoutingControls({ dns });
  const missing = [from, to]
    .filter((region) => !states.some((state) => state.region === region))
    .map((region) => {
      const says = `${dns} has no routing control for ${region}`;
      return must(false, { resource: dns, needed: `a routing control for ${region}`, have: 'none', says });
    });
  const answering = endpoints.filter(({ answers }) => answers).length;
  const enough = { resource: 'endpoints of the ARC cluster', needed: String(fewestEndpoints), have: String(answering) };
  const gated = { resource: `the gating control of ${dns}`, needed: 'On', have: gate ?? 'none' };
  const says = `the gating control of ${dns} is off: a person must turn it on first`;
  return [...missing, must(answering >= fewestEndpoints, enough), gate === 'Off' ? must(false, { ...gated, says }) : must(true, gated)];
}
