import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { askedSince, failure, jsonOf, named, readOrRefusal, requestGood, resolved } from '../kit/index.ts';
import { quotedTable, typeOfIds } from './ledger.ts';
import { withSession, type Session, type Where } from './sql.ts';

/** What customers hold an acknowledgement for. */
export interface Receipt {
  id: string;
  /** ISO 8601. */
  at: string;
}

export interface MissingOrders {
  /** How many receipts were compared; null when customers keep none, or nothing says where their orders are. */
  acknowledged: number | null;
  /** Oldest first, at most 2,000. */
  missing: Receipt[];
  /** Null when nobody can count them. */
  count: number | null;
  /**
   * How far back the loss reaches, in ms: from the newest receipt that the database still has, to the newest that it has not.
   * 0 when nothing is missing; null when it cannot be told because customers keep no receipts.
   */
  lostMs: number | null;
}

interface Ledger {
  table: string;
  id: string;
}

const mostListed = 2_000;
const batch = 5_000;
const mostBytes = 64 * 1024 * 1024;
/** Clocks of customers and databases may differ by so much. */
const marginMs = 60_000;
const notCounted: MissingOrders = { acknowledged: null, missing: [], count: null, lostMs: null };
const receiptsSchema = z.object({ orders: z.array(z.object({ id: z.string(), at: z.string() })) });

export interface AskedMissing {
  service: string;
  region: string;
  /** ISO 8601; from about the last replayed transaction on when left out. */
  since?: string;
  /** Where the database listens when it does not bear the region's own name. */
  endpoint?: { host: string; port: number };
  /** Region of the database that is left. Where it can be read, only what it has can be lost by leaving it: the rest was gone before. */
  primary?: string;
}

/** Compares customers' receipts with what a region's database has. Receipts come first: what is acknowledged meanwhile is not counted as lost. */
export async function findMissing(environment: Environment, asked: AskedMissing): Promise<MissingOrders> {
  const { service, region, since, endpoint, primary } = asked;
  const { database, customers } = named(environment.services, service, 'service');
  if (database === undefined) return notCounted;
  const { ledger } = named(environment.databases, database, 'database');
  if (!customers.acknowledged || !ledger) return notCounted;
  const where: Where = { database, region, ...(endpoint ? { endpoint } : {}) };
  const receipts = await readReceipts(resolved(customers.acknowledged), since ?? (await lastReplayed(environment, where)));
  const absent = await withSession(environment, where, 'read', (session) => without(session, ledger, receipts));
  const missing =
    primary === undefined || absent.length === 0 ? absent : await stillIn(environment, { database, region: primary }, ledger, absent);
  return { acknowledged: receipts.length, missing: missing.slice(0, mostListed), count: missing.length, lostMs: reach(receipts, missing) };
}

/** Those receipts whose writes another database has; all of them when it cannot be read. */
async function stillIn(environment: Environment, where: Where, ledger: Ledger, receipts: readonly Receipt[]): Promise<Receipt[]> {
  const seen = await readOrRefusal(() => withSession(environment, where, 'read', (session) => without(session, ledger, receipts)), 0);
  if (!('is' in seen)) return [...receipts];
  const goneThere = new Set(seen.is.map(({ id }) => id));
  return receipts.filter(({ id }) => !goneThere.has(id));
}

/** Everything up to the last replayed transaction is there, so only receipts from about then on can be missing. */
async function lastReplayed(environment: Environment, where: Where): Promise<string | undefined> {
  return withSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ at: Date | null }>('SELECT pg_last_xact_replay_timestamp() AS at');
    return row?.at ? new Date(row.at.getTime() - marginMs).toISOString() : undefined;
  });
}

/** What customers hold an acknowledgement for, oldest first; all of it when `since` is missing. */
export async function readReceipts(base: string, since: string | undefined): Promise<Receipt[]> {
  const url = askedSince(base, since);
  const answer = await requestGood({ url: url.href, kind: 'read', maxBytes: mostBytes, timeoutMs: 10_000 });
  const parsed = receiptsSchema.safeParse(jsonOf(answer));
  if (!parsed.success) throw failure(Failure.Permanent, `${url.origin}${url.pathname} does not answer { orders: [{ id, at }] }`);
  return parsed.data.orders.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function without(session: Session, ledger: Ledger, receipts: readonly Receipt[]): Promise<Receipt[]> {
  const type = await typeOfIds(session, ledger);
  const statement = `SELECT id::text FROM unnest($1::${type}[]) AS receipt (id)
    WHERE NOT EXISTS (SELECT 1 FROM ${quotedTable(ledger)} AS kept WHERE kept.${escapeIdentifier(ledger.id)} = receipt.id)`;
  const gone = new Set<string>();
  for (let start = 0; start < receipts.length; start += batch) {
    const ids = receipts.slice(start, start + batch).map(({ id }) => id);
    for (const { id } of await session.run<{ id: string }>(statement, [ids])) gone.add(id);
  }
  return receipts.filter(({ id }) => gone.has(id));
}

/** Receipts that came after the loss, from the new region, say nothing about how far back it reaches. */
function reach(receipts: readonly Receipt[], missing: readonly Receipt[]): number {
  const newestMissing = missing.at(-1);
  if (!newestMissing) return 0;
  const gone = new Set(missing.map(({ id }) => id));
  const upToThen = receipts.filter(({ at }) => Date.parse(at) <= Date.parse(newestMissing.at));
  const newestKept = upToThen.filter(({ id }) => !gone.has(id)).at(-1) ?? upToThen[0]!;
  return Date.parse(newestMissing.at) - Date.parse(newestKept.at);
}
