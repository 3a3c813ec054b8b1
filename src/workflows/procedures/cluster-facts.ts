import { ApplicationFailure } from '@temporalio/workflow';
import type { ClusterRegion, ClusterTopology } from '../../activities/rds-clusters.ts';
import { Failure } from '../failures.ts';
import type { GateOptions } from '../kit/decisions.ts';
import type { Fact } from '../messages.ts';
import { clusters } from '../tools.ts';
import { gateOf } from './approval.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { pickClusterCall, type ClusterCall } from './pick-cluster-call.ts';

/** Name of the fact that says which call it will be. */
export const callFact = 'call that will be made';
const lagTolerance = 2;

type Possible = Exclude<ClusterCall, { call: 'refused' }>;

/** Looks at the cluster and picks the call. Throws RefusedBySafetyRule with the reason when none fits, or when people approved another one. */
export async function chooseCall(plan: ClusterPlan, approved?: readonly Fact[]): Promise<Possible> {
  const chosen = pickClusterCall(await clusters.describeCluster({ cluster: plan.cluster }), plan);
  if (chosen.call === 'refused') throw ApplicationFailure.nonRetryable(chosen.says, Failure.RefusedBySafetyRule);
  const known = approved?.find(({ name }) => name === callFact)?.value ?? chosen.says;
  if (known === chosen.says) return chosen;
  throw ApplicationFailure.nonRetryable(`people approved ${String(known)}, now it would be ${chosen.says}`, Failure.RefusedBySafetyRule);
}

/** The gate of a cluster's move: a call that loses data takes the stronger approval, which consents to the loss that the facts show. */
export function approvalOfCall(plan: ClusterPlan): GateOptions {
  const { stronger } = plan.approval;
  const loses = (facts: readonly Fact[]) => String(facts.find(({ name }) => name === callFact)?.value).includes('AllowDataLoss');
  return gateOf(plan.approval, () => clusterFacts(plan), {
    stronger: (facts) => (loses(facts) ? { of: stronger.duty, quorum: stronger.quorum } : undefined),
    ...(plan.acceptDataLoss ? { cannotBeUndone: 'Writes that only the lost region has are gone' } : {}),
  });
}

/** Members, roles, health, lag, promotion tier, and which call it will be. */
async function clusterFacts(plan: ClusterPlan): Promise<Fact[]> {
  const topology = await clusters.describeCluster({ cluster: plan.cluster });
  const chosen = pickClusterCall(topology, plan);
  const lossy = chosen.call === 'FailoverGlobalCluster';
  const facts: Fact[] = [
    {
      ...{ name: callFact, value: chosen.says, source: 'engine, topology and health', at: now() },
      verdict: bad(lossy || chosen.call === 'refused'),
    },
    ...topology.regions.flatMap((part) => factsOf(part, topology)),
  ];
  if (chosen.call === 'refused' || chosen.call === 'none') return facts;
  return [...facts, await lagOf(plan, topology, chosen), ...(lossy ? await lossOf(plan, topology, chosen) : [])];
}

function factsOf(part: ClusterRegion, { global }: ClusterTopology): Fact[] {
  const { region, cluster, reachable, status, members } = part;
  const home = global?.home === region ? ', home of the writer' : '';
  const whole: Fact = {
    ...{ name: `${cluster} in ${region}`, value: reachable ? `${status || 'not there'}${home}` : `does not answer${home}` },
    ...{ source: `RDS in ${region}`, at: now(), verdict: bad(status !== 'available') },
  };
  return [
    whole,
    ...members.map(({ instance, writer, tier, status: state }): Fact => ({
      ...{ name: `member ${instance}`, source: `RDS in ${region}`, at: now(), verdict: reachable ? bad(state !== 'available') : 'unknown' },
      value: reachable ? `${writer ? 'writer' : 'reader'}, ${state}, promotion tier ${tier ?? 'unknown'}` : null,
    })),
  ];
}

/** How far the target is behind, by CloudWatch; readings of a lost region are the last ones there were. */
async function lagOf({ targets }: ClusterPlan, { regions }: ClusterTopology, { call, writer }: Possible): Promise<Fact> {
  const part = regions.find(({ region }) => region === writer.region)!;
  const lag = call === 'FailoverDBCluster' ? part.members.find(({ instance }) => instance === writer.instance)?.lag : part.lag;
  return {
    ...{ name: lagName(call), value: lag ? Math.round(lag.ms / 100) / 10 : null, unit: 's', tolerance: lagTolerance },
    ...{ source: `CloudWatch in ${writer.region}${lag ? `, reading of ${lag.at}` : ''}`, at: now() },
    verdict: lag ? bad(lag.ms > targets.rpoMs) : 'unknown',
  };
}

const lagName = (call: Possible['call']): string =>
  call === 'FailoverGlobalCluster' ? 'RPO: lag of the target when it was last read' : 'lag of the target';

/** What the approval consents to. */
async function lossOf({ cluster }: ClusterPlan, { regions }: ClusterTopology, { writer }: Possible): Promise<Fact[]> {
  const { host, port } = regions
    .find(({ region }) => region === writer.region)!
    .members.find(({ instance }) => instance === writer.instance)!;
  const place = { cluster, region: writer.region, ...(host !== null && port !== null ? { endpoint: { host, port } } : {}) };
  const { reachable, lastReplayedAt } = await clusters.clusterState(place);
  return [
    {
      name: 'consent to data loss, given by approving',
      value: true,
      source: 'the start asked for acceptDataLoss',
      at: now(),
      verdict: 'bad',
    },
    {
      ...{ name: 'last transaction on the target', value: lastReplayedAt, source: `PostgreSQL on ${writer.instance}`, at: now() },
      ...{ informational: true, verdict: lastReplayedAt === null ? 'unknown' : 'good' },
    },
    { name: 'the target answers', value: reachable, source: `PostgreSQL on ${writer.instance}`, at: now(), verdict: bad(!reachable) },
  ];
}

const bad = (is: boolean): 'good' | 'bad' => (is ? 'bad' : 'good');
const now = (): string => new Date().toISOString();
