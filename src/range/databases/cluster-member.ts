import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberState } from '../cluster-estate.ts';
import type { RegionName } from '../contract.ts';
import { freePort } from '../net/free-port.ts';
import { createLagProxy, type LagProxy } from './lag-proxy.ts';
import type { PostgresServer } from './postgres-server.ts';

/** One server of the practice cluster. */
export interface Member {
  readonly name: string;
  readonly region: RegionName;
  readonly tier: number;
  readonly port: number;
  /** The way on which it follows the writer, whoever that is. */
  readonly link: LagProxy;
  server?: PostgresServer;
  /** Its data went another way than the writer's: it must be made anew. */
  stale: boolean;
  rebuilding: boolean;
  lag: { ms: number; at: number } | null;
}

const catchUpMs = 20_000;

/** A member without data, with an address that it keeps. */
export async function createMember(name: string, region: RegionName, tier: number, writerPort: () => number): Promise<Member> {
  const [port, link] = await Promise.all([freePort(), createLagProxy(writerPort)]);
  return { name, region, tier, port, link, stale: false, rebuilding: false, lag: null };
}

/** Runs what data a member has, as the writer or as one that follows it; waits for it as long as it is `wanted`. */
export async function startMember({ name, port, link, server }: Member, writer: boolean, wanted?: () => boolean): Promise<void> {
  await server!.start({ name, port, upstreamPort: writer ? undefined : link.port, ...(wanted ? { wanted } : {}) });
}

/** Ends a member's server and removes its data. */
export async function clearMember(member: Member): Promise<void> {
  await member.link.cut();
  const { server } = member;
  delete member.server;
  await server?.kill();
  if (server) await rm(dirname(server.data), { recursive: true, force: true });
}

/** Stops every session of clients and waits until another member has all that was written; takes it back when that fails. */
export async function drain(writer: Member, to: Member): Promise<void> {
  const from = writer.server!;
  await from.query(`ALTER SYSTEM SET default_transaction_read_only = on`);
  try {
    await from.query(`SELECT pg_reload_conf()`);
    await from.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname <> 'postgres'`,
    );
    const [written] = await from.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
    const giveUpAt = Date.now() + catchUpMs;
    while (!(await hasReplayed(to, written!.lsn))) {
      if (Date.now() > giveUpAt) throw new Error(`${to.name} did not catch up with ${writer.name} within ${catchUpMs / 1_000} s`);
      await sleep(20);
    }
  } catch (error) {
    await from.query(`ALTER SYSTEM RESET default_transaction_read_only`).catch(() => undefined);
    await from.query(`SELECT pg_reload_conf()`).catch(() => undefined);
    throw error;
  }
}

async function hasReplayed({ server }: Member, lsn: string): Promise<boolean> {
  const [row] = await server!.query<{ has: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS has', [lsn]);
  return row!.has;
}

/** Makes a standby take writes; resolves when it does. */
export async function promoteMember({ name, server }: Member): Promise<void> {
  await server!.query('SELECT pg_promote(wait => false)');
  const giveUpAt = Date.now() + catchUpMs;
  for (;;) {
    const [row] = await server!.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
    if (!row!.recovering) return;
    if (Date.now() > giveUpAt) throw new Error(`${name} did not become the writer within ${catchUpMs / 1_000} s`);
    await sleep(20);
  }
}

/** Reads how far a member is behind the writer; what cannot be read leaves the last reading as it was. */
export async function readMemberLag(member: Member, writer: Member): Promise<void> {
  if (member === writer || !member.server?.running || !writer.server?.running) return;
  const at = Date.now();
  // Nothing is said of a reader that is not connected, and no lag of one that has everything.
  const [seen] = await writer.server.query<{ ms: number }>(
    `SELECT coalesce(round(extract(epoch FROM replay_lag) * 1000)::int, 0) AS ms FROM pg_stat_replication WHERE application_name = $1`,
    [member.name],
  );
  if (seen) member.lag = { ms: seen.ms, at };
}

/** A member as the gateway describes it. */
export function memberState(member: Member, writer: boolean): MemberState {
  const { name, region, port, tier, rebuilding, server, lag } = member;
  const status = rebuilding ? 'rebooting' : server?.running ? 'available' : 'down';
  return { name, region, host: '127.0.0.1', port, writer, tier, status, lag: writer ? null : lag };
}

/** Where the n-th server of a cluster keeps its data. */
export const memberFolder = (home: string, count: number): string => join(home, `member-${count}`);
