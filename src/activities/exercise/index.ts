import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { join } from '../kit/index.ts';
import { drillBookActivities } from './drill-book.ts';
import { estateActivities } from './estate.ts';
import { faultActivities } from './faults.ts';

/** Every activity of this room. */
export const exerciseRoom = (environment: Environment, aws: Aws) =>
  join(drillBookActivities(environment), estateActivities(environment, aws), faultActivities(environment));

export type DrillBookTools = ReturnType<typeof drillBookActivities>;
export type EstateTools = ReturnType<typeof estateActivities>;
export type FaultTools = ReturnType<typeof faultActivities>;
