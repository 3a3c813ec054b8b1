import type { Environment } from '../../config/environment.ts';
import { withSession, type Where } from './sql.ts';
import { readState, type ReplicationState } from './state.ts';

/** The database that may be fenced, and the one that must be the primary instead. */
export interface Returned extends Where {
  /** Region of the database that took over. */
  beside: string;
  /** A failover that promotes it has started this: it is waited for, and its word counts where the log cannot tell. */
  promised?: boolean;
  /** What took over comes from a copy, which may be older than the last promotion of this one: then a lower timeline says nothing. */
  restored?: boolean;
  /** People have approved it although it is in doubt. */
  accepted?: boolean;
}

/**
 * `proven`: the other one is the promoted primary. `follows`: this one is a standby and takes no writes. `away`: this one does not answer, or the
 * promised promotion has not come. `doubtful`: nobody can tell. `refused`: to fence this one would take the live database away.
 */
export interface ReturnSeen {
  verdict: 'proven' | 'follows' | 'away' | 'doubtful' | 'refused';
  why: string;
}

interface Side extends Pick<ReplicationState, 'reachable' | 'refusal' | 'inRecovery' | 'readOnly'> {
  region: string;
  /** Each promotion begins a new one; null when it cannot be read. */
  timeline: number | null;
}

/** Looks at both databases at once, and says which of them is the promoted primary. Never throws because one is lost. */
export async function lookAtReturn(
  environment: Environment,
  { database, region, beside, promised = false, restored = false }: Returned,
): Promise<ReturnSeen> {
  const [old, other] = await Promise.all([
    readSide(environment, { database, region }),
    readSide(environment, { database, region: beside }),
  ]);
  return judgeReturn(old, other, promised, restored);
}

/** Which of two databases is the promoted primary, by what is seen of both. */
export function judgeReturn(old: Side, other: Side, promised: boolean, restored = false): ReturnSeen {
  const unseen = sayUnseen(other);
  if (unseen === undefined && (other.inRecovery || other.readOnly)) {
    const why = other.inRecovery ? `${other.region} is a standby: nothing is promoted there` : `${other.region} takes no writes`;
    return promised ? { verdict: 'away', why } : { verdict: 'refused', why: `${why}; to fence ${old.region} would stop all writes` };
  }
  if (!old.reachable) return { verdict: 'away', why: `${old.region} does not answer` };
  if (old.inRecovery) return { verdict: 'follows', why: `${old.region} is a standby: it takes no writes` };
  if (unseen !== undefined) return { verdict: 'doubtful', why: `nobody can see whether ${other.region} is the primary: ${unseen}` };
  return judgeTimelines(old, other, promised, restored);
}

function judgeTimelines(old: Side, other: Side, promised: boolean, restored: boolean): ReturnSeen {
  const [mine, theirs] = [old.timeline, other.timeline];
  const known = mine !== null && theirs !== null;
  if (known && theirs > mine)
    return { verdict: 'proven', why: `${other.region} was promoted after ${old.region} (timeline ${theirs}, ${mine})` };
  if (known && theirs < mine && promised && restored)
    return {
      verdict: 'doubtful',
      why: `${other.region} was restored from a copy of before the last promotion of ${old.region} (timeline ${theirs}, ${mine}): their logs do not tell which is the primary`,
    };
  if (known && theirs < mine)
    return { verdict: 'refused', why: `${old.region} was promoted after ${other.region} (timeline ${mine}, ${theirs}): it is the primary` };
  if (promised) return { verdict: 'proven', why: `${other.region} takes writes, promoted by the run that started this one` };
  return { verdict: 'doubtful', why: `${old.region} and ${other.region} both take writes, and their logs do not tell which was promoted` };
}

function sayUnseen({ reachable, refusal }: Side): string | undefined {
  return reachable ? (refusal === undefined ? undefined : `it refuses us, ${refusal}`) : 'it does not answer';
}

async function readSide(environment: Environment, where: Where): Promise<Side> {
  const state = await readState(environment, where);
  const tells = state.reachable && state.refusal === undefined && state.inRecovery === false;
  return { ...state, region: where.region, timeline: tells ? await readTimeline(environment, where) : null };
}

/** The first eight digits of the log's file name. */
async function readTimeline(environment: Environment, where: Where): Promise<number | null> {
  try {
    return await withSession(environment, where, 'read', async (session) => {
      const [row] = await session.run<{ timeline: string }>('SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline');
      return Number.parseInt(row!.timeline, 16);
    });
  } catch {
    // It went away, or became a standby, between two questions: then the log tells nothing.
    return null;
  }
}
