import { FailoverDBClusterCommand, FailoverGlobalClusterCommand, SwitchoverGlobalClusterCommand } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, createAws } from '../aws/index.ts';
import { change, failure, type Patience, read, type Seen, until } from '../kit/index.ts';
import { clusterProofs, type MemberWhere } from './cluster-proofs.ts';
import { readClusterState, type ClusterPlace, type ClusterState } from './cluster-session.ts';
import { clusterOf, readPart, readTopology, type ClusterTopology } from './clusters.ts';

export type { FormerWriterFound, MemberWhere } from './cluster-proofs.ts';
export type { ClusterState } from './cluster-session.ts';
export type { ClusterMember, ClusterRegion, ClusterTopology } from './clusters.ts';
export type { WriteOutage } from './write-outage.ts';

/** A move of a global cluster's writer to another region. */
export interface GlobalMove {
  cluster: string;
  from: string;
  to: string;
}

const patience = 10 * 60_000;
/** A look waits for a move that is under way; it may be ours, from an attempt that died. */
const lookPatience = { within: 20_000, blindFor: 2_000 };
const settleMs = 5_000;

/** Clusters of RDS (Aurora and Multi-AZ). Every change names its target: without one, RDS takes whoever is next, and asking twice goes back again. */
export function clusterActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const untilPart = (asked: MemberWhere, { is, ...how }: Patience & { is: (writes: boolean, idle: boolean) => boolean }) =>
    until(async () => {
      const part = await readPart(environment, aws, asked);
      if (!part.reachable)
        throw failure(Failure.Transient, `RDS in ${asked.region} ${part.refusal ? `refuses: ${part.refusal}` : 'does not answer'}`);
      const target = part.members.find(({ instance }) => instance === asked.instance);
      const found = `${asked.instance} is ${target ? (target.writer ? 'the writer' : 'a reader') : 'no member'}, ${part.cluster} is ${part.status}`;
      const writes = target?.writer === true && target.status === 'available';
      return is(writes, part.status === 'available') ? { is: { part, target, writes, found } } : { notYet: found };
    }, how);

  const untilGlobal = ({ cluster, to }: GlobalMove, { is, ...how }: Patience & { is: (home: boolean, idle: boolean) => boolean }) =>
    until(async () => {
      const { global, regions } = await readTopology(environment, aws, cluster);
      if (!global) throw failure(Failure.Transient, `no region of ${cluster} tells of its global cluster`);
      const target = regions.find(({ region }) => region === to);
      const found = `the writer of ${global.id} is in ${global.home ?? 'no region that is known'}, it is ${global.status}`;
      const home = global.home === to && (target?.members.some(({ writer }) => writer) ?? false);
      const idle = global.status === 'available' && global.movesTo === null && target?.status === 'available';
      return is(home, idle) ? { is: { global, target, home, found } } : { notYet: found };
    }, how);

  /** Looks, acts and proves as both moves of a global cluster do. */
  const globalMove = (
    command: (asked: GlobalMove, arn: string) => SwitchoverGlobalClusterCommand | FailoverGlobalClusterCommand,
    from: 'from' | 'to',
  ) =>
    change({
      settleMs,
      look: async (asked: GlobalMove) => {
        const { home, found, target } = await untilGlobal(asked, {
          what: `${asked.cluster} to be at rest`,
          ...lookPatience,
          is: (_home, idle) => idle,
        });
        return { so: home, found, arn: target?.arn ?? '' };
      },
      predict: (asked: GlobalMove, { arn }) => ({
        calls: [aws.predicted('rds', asked[from], command(asked, arn))],
        result: { region: asked.to },
      }),
      refuse: (asked: GlobalMove, { arn }) => {
        if (arn === '') throw failure(Failure.Permanent, `${asked.cluster} has no cluster in ${asked.to}`);
      },
      act: async (asked: GlobalMove, { arn }): Promise<void> => {
        // Each client's overloads know one command only.
        const asking = command(asked, arn);
        if (asking instanceof SwitchoverGlobalClusterCommand) await aws.client('rds', asked[from]).send(asking);
        else await aws.client('rds', asked[from]).send(asking);
      },
      prove: async (asked: GlobalMove) => {
        const what = `the writer of ${asked.cluster} to be in ${asked.to}`;
        await untilGlobal(asked, { what, within: patience, is: (home, idle) => home && idle });
        return { region: asked.to };
      },
    });

  return {
    ...clusterProofs(environment, aws),

    /** Never throws because a region is lost; waits for a cluster that is still being made. */
    describeCluster: read(({ cluster }: { cluster: string }): Promise<ClusterTopology> =>
      until(
        async (): Promise<Seen<ClusterTopology>> => {
          const topology = await readTopology(environment, aws, cluster);
          const young = topology.regions.find(({ status }) => status === 'creating');
          return young ? { notYet: `${young.cluster} is creating` } : { is: topology };
        },
        { within: 60_000, what: `${cluster} to be made` },
      ),
    ),

    clusterState: read((place: ClusterPlace): Promise<ClusterState> => readClusterState(environment, place)),

    /** Makes a member the writer inside its region. */
    failOverCluster: change({
      settleMs,
      look: async (asked: MemberWhere) => {
        const what = `${asked.cluster} in ${asked.region} to be at rest`;
        const { part, target, writes, found } = await untilPart(asked, { what, ...lookPatience, is: (_writes, idle) => idle });
        return { so: writes, found, part, target };
      },
      predict: (asked, { part }) => ({
        calls: [aws.predicted('rds', asked.region, failover(part.cluster, asked.instance))],
        result: { writer: asked.instance },
      }),
      refuse: (asked, { part, target }) => {
        if (!target) throw failure(Failure.Permanent, `${asked.instance} is no member of ${part.cluster}`);
        if (!part.members.some(({ writer }) => writer))
          throw failure(Failure.Permanent, `${part.cluster} is a secondary: it has no writer`);
        if (target.status !== 'available') throw failure(Failure.NotYet, `${asked.instance} is ${target.status}`);
      },
      act: async (asked, { part }) => {
        await aws.client('rds', asked.region).send(failover(part.cluster, asked.instance));
      },
      prove: async (asked) => {
        const what = `${asked.instance} to be the writer`;
        await untilPart(asked, { what, within: patience, is: (writes, idle) => writes && idle });
        return { writer: asked.instance };
      },
    }),

    /** Moves the writer to another region when both are well; nothing is lost. */
    switchOverGlobal: globalMove((asked, arn) => new SwitchoverGlobalClusterCommand(targetOf(asked, arn)), 'from'),

    /** Moves the writer to another region although the old one may hold writes that nobody else has. */
    failOverGlobal: globalMove((asked, arn) => new FailoverGlobalClusterCommand({ ...targetOf(asked, arn), AllowDataLoss: true }), 'to'),
  };

  function targetOf({ cluster }: GlobalMove, arn: string) {
    return { GlobalClusterIdentifier: clusterOf(environment, cluster).global ?? '', TargetDbClusterIdentifier: arn };
  }
}

const failover = (cluster: string, instance: string) =>
  new FailoverDBClusterCommand({ DBClusterIdentifier: cluster, TargetDBInstanceIdentifier: instance });
