import type { ClusterMember, ClusterRegion, ClusterTopology } from '../../../activities/rds/index.ts';
import { type ClusterPlan } from '../../plans/cluster-plan.ts';

/** A member of a cluster, with its region. */
export interface MemberAt {
  region: string;
  instance: string;
}

/** The one call that fits; `says` is it in words, the same words for the same call. */
export type ClusterCall =
  | { call: 'none'; says: string; writer: MemberAt }
  | { call: 'FailoverDBCluster'; says: string; from: MemberAt; writer: MemberAt }
  | {
      call: 'SwitchoverGlobalCluster' | 'FailoverGlobalCluster';
      says: string;
      from: { region: string; instance: string | null };
      writer: MemberAt;
    }
  | { call: 'refused'; says: string };

type Asked = Pick<ClusterPlan, 'to' | 'planned' | 'acceptDataLoss'>;

/** Picks the call by engine, topology, health and what was asked. Pure; what cannot work is refused with the way that can. */
export function pickClusterCall(topology: ClusterTopology, asked: Asked): ClusterCall {
  const wrong = topology.regions.find(({ engine }) => engine !== null && engine !== topology.engine);
  if (wrong) return refused(`${wrong.cluster} is ${wrong.engine}, the environment says ${topology.engine}: correct the environment first`);
  return 'member' in asked.to ? inCluster(topology, asked.to.member) : toRegion(topology, asked.to.region, asked);
}

function inCluster(topology: ClusterTopology, instance: string): ClusterCall {
  const part = topology.regions.find(({ members }) => members.some((member) => member.instance === instance));
  if (!part) {
    const known = topology.regions.flatMap(({ members }) => members.map((member) => member.instance)).join(', ');
    return refused(
      `${instance} is no member of the cluster (${known}); a read replica is an instance of its own: use promote-read-replica`,
    );
  }
  const { region, cluster } = part;
  if (!part.reachable)
    return refused(`RDS in ${region} ${silence(part)}: nothing can fail over there; name another region of a global cluster`);
  const target = part.members.find((member) => member.instance === instance)!;
  const writer = writerOf(part);
  if (target.writer && isWell(target))
    return { call: 'none', says: `nothing: ${instance} is the writer already`, writer: { region, instance } };
  if (!writer) {
    const home = topology.global?.home ?? topology.regions.find(writerOf)?.region ?? 'no region that is known';
    return refused(
      `${cluster} is a secondary, the writer is in ${home}: a failover inside a cluster never leaves its region; ask for the region ${region}`,
    );
  }
  if (part.status !== 'available') return refused(`${cluster} is ${part.status}: wait until that is over and look again`);
  if (!isWell(target)) return refused(`${instance} is ${target.status || 'not described'}: it cannot take over`);
  return {
    ...{ call: 'FailoverDBCluster', says: `rds:FailoverDBCluster of ${cluster} to ${instance}` },
    ...{ from: { region, instance: writer.instance }, writer: { region, instance } },
  };
}

function toRegion(topology: ClusterTopology, region: string, { planned, acceptDataLoss }: Asked): ClusterCall {
  const { global, regions, cluster } = topology;
  const part = regions.find((one) => one.region === region);
  if (!part) return refused(`${cluster} has no part in ${region}; it has: ${regions.map((one) => one.region).join(', ')}`);
  const home = regions.find((one) => one.region === (global?.home ?? regions.find(writerOf)?.region));
  if (home === part && part.members.some(({ writer }) => writer)) {
    return { call: 'none', says: `nothing: the writer is in ${region} already`, writer: { region, instance: writerOf(part)!.instance } };
  }
  if (!global) return refused(`${cluster} has no global cluster that answers: a failover inside a cluster never leaves its region`);
  if (!home) return refused(`no region can tell where the writer of ${global.id} is`);
  if (global.movesTo !== null) return refused(`${global.id} is on its way to ${global.movesTo}: wait until that is over and look again`);
  const [next] = part.members.filter(isWell).sort((a, b) => (a.tier ?? 15) - (b.tier ?? 15));
  if (!part.reachable || part.status !== 'available' || !next) {
    return refused(
      `${part.cluster} in ${region} cannot take over: ${part.reachable ? part.status || 'not there' : `RDS ${silence(part)}`}`,
    );
  }
  const from = { region: home.region, instance: writerOf(home)?.instance ?? null };
  const writer = { region, instance: next.instance };
  const words = (call: string) => `rds:${call} of ${global.id} from ${home.region} to ${region}`;
  if (isHealthy(home)) return { call: 'SwitchoverGlobalCluster', says: words('SwitchoverGlobalCluster'), from, writer };
  const state = home.reachable ? `is ${home.status || 'not there'}` : silence(home);
  if (planned) return refused(`a planned move needs both regions well, ${home.cluster} in ${home.region} ${state}`);
  const other = home.reachable && home.status === 'available' && home.members.find((member) => !member.writer && isWell(member));
  if (other) return refused(`${other.instance} in ${home.region} is well: fail over to it, nothing is lost`);
  if (!acceptDataLoss) {
    return refused(
      `${home.cluster} in ${home.region} ${state}: only a failover that may lose data is left; start again with acceptDataLoss=true`,
    );
  }
  return { call: 'FailoverGlobalCluster', says: `${words('FailoverGlobalCluster')} with AllowDataLoss`, from, writer };
}

const silence = ({ refusal }: ClusterRegion): string => (refusal === undefined ? 'does not answer' : `refuses (${refusal})`);
const writerOf = ({ members }: ClusterRegion): ClusterMember | undefined => members.find(({ writer }) => writer);
const isWell = ({ status }: ClusterMember): boolean => status === 'available';
const isHealthy = (part: ClusterRegion): boolean => {
  const writer = writerOf(part);
  return part.reachable && part.status === 'available' && writer !== undefined && isWell(writer);
};
const refused = (says: string): ClusterCall => ({ call: 'refused', says });
