import type { Environment } from '../config/environment.ts';
import { read } from './support/kinds.ts';
import { readRedisState, type RedisState } from './support/redis-state.ts';
import type { CachePlace } from './support/redis.ts';

export type { RedisProblem, RedisState } from './support/redis-state.ts';

/** Caches in Redis: how they are, never what they hold. */
export function redisActivities(environment: Environment) {
  return {
    /** Whether a cache answers, its memory, clients, last save and replicas. That it does not answer is an answer. */
    readRedis: read((place: CachePlace): Promise<RedisState> => readRedisState(environment, place)),
  };
}
