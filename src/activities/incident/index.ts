import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { join } from '../kit/index.ts';
import { incidentPolicyActivities } from './policy.ts';
import { incidentVerificationActivities } from './verification.ts';
import { incidentLeftoverActivities } from './leftovers.ts';
import { incidentChangeActivities } from './changes.ts';
import { incidentArchiveActivities } from './archive.ts';

export type { RecentChange } from './changes.ts';
export { answersFor, mitigationsOn } from './what-is-left.ts';

/** Every activity of this room. */
export const incidentRoom = (environment: Environment, aws: Aws) =>
  join(
    incidentPolicyActivities(environment),
    incidentVerificationActivities(environment),
    incidentLeftoverActivities(environment, aws),
    incidentChangeActivities(environment, aws),
    incidentArchiveActivities(environment),
  );

export type IncidentTools = ReturnType<typeof incidentRoom>;
