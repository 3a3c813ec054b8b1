import type { Environment } from '../../config/environment.ts';
import { redisActivities } from './redis.ts';

/** Every activity of this room. */
export const redisRoom = (environment: Environment) => redisActivities(environment);

export type RedisTools = ReturnType<typeof redisActivities>;
