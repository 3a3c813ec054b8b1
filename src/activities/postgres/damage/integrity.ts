import type { Environment } from '../../../config/environment.ts';
import { amcheckChanges } from './amcheck.ts';
import { isUnreachable, proof, read, type Seen, until, verdictOf } from '../../kit/index.ts';
import type { BadRows, TableDamage } from './damage.ts';
import { checkIndexes, type IndexesAsked } from './indexes.ts';
import { checkRules } from './rules.ts';
import { askSafely } from './session.ts';
import { checkTables, rowsWithin } from './tables.ts';
import { withSession, type Where } from '../sql.ts';

export type { BadRows, IndexDamage, IndexesChecked, RuleBroken, RulesChecked, TableDamage, TablesChecked } from './damage.ts';

/** How a standby stands towards a position of the primary's log. */
export interface StandbyState {
  state: 'caught up' | 'behind' | 'not a standby' | 'unreachable';
  /** Bytes of the log that it has not replayed; null when that cannot be known. */
  behind: number | null;
}

const patience = 20_000;

/**
 * Looks for damaged data and repairs what can be repaired in place. All looking is read-only. It is made on copies and standbys, and not in
 * simulate, where the copy is not there. Scans may take hours: they have a limit of their own.
 */
export function postgresIntegrityActivities(environment: Environment) {
  return {
    ...amcheckChanges(environment),

    /** Reads every page of every table; where `amcheck` is installed it also judges each row. */
    checkTables: proof((where: Where) => checkTables(environment, where)),
    /** Holds every index against its table. */
    checkIndexes: proof((asked: IndexesAsked) => checkIndexes(environment, asked)),
    /** Asks whether foreign keys, unique keys, checks and the environment's own rules really hold. */
    checkRules: proof((where: Where) => checkRules(environment, where)),

    /** The rows that another copy has in the places where a table is damaged; null when they cannot be read there either. */
    rowsWithin: proof(async ({ damage, ...where }: Where & { damage: TableDamage }): Promise<BadRows | null> => {
      const found = await rowsWithin(environment, where, damage);
      return 'problem' in found ? null : found;
    }),

    /** Pages that PostgreSQL itself has met whose checksum was wrong; `failures` is null when the database keeps no checksums. */
    checksumFailures: read(async (where: Where): Promise<{ failures: number | null; lastAt: string | null }> => {
      const [row] = await askSafely<{ failures: number | null; last_at: Date | null }>(
        ...([environment, where] as const),
        'SELECT checksum_failures::float8 AS failures, checksum_last_failure AS last_at FROM pg_stat_database WHERE datname = current_database()',
      );
      return { failures: row?.failures ?? null, lastAt: row?.last_at?.toISOString() ?? null };
    }),

    /** Waits a moment for a standby to replay up to a position; a late one is an answer, not a failure. */
    standbyState: proof(async ({ lsn, ...where }: Where & { lsn: string }): Promise<StandbyState> => {
      let last: StandbyState = { state: 'unreachable', behind: null };
      try {
        return await until(
          async (): Promise<Seen<StandbyState>> => {
            last = await readStandby(environment, where, lsn);
            return last.state === 'behind' ? { notYet: `${last.behind} bytes behind` } : { is: last };
          },
          { within: patience, blindFor: 3_000, what: `the standby in ${where.region}` },
        );
      } catch (error) {
        if (verdictOf(error) === 'notYet' || isUnreachable(error)) return last;
        throw error;
      }
    }),
  };
}

function readStandby(environment: Environment, where: Where, lsn: string): Promise<StandbyState> {
  return withSession(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ behind: number | null }>(
      `SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::float8 END AS behind`,
      [lsn],
    );
    const behind = row!.behind;
    if (behind === null) return { state: 'not a standby', behind };
    return { state: behind <= 0 ? 'caught up' : 'behind', behind: Math.max(0, behind) };
  });
}
