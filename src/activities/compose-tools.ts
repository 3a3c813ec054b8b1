import type { composeDiskActivities } from './compose-disk.ts';
import type { composeLimitActivities } from './compose-limits.ts';
import type { composeNetworkActivities } from './compose-networks.ts';
import type { composeReleaseActivities } from './compose-releases.ts';
import type { composeSetupActivities } from './compose-setup.ts';
import type { composeActivities } from './compose.ts';

/** Everything that is done with services of docker compose. */
export type ComposeTools = ReturnType<typeof composeActivities> &
  ReturnType<typeof composeLimitActivities> &
  ReturnType<typeof composeNetworkActivities> &
  ReturnType<typeof composeReleaseActivities> &
  ReturnType<typeof composeDiskActivities> &
  ReturnType<typeof composeSetupActivities>;
