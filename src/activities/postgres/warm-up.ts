import { escapeIdentifier } from 'pg';
import type { Environment } from '../../config/environment.ts';
import { heartbeat } from '../kit/index.ts';
import { withSession, type Session, type Where } from './sql.ts';

/** What was read so that the first customers do not wait for cold storage. */
export interface WarmUp {
  relations: number;
  pages: number;
  ms: number;
  how: 'pg_prewarm' | 'scan';
  /** False when the time was over first. */
  complete: boolean;
}

interface Relation {
  name: string;
  kind: 'table' | 'index';
  pages: number;
  /** Of an index: its table, and its first column when it is a plain one. */
  table: string;
  column: string | null;
}

/** Pages of 8 KB that one statement reads: 64 MB, which even cold storage gives within its time limit. */
const chunk = 8_192;

/** Reads tables and indexes from end to end, the most used ones first, for at most `withinMs`. */
export async function readThrough(environment: Environment, where: Where, hottest: readonly string[], withinMs: number): Promise<WarmUp> {
  const started = Date.now();
  return withSession(environment, where, 'read', async (session) => {
    const [{ prewarm } = { prewarm: false }] = await session.run<{ prewarm: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_prewarm') AS prewarm`,
    );
    const relations = await relationsOf(session, hottest);
    const done: WarmUp = { relations: 0, pages: 0, ms: 0, how: prewarm ? 'pg_prewarm' : 'scan', complete: true };
    for (const relation of relations) {
      for (let from = 0; from < relation.pages; from += chunk) {
        if (Date.now() - started > withinMs) return { ...done, ms: Date.now() - started, complete: false };
        heartbeat();
        const until = Math.min(from + chunk, relation.pages);
        if (prewarm)
          await session.run('SELECT pg_prewarm($1::regclass, $2, $3, $4, $5)', [relation.name, 'buffer', 'main', from, until - 1]);
        else if (relation.kind === 'table') await scanTable(session, relation.name, from, until);
        // Pages of an index cannot be asked for one by one without the extension: its first chunk stands for a walk over all of it.
        else if (from === 0 && !(await walkIndex(session, relation))) done.complete = false;
        done.pages += until - from;
      }
      done.relations += 1;
    }
    return { ...done, ms: Date.now() - started };
  });
}

/** The most used tables of a database by its own counters, which a restored copy does not have. */
export function hottestTables(environment: Environment, where: Where): Promise<string[]> {
  return withSession(environment, where, 'read', async (session) => {
    const rows = await session.run<{ name: string }>(
      `SELECT relid::regclass::text AS name FROM pg_statio_user_tables
        ORDER BY coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0) DESC LIMIT 200`,
    );
    return rows.map(({ name }) => name);
  });
}

async function relationsOf(session: Session, hottest: readonly string[]): Promise<Relation[]> {
  const rows = await session.run<Relation>(
    `SELECT c.oid::regclass::text AS name, CASE WHEN c.relkind = 'i' THEN 'index' ELSE 'table' END AS kind,
        (pg_relation_size(c.oid) / current_setting('block_size')::int)::int AS pages,
        coalesce(i.indrelid, c.oid)::regclass::text AS table,
        (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0] AND attnum > 0) AS column
      FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm', 'i') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      ORDER BY coalesce(array_position($1::text[], coalesce(i.indrelid, c.oid)::regclass::text), 1000000), c.relkind DESC, pages DESC`,
    [hottest],
  );
  return rows.filter(({ pages }) => pages > 0);
}

async function scanTable(session: Session, name: string, from: number, until: number): Promise<void> {
  await session.run(`SELECT count(*) FROM ${name} WHERE ctid >= $1::tid AND ctid < $2::tid`, [`(${from},0)`, `(${until},0)`]);
}

/** Walks an index once; one that is too large for the time limit of a statement, or has no plain first column, stays cold. */
async function walkIndex(session: Session, { table, column }: Relation): Promise<boolean> {
  if (column === null) return false;
  await session.run('SAVEPOINT walk');
  try {
    await session.run(`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`);
    const name = escapeIdentifier(column);
    await session.run(`SELECT count(*) FROM (SELECT ${name} FROM ${table} ORDER BY ${name}) AS walked`);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '57014') return false;
    throw error;
  } finally {
    await session.run('ROLLBACK TO SAVEPOINT walk');
  }
}
