import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { composeActivities } from './services.ts';
import { composeLimitActivities } from './limits.ts';
import { composeNetworkActivities } from './networks.ts';
import { composeReleaseActivities } from './releases.ts';
import { composeDiskActivities } from './disk.ts';
import { composeSetupActivities } from './setup.ts';

export { composeReleaseActivities };

/** Every activity of this room. */
export const composeRoom = (environment: Environment) =>
  join(
    composeActivities(environment),
    composeLimitActivities(environment),
    composeNetworkActivities(environment),
    composeReleaseActivities(environment),
    composeDiskActivities(environment),
    composeSetupActivities(environment),
  );

export type ComposeTools = ReturnType<typeof composeRoom>;
