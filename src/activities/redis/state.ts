import type { Environment } from '../../config/environment.ts';
import { redactText, sentenceOf, short } from '../kit/index.ts';
import { withRedis, type CachePlace, type RedisSession } from './connection.ts';

/** Why a cache gives no answer: nothing listens or answers there, it wants another password, all its clients are taken, or it is not ready. */
export type RedisProblem = 'unreachable' | 'refused' | 'full' | 'loading' | 'other';

/** How a Redis stands; everything but `problem` and `detail` is null when it does not answer. Sizes are bytes. */
export interface RedisState {
  answers: boolean;
  problem: RedisProblem | null;
  /** As a sentence. */
  detail: string;
  role: 'master' | 'replica' | null;
  usedMemory: number | null;
  /** Null when there is no limit, too. */
  maxMemory: number | null;
  /** What is given up when the memory is full, e.g. `noeviction`: then writes are refused. */
  policy: string | null;
  /** Keys that were given up for want of memory since it runs. */
  evicted: number | null;
  clients: number | null;
  maxClients: number | null;
  /** Clients that wait in a blocking command. */
  blocked: number | null;
  /** The ten names that most clients have; null when there are too many clients to list. */
  byClient: { client: string; count: number }[] | null;
  lastSaveOk: boolean | null;
  /** On a replica: whether it hears from its master. */
  linkUp: boolean | null;
  /** On a master, how far its slowest replica is behind; on a replica, how much it has not read. Null without either. */
  replicaLagBytes: number | null;
  replicas: number | null;
  upSeconds: number | null;
}

/** More clients than that are counted, not listed. */
const mostListed = 2_000;

/** Asks a Redis how it is. Never throws for what it finds; only for a cache that the environment does not name. */
export async function readRedisState(environment: Environment, place: CachePlace): Promise<RedisState> {
  return withRedis(environment, place, async (session) => {
    // The first question alone, so that its answer is the server's reason when there is no connection left.
    await session.ask('PING');
    // A name is a courtesy: a user, or a proxy, that does not let us give one answers all the same.
    await session.ask('CLIENT SETNAME muster').catch(onlyRefused);
    const told = await session.ask('INFO').catch(onlyRefused);
    if (typeof told !== 'string')
      return { ...stateOf(new Map(), null), detail: short(redactText(`it answers, and does not tell how it is: ${told.refused}`), 300) };
    const info = fieldsOf(told);
    return stateOf(info, await clientsOf(session, info));
  }).catch((error: unknown) => {
    if ((error as { type?: string }).type === 'InvalidInput') throw error;
    return unanswered(error);
  });
}

/** A refusal of one question, which may be answered nevertheless in its other ones; what else went wrong is thrown. */
function onlyRefused(error: unknown): { refused: string } {
  const words = sentenceOf(error);
  if (/NOPERM|ERR unknown (sub)?command|ERR syntax|not allowed|unsupported/i.test(words)) return { refused: words };
  throw error;
}

type Info = ReadonlyMap<string, string>;

const fieldsOf = (text: string): Info =>
  new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return line.startsWith('#') || colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );

function numberOf(info: Info, name: string): number | null {
  const text = info.get(name);
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? null : value;
}

async function clientsOf(session: RedisSession, info: Info): Promise<RedisState['byClient']> {
  const clients = numberOf(info, 'connected_clients');
  if (clients === null || clients > mostListed) return null;
  const list = await session.ask('CLIENT LIST').catch(() => null);
  if (list === null) return null;
  const counts = new Map<string, number>();
  for (const line of list.split('\n').filter(Boolean)) {
    const field = (name: string) => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? '';
    // Without a name it is known by its address; every connection has a port of its own.
    const client = short(field('name') || field('addr').replace(/:\d+$/, ''), 60);
    counts.set(client, (counts.get(client) ?? 0) + 1);
  }
  return [...counts]
    .map(([client, count]) => ({ client, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 10);
}

function stateOf(info: Info, byClient: RedisState['byClient']): RedisState {
  const number = (name: string) => numberOf(info, name);
  const role = info.get('role') === 'slave' ? 'replica' : info.get('role') === 'master' ? 'master' : null;
  const [used, limit] = [number('used_memory'), number('maxmemory')];
  const saved = info.get('rdb_last_bgsave_status');
  const written = info.get('aof_last_write_status') ?? 'ok';
  return {
    ...{ answers: true, problem: null, role, usedMemory: used, maxMemory: limit === 0 ? null : limit, byClient },
    ...{ policy: info.get('maxmemory_policy') ?? null, evicted: number('evicted_keys'), clients: number('connected_clients') },
    ...{ maxClients: number('maxclients'), blocked: number('blocked_clients'), replicas: number('connected_slaves') },
    lastSaveOk: saved === undefined ? null : saved === 'ok' && written === 'ok',
    linkUp: role === 'replica' ? info.get('master_link_status') === 'up' : null,
    replicaLagBytes: role === 'replica' ? (number('master_sync_left_bytes') ?? behindOfReplica(info)) : behindOfMaster(info),
    upSeconds: number('uptime_in_seconds'),
    detail: `it answers as ${role ?? 'an unknown role'}, with ${used ?? '?'} of ${limit === 0 ? 'no limit of' : (limit ?? '?')} bytes taken`,
  };
}

function behindOfReplica(info: Info): number | null {
  const [read, done] = [numberOf(info, 'slave_read_repl_offset'), numberOf(info, 'slave_repl_offset')];
  return read === null || done === null ? null : Math.max(0, read - done);
}

function behindOfMaster(info: Info): number | null {
  const own = numberOf(info, 'master_repl_offset');
  const offsets = [...info].flatMap(([name, value]) => (/^slave\d+$/.test(name) ? [Number(/(?:^|,)offset=(\d+)/.exec(value)?.[1])] : []));
  if (own === null || offsets.length === 0 || offsets.some(Number.isNaN)) return null;
  return Math.max(0, ...offsets.map((offset) => own - offset));
}

const meanings: [RegExp, RedisProblem, string][] = [
  [/NOAUTH|WRONGPASS|NOPERM|invalid password|AUTH /i, 'refused', 'it does not take the password'],
  [/max number of clients/i, 'full', 'it has no connection left'],
  [/LOADING|MASTERDOWN/i, 'loading', 'it is not ready yet'],
  [/ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ETIMEDOUT|timed? ?out|no answer|closed/i, 'unreachable', 'it does not answer'],
];

function unanswered(error: unknown): RedisState {
  const words = sentenceOf(error);
  const [, problem, says] = meanings.find(([pattern]) => pattern.test(`${(error as { code?: string }).code ?? ''} ${words}`)) ?? [
    ...([/./, 'other', 'it says no'] as const),
  ];
  const nothing = { role: null, usedMemory: null, maxMemory: null, policy: null, evicted: null, clients: null, maxClients: null };
  return {
    ...{ answers: false, problem, detail: short(redactText(`${says}: ${words}`), 300) },
    ...nothing,
    ...{ blocked: null, byClient: null, lastSaveOk: null, linkUp: null, replicaLagBytes: null, replicas: null, upSeconds: null },
  };
}
