import type { Environment } from '../../config/environment.ts';
import { read } from '../kit/index.ts';
import { readRedisState, type RedisState } from './state.ts';
import type { CachePlace } from './connection.ts';

export type { RedisProblem, RedisState } from './state.ts';

/** Caches in Redis: how they are, never what they hold. */
export function redisActivities(environment: Environment) {
  return {
    /** Whether a cache answers, its memory, clients, last save and replicas. That it does not answer is an answer. */
    readRedis: read((place: CachePlace): Promise<RedisState> => readRedisState(environment, place)),
  };
}
