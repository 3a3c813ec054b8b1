import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, named, observed, rememberSecret, resolved, resolvedSecret } from '../kit/index.ts';

/** A cache of the environment; in one of its regions where these have their own. */
export interface CachePlace {
  cache: string;
  region?: string;
}

/** The commands that are ever sent: none reads or names a key. */
export type RedisCommand = 'PING' | 'CLIENT SETNAME muster' | 'INFO' | 'CLIENT LIST';

export interface RedisSession {
  ask(command: RedisCommand): Promise<string>;
}

const connectMs = 2_000;
const commandMs = 3_000;

/** Opens a session, works in it, closes it; one try, nothing is queued. Throws what Redis or the network says. */
export async function withRedis<T>(environment: Environment, place: CachePlace, work: (session: RedisSession) => Promise<T>): Promise<T> {
  const { cache, region } = place;
  const { url, username, password } = cacheAt(environment, place);
  const client = new Redis(url, {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...{ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy: () => null, enableReadyCheck: false },
    // The old protocol: every server speaks it, and it says no to a missing password in words.
    ...{ protocol: 2, connectTimeout: connectMs, commandTimeout: commandMs, disableClientInfo: true },
  });
  // Only the event says why a connection was refused; the promise says that it is closed.
  let reason: Error | undefined;
  client.on('error', (error: Error) => void (reason ??= error));
  const call = <R>(words: string, act: () => Promise<R>) =>
    observed({ tool: 'redis', call: words, args: { cache, ...(region === undefined ? {} : { region }) }, kind: 'read' }, () =>
      act().catch((error: unknown) => {
        throw reason ?? error;
      }),
    );
  try {
    await call('connect', () => within(client.connect(), connectMs + commandMs));
    return await work({
      ask: (command) => call(command, async () => String(await within(client.call(...split(command)), commandMs + 500))),
    });
  } finally {
    client.disconnect();
  }
}

const split = (command: RedisCommand): [string, ...string[]] => command.split(' ') as [string, ...string[]];

function cacheAt(environment: Environment, { cache, region }: CachePlace): { url: string; username?: string; password?: string } {
  const all = named(environment.caches, cache, 'cache');
  const place = region !== undefined && Object.hasOwn(all.regions, region) ? all.regions[region]! : all;
  if (place.url === undefined)
    throw failure(Failure.InvalidInput, `the cache ${cache} has no address ${region === undefined ? 'without a region' : `in ${region}`}`);
  const url = resolved(place.url);
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
    throw failure(Failure.InvalidInput, `the address of the cache ${cache} is no redis://… or rediss://…`);
  rememberSecret(decodeURIComponent(new URL(url).password));
  return {
    url,
    ...(place.username === undefined ? {} : { username: place.username }),
    ...(place.password === undefined ? {} : { password: resolvedSecret(place.password) }),
  };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const over = new AbortController();
  const late = wait(ms, undefined, { signal: over.signal }).then((): never => {
    throw Object.assign(new Error(`no answer within ${ms} ms`), { code: 'ETIMEDOUT' });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
