import type { Environment } from '../../config/environment.ts';
import { pauseFor, readOrRefusal } from '../kit/index.ts';
import { withSession, type Where } from './sql.ts';

/** How a database stands; everything but `reachable` and `refusal` is null when it does not answer, or refuses to. */
export interface ReplicationState {
  /** Something answers there; when it refuses us, it may serve others all the same. */
  reachable: boolean;
  /** Why it answers and cannot be read, e.g. because all its connections are taken. */
  refusal?: string;
  inRecovery: boolean | null;
  /** A new session cannot write: it is a standby, or fenced. */
  readOnly: boolean | null;
  /** Its own setting makes new sessions read-only. A standby takes it over from its primary, and still has it when it is promoted. */
  fenced: boolean | null;
  /** When the last transaction that a standby has replayed was committed. */
  lastReplayedAt: string | null;
  /**
   * How far a standby is behind, at most; null on a primary, and when it cannot be known. When all that came is replayed and the stream flows,
   * it is only the way of the last message, however long ago that was: an idle system does not lag.
   */
  lagMs: number | null;
  /** What brings the log to a standby, in PostgreSQL's own word, e.g. `streaming`; `none` when nothing does. Null on a primary, and when we may not see it. */
  receiver?: string | null;
  /** Position in the write-ahead log: replayed on a standby, written on a primary. */
  replayLsn: string | null;
  /** Sessions with an open transaction that has written. */
  writers: number | null;
}

/** A database, and whether its silence must be certain: then it is asked several times, with time for a long way. */
export interface Look extends Where {
  thoroughly?: boolean;
  /** Region of its primary. Where that can be asked how far it has written, a standby that has all of it does not lag. */
  primary?: string;
}

/** How often it is asked, and for how long in all, in ms. Whoever is slow and far needs several round trips to sign in. */
const once = { tries: 1, withinMs: 2_000 };
const severalTimes = { tries: 3, withinMs: 12_000 };
const betweenMs = 200;

const unread = {
  inRecovery: null,
  readOnly: null,
  fenced: null,
  lastReplayedAt: null,
  lagMs: null,
  receiver: null,
  replayLsn: null,
  writers: null,
};

/** Reads how a database stands; one that does not answer, or refuses, is told as such. Throws when what we ask for is wrong. */
export async function readState(environment: Environment, { thoroughly = false, primary, ...where }: Look): Promise<ReplicationState> {
  const source = primary === undefined ? unasked : await askPrimary(environment, { ...where, region: primary });
  const { tries, withinMs } = thoroughly ? severalTimes : once;
  const deadline = Date.now() + withinMs;
  for (let tried = 0; tried < tries && Date.now() < deadline; tried += 1) {
    const seen = await readOrRefusal(() => lookOnce(environment, where, deadline - Date.now(), source));
    if ('is' in seen) return seen.is;
    if (seen.answers) return { reachable: true, refusal: seen.words, ...unread };
    if (thoroughly) await pauseFor(betweenMs);
  }
  return { reachable: false, ...unread };
}

/** What its primary says beside a standby. */
interface Source {
  /** How far it has written its log; null when it does not tell. */
  written: string | null;
  /** It was asked and gave no answer: whether it writes nothing or nothing arrives, nobody can tell. */
  silent: boolean;
}

const unasked: Source = { written: null, silent: false };

async function askPrimary(environment: Environment, where: Where): Promise<Source> {
  const seen = await readOrRefusal(() =>
    withSession(environment, where, 'read', async (session) => {
      const [row] = await session.run<{ lsn: string | null }>(
        'SELECT (CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END)::text AS lsn',
      );
      return row!.lsn;
    }),
  );
  return 'is' in seen ? { written: seen.is, silent: false } : { written: null, silent: true };
}

function lookOnce(environment: Environment, where: Where, connectMs: number, { written, silent }: Source): Promise<ReplicationState> {
  return withSession(
    environment,
    where,
    'read',
    async (session) => {
      const [row] = await session.run<StateRow>(stateStatement, [written, silent]);
      const { in_recovery, fenced, last_replayed_at, lag_ms, receiver, lsn, writers } = row!;
      return {
        ...{ reachable: true, inRecovery: in_recovery, fenced, readOnly: in_recovery || fenced, replayLsn: lsn, writers },
        lastReplayedAt: last_replayed_at?.toISOString() ?? null,
        lagMs: lag_ms === null ? null : Math.max(0, Math.round(lag_ms)),
        receiver,
      };
    },
    { connectMs },
  );
}

interface StateRow {
  in_recovery: boolean;
  fenced: boolean;
  last_replayed_at: Date | null;
  lag_ms: number | null;
  receiver: string | null;
  lsn: string | null;
  writers: number;
}

// The age of the last transaction grows while nobody writes, and so does that of the last message, which comes every half minute then:
// it counts only when even that message is late, as on a link that is stuck, or when the primary is silent to us, too.
const stateStatement = `SELECT pg_is_in_recovery() AS in_recovery,
  current_setting('default_transaction_read_only') = 'on' AS fenced,
  pg_last_xact_replay_timestamp() AS last_replayed_at,
  (CASE WHEN NOT pg_is_in_recovery() THEN NULL WHEN pg_last_wal_replay_lsn() >= $1::pg_lsn THEN 0
    WHEN $1::pg_lsn IS NOT NULL THEN 1000 * extract(epoch FROM LEAST(clock_timestamp() - pg_last_xact_replay_timestamp(),
      (SELECT clock_timestamp() - last_msg_send_time FROM pg_stat_wal_receiver WHERE latest_end_lsn <= pg_last_wal_replay_lsn())))
    ELSE 1000 * extract(epoch FROM COALESCE(
    (SELECT GREATEST(interval '0', last_msg_receipt_time - last_msg_send_time, CASE
        WHEN $2::boolean OR clock_timestamp() - last_msg_receipt_time > interval '5 s' + interval '1 ms' / 2 *
          (SELECT nullif(setting::int, 0) FROM pg_settings WHERE name = 'wal_sender_timeout')
        THEN clock_timestamp() - last_msg_send_time END) FROM pg_stat_wal_receiver
      WHERE status = 'streaming' AND latest_end_lsn <= pg_last_wal_replay_lsn() AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn()),
    clock_timestamp() - pg_last_xact_replay_timestamp()
  )) END)::float8 AS lag_ms,
  (CASE WHEN pg_is_in_recovery() THEN (SELECT CASE WHEN count(*) = 0 THEN 'none' ELSE max(status) END FROM pg_stat_wal_receiver) END) AS receiver,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS lsn,
  (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL) AS writers`;
