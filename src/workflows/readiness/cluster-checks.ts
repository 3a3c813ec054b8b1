import type { ClusterTopology } from '../../activities/rds/index.ts';
import type { ClusterPlan } from '../plans/cluster-plan.ts';
import { clusters, sts } from '../tools.ts';
import { findingsOf, type Finding } from './finding.ts';
import { duration } from '../../words/durations.ts';

const { must, unknown } = findingsOf('cluster');

/** The member or region that would get the writer must be there, at rest, and near enough behind. */
export async function clusterCanMove({ cluster, to, targets }: ClusterPlan): Promise<Finding[]> {
  const topology = await clusters.describeCluster({ cluster });
  const part = topology.regions.find(({ region, members }) =>
    'region' in to ? region === to.region : members.some(({ instance }) => instance === to.member),
  );
  const resource = `${cluster}, ${'region' in to ? `region ${to.region}` : to.member}`;
  if (!part?.reachable) return [unknown({ resource, needed: 'a part of the cluster that answers', have: 'no answer' })];
  const member = 'member' in to ? part.members.find(({ instance }) => instance === to.member) : undefined;
  const status = member?.status ?? part.status;
  const lag = (member ?? part).lag;
  const within = { resource, needed: `replication lag of at most ${duration(targets.rpoMs)}` };
  return [
    must(status === 'available', { resource, needed: 'status available', have: status || 'absent' }),
    ...(part.members.length > 0 ? [] : [must(false, { resource, needed: 'a member that can write', have: 'none' })]),
    lag === null ? unknown({ ...within, have: 'no reading' }) : must(lag.ms <= targets.rpoMs, { ...within, have: duration(lag.ms) }),
    ...globalIsAtRest(topology, to),
  ];
}

function globalIsAtRest({ global }: ClusterTopology, to: ClusterPlan['to']): Finding[] {
  if (!('region' in to)) return [];
  const resource = 'the global cluster';
  if (global === null) return [must(false, { resource, needed: 'one that joins the regions', have: 'none that answers' })];
  return [must(global.status === 'available' && global.movesTo === null, { resource, needed: 'status available', have: global.status })];
}

/** AWS must know who we are where the writer goes. */
export async function clusterCredentialsWork({ cluster, to }: ClusterPlan): Promise<Finding[]> {
  const { regions } = await clusters.describeCluster({ cluster });
  const own = regions.find(({ members }) => 'member' in to && members.some(({ instance }) => instance === to.member));
  const region = 'region' in to ? to.region : (own?.region ?? '');
  const { arn } = await sts.callerIdentity({ region });
  return [findingsOf('credentials').must(arn !== '', { resource: `credentials in ${region}`, needed: 'an identity', have: arn || 'none' })];
}

/** Why nobody would move the writer there: it is there already, or not in that region. */
export async function clusterNotNow({ cluster, to }: ClusterPlan): Promise<string | undefined> {
  const { regions, global } = await clusters.describeCluster({ cluster });
  if ('region' in to) return global?.home === to.region ? `the writer is in ${to.region}` : undefined;
  const part = regions.find(({ members }) => members.some(({ instance }) => instance === to.member));
  const member = part?.members.find(({ instance }) => instance === to.member);
  if (member?.writer === true) return `${to.member} is the writer`;
  const hasWriter = part?.members.some(({ writer }) => writer !== false) ?? true;
  return hasWriter ? undefined : `the writer is not in ${part!.region}`;
}
