import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { join } from '../kit/index.ts';
import { rdsActivities } from './databases.ts';
import { clusterActivities } from './global-clusters.ts';

export { readTopology } from './clusters.ts';
export type { Snapshot } from './databases.ts';
export type { ClusterMember, ClusterRegion, ClusterTopology, WriteOutage } from './global-clusters.ts';
export { type DatabaseInstance, describeInstance, findInstance, say, untilInstance } from './instances.ts';
export { findSnapshot } from './snapshots.ts';

/** Every activity of this room. */
export const rdsRoom = (environment: Environment, aws: Aws) => join(rdsActivities(environment, aws), clusterActivities(environment, aws));

export type RdsTools = ReturnType<typeof rdsActivities>;
export type ClusterTools = ReturnType<typeof clusterActivities>;
