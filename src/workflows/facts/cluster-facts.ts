import { ApplicationFailure } from '@temporalio/workflow';
import type { ClusterRegion, ClusterTopology } from '../../activities/rds/index.ts';
import { Failure } from '../failures.ts';
import type { GateOptions } from '../kit/gates.ts';
import type { Fact } from '../messages.ts';
import type { ClusterPlan } from '../plans/cluster-plan.ts';
import { gateOf, strongerWhen } from '../procedures/approval.ts';
import { pickClusterCall, type ClusterCall } from '../procedures/database/pick-cluster-call.ts';
import { clusters } from '../tools.ts';
import { fact } from './facts.ts';

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
  const loses = (facts: readonly Fact[]) => String(facts.find(({ name }) => name === callFact)?.value).includes('AllowDataLoss');
  return gateOf(plan.approval, () => clusterFacts(plan), {
    ...strongerWhen(plan.approval, loses),
    ...(plan.acceptDataLoss ? { cannotBeUndone: 'Writes that only the lost region has are gone' } : {}),
  });
}

/** Members, roles, health, lag, promotion tier, and which call it will be. */
async function clusterFacts(plan: ClusterPlan): Promise<Fact[]> {
  const topology = await clusters.describeCluster({ cluster: plan.cluster });
  const chosen = pickClusterCall(topology, plan);
  const lossy = chosen.call === 'FailoverGlobalCluster';
  const facts: Fact[] = [
    fact(callFact, chosen.says, 'engine, topology and health', { verdict: bad(lossy || chosen.call === 'refused') }),
    ...topology.regions.flatMap((part) => factsOf(part, topology)),
  ];
  if (chosen.call === 'refused' || chosen.call === 'none') return facts;
  return [...facts, await lagOf(plan, topology, chosen), ...(lossy ? await lossOf(plan, topology, chosen) : [])];
}

function factsOf(part: ClusterRegion, { global }: ClusterTopology): Fact[] {
  const { region, cluster, reachable, status, members } = part;
  const home = global?.home === region ? ', home of the writer' : '';
  const source = `RDS in ${region}`;
  return [
    fact(`${cluster} in ${region}`, `${reachable ? status || 'not there' : 'does not answer'}${home}`, source, {
      verdict: bad(status !== 'available'),
    }),
    ...members.map(({ instance, writer, tier, status: state }) => {
      const says = `${writer ? 'writer' : 'reader'}, ${state}, promotion tier ${tier ?? 'unknown'}`;
      const verdict = reachable ? bad(state !== 'available') : 'unknown';
      return fact(`member ${instance}`, reachable ? says : null, source, { verdict });
    }),
  ];
}

/** How far the target is behind, by CloudWatch; readings of a lost region are the last ones there were. */
async function lagOf({ targets }: ClusterPlan, { regions }: ClusterTopology, { call, writer }: Possible): Promise<Fact> {
  const part = regions.find(({ region }) => region === writer.region)!;
  const lag = call === 'FailoverDBCluster' ? part.members.find(({ instance }) => instance === writer.instance)?.lag : part.lag;
  const source = `CloudWatch in ${writer.region}${lag ? `, reading of ${lag.at}` : ''}`;
  return fact(lagName(call), lag ? Math.round(lag.ms / 100) / 10 : null, source, {
    ...{ unit: 's', tolerance: lagTolerance },
    verdict: lag ? bad(lag.ms > targets.rpoMs) : 'unknown',
  });
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
  const source = `PostgreSQL on ${writer.instance}`;
  return [
    fact('consent to data loss, given by approving', true, 'the start asked for acceptDataLoss', { verdict: 'bad' }),
    fact('last transaction on the target', lastReplayedAt, source, {
      informational: true,
      verdict: lastReplayedAt === null ? 'unknown' : 'good',
    }),
    fact('the target answers', reachable, source, { verdict: bad(!reachable) }),
  ];
}

const bad = (is: boolean): 'good' | 'bad' => (is ? 'bad' : 'good');
