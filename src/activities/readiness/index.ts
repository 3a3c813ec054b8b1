import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { readinessActivities } from './readiness.ts';

/** Every activity of this room. */
export const readinessRoom = (environment: Environment, aws: Aws) => readinessActivities(environment, aws);
export type ReadinessTools = ReturnType<typeof readinessActivities>;
