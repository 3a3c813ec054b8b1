import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { change, failure, type Finding, until } from '../../kit/index.ts';
import { saySession, sessionsWhere, type Judged, type SessionId } from './rows.ts';
import { predictedStatement, withSession, type Where } from '../sql.ts';

export interface SessionsToEnd extends Where {
  /** With `queryStart` for `cancel`: the statement that is meant, and not the one after it. */
  sessions: readonly (SessionId & { queryStart?: string | null })[];
  /** `cancel` ends a statement and leaves the session; `terminate` ends the session, and what it has not committed is rolled back. */
  how: 'cancel' | 'terminate';
}

const mostSessions = 200;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const patience = 20_000;

const same = `EXISTS (SELECT FROM json_to_recordset($1::json) AS asked(pid int, "backendStart" timestamptz, "queryStart" timestamptz)
  WHERE asked.pid = a.pid AND asked."backendStart" = a.backend_start`;
const meant = {
  terminate: `${same})`,
  cancel: `${same} AND a.state = 'active' AND asked."queryStart" = a.query_start)`,
};
const endStatement = (how: SessionsToEnd['how']) =>
  `SELECT a.pid, pg_${how}_backend(a.pid) AS told FROM pg_stat_activity AS a
    WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() AND ${meant[how]}`;

/** Ends sessions, each by its process number and start, so that a later one with the same number is never met. Answers how many are gone. */
export function endSessions(environment: Environment) {
  const call = (asked: SessionsToEnd) => [endStatement(asked.how), [named(asked)]] as const;
  const left = (asked: SessionsToEnd): Promise<Judged[]> =>
    withSession(environment, whereOf(asked), 'read', (session) => sessionsWhere(session, meant[asked.how], [named(asked)]));

  return change({
    look: async (asked: SessionsToEnd): Promise<Finding & { there: Judged[] }> => {
      const there = await left(asked);
      return { so: there.length === 0, found: `${there.length} of ${asked.sessions.length} are there: ${say(there)}`, there };
    },
    predict: (asked) => ({
      calls: [predictedStatement(whereOf(asked), ...mutable(call(asked)))],
      result: { ended: asked.sessions.length },
    }),
    refuse: (_asked, { there }) => {
      const spared = there.filter((one) => one.spared !== null);
      if (spared.length === 0) return;
      const why = spared.map((one) => `${saySession(one)}: ${one.spared}`).join('; ');
      throw failure(Failure.RefusedBySafetyRule, `not to be ended, and so none of them was: ${why}`);
    },
    act: (asked) =>
      withSession(environment, whereOf(asked), 'change', async (session) => {
        await session.run(...mutable(call(asked)), 'change');
      }),
    prove: (asked) =>
      until(
        async () => {
          const there = await left(asked);
          return there.length === 0 ? { is: { ended: asked.sessions.length } } : { notYet: `${say(there)} still there` };
        },
        { within: patience, what: `${asked.sessions.length} sessions of ${asked.database} in ${asked.region} to end` },
      ),
  });
}

const whereOf = ({ sessions: _, how: __, ...where }: SessionsToEnd): Where => where;
const say = (there: readonly Judged[]): string => there.slice(0, 10).map(saySession).join(', ');
const mutable = ([statement, values]: readonly [string, readonly string[]]): [string, unknown[]] => [statement, [...values]];

/** The sessions as one parameter, so that the record names each of them. Throws InvalidInput for what names no session. */
function named({ sessions, how }: SessionsToEnd): string {
  if (sessions.length > mostSessions) throw failure(Failure.InvalidInput, `at most ${mostSessions} sessions are ended at once`);
  for (const { pid, backendStart, queryStart } of sessions) {
    if (!Number.isInteger(pid) || pid < 1 || pid > 2 ** 31 - 1) throw failure(Failure.InvalidInput, `${JSON.stringify(pid)} is no process`);
    const times = how === 'cancel' ? [backendStart, queryStart] : [backendStart];
    if (!times.every((time) => typeof time === 'string' && instant.test(time)))
      throw failure(Failure.InvalidInput, `session ${pid} is not told apart by ${JSON.stringify(times)}: an instant is missing`);
  }
  return JSON.stringify(
    sessions.map(({ pid, backendStart, queryStart }) => ({ pid, backendStart, ...(how === 'cancel' ? { queryStart } : {}) })),
  );
}
