import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { archiveActivities } from './archive.ts';
import { leaseActivities } from './leases.ts';
import { trustActivities } from './trust.ts';

export { archiveActivities } from './archive.ts';
export { leaseActivities, leasesWorkflowId } from './leases.ts';
export { trustActivities } from './trust.ts';
export { type OwnRun, asked, isOpen, listOwnRuns, ourClient, viewOfRun } from './own-runs.ts';

/** Every activity of this room. */
export const recordsRoom = (environment: Environment) =>
  join(archiveActivities(environment), leaseActivities(environment), trustActivities(environment));

export type ArchiveTools = ReturnType<typeof archiveActivities>;
export type LeaseTools = ReturnType<typeof leaseActivities>;
export type TrustTools = ReturnType<typeof trustActivities>;
