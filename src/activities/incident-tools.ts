import type { incidentArchiveActivities } from './incident-archive.ts';
import type { incidentChangeActivities } from './incident-changes.ts';
import type { incidentLeftoverActivities } from './incident-leftovers.ts';
import type { incidentPolicyActivities } from './incident-policy.ts';
import type { incidentVerificationActivities } from './incident-verification.ts';

/** Everything that an incident reads, checks and keeps. */
export type IncidentTools = ReturnType<typeof incidentPolicyActivities> &
  ReturnType<typeof incidentVerificationActivities> &
  ReturnType<typeof incidentLeftoverActivities> &
  ReturnType<typeof incidentChangeActivities> &
  ReturnType<typeof incidentArchiveActivities>;
