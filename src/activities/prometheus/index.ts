import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { telemetryActivities } from './telemetry.ts';
import { serviceLevelActivities } from './service-levels.ts';

export { askNumber, askRange } from './queries.ts';

/** Every activity of this room. */
export const prometheusRoom = (environment: Environment) => join(telemetryActivities(environment), serviceLevelActivities(environment));

export type TelemetryTools = ReturnType<typeof telemetryActivities>;
export type ServiceLevelTools = ReturnType<typeof serviceLevelActivities>;
