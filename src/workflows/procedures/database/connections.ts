import type { Blocker, ClientSession as Session, SessionsSeen } from '../../../activities/postgres/index.ts';
import { connectionFacts } from '../../facts/connection-facts.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabaseScenario } from '../../plans/scenario-plan.ts';
import { sessions } from '../../tools.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';
import { duration } from '../../../words/durations.ts';
import { share } from '../../../words/amounts.ts';

const placeOf = ({ database, region }: DatabaseScenario) => ({ database, region });

/** Who holds the connections; null when the database cannot be asked. Source: pynomaly-aws "Check Database Status" (locks, active connections). */
export async function readConnections(kit: Kit, plan: DatabaseScenario): Promise<SessionsSeen | null> {
  const found = await see(
    kit,
    `Read who holds the connections of ${plan.database}`,
    () => sessions.readSessions(placeOf(plan)),
    sayConnections,
  );
  kit.keep('connections', found);
  return found;
}

/** Ends sessions that hold a connection, and perhaps locks, and do nothing: their transactions are rolled back, as at a lost connection. */
export async function endIdle(kit: Kit, plan: DatabaseScenario, seen: FirstLook, found: SessionsSeen | null): Promise<boolean> {
  const idle = found && 'used' in found ? found.idleInTransaction.filter(({ ageMs }) => ageMs >= plan.idleForMs) : [];
  if (idle.length === 0) return false;
  kit.phase('Idle sessions');
  return end(kit, plan, seen, idle, `are idle inside a transaction for ${duration(plan.idleForMs)} or more`);
}

/** Ends the sessions at the head of the queue of locks; whoever waits behind them goes on. */
export async function endBlockers(kit: Kit, plan: DatabaseScenario, seen: FirstLook, found: SessionsSeen | null): Promise<boolean> {
  const blockers = found && 'used' in found ? found.blockers : [];
  if (blockers.length === 0) return false;
  kit.phase('Locks');
  return end(kit, plan, seen, blockers, 'hold locks that others wait for');
}

async function end(
  kit: Kit,
  plan: DatabaseScenario,
  seen: FirstLook,
  which: readonly (Session | Blocker)[],
  why: string,
): Promise<boolean> {
  const { database, region } = plan;
  const count = `${which.length} session${which.length === 1 ? '' : 's'}`;
  const ended = which.map(({ pid, backendStart }) => ({ pid, backendStart }));
  return offer(kit, plan, seen, {
    kind: 'end-sessions',
    question: `End ${count} of ${database} in ${region}?`,
    because: `they ${why}`,
    cannotBeUndone: 'what these sessions have not committed is rolled back',
    facts: async () => [
      ...(await connectionFacts({ database, region })),
      ...which
        .slice(0, 10)
        .map((one) =>
          fact.words(`session/${one.pid}`, `session ${one.pid}`, saySession(one), `PostgreSQL in ${region}`, { informational: true }),
        ),
    ],
    apply: () =>
      // lint-allow undo-missing: a session that ended cannot come back; the gate above says what is lost.
      kit.step(`End ${count} of ${database}`, () => sessions.endSessions({ database, region, sessions: ended, how: 'terminate' })),
  });
}

/** The pool must have room again, not only this moment. */
export async function watchConnections({ check }: Kit, plan: DatabaseScenario): Promise<void> {
  const { database, freeShare } = plan;
  await check(`Check that ${share(freeShare)} of the connections of ${database} are free`, () =>
    sessions.awaitFreeConnections({ ...placeOf(plan), freeShare }),
  );
}

function sayConnections(found: SessionsSeen): string {
  if ('full' in found) return 'all are taken, and none is left to ask who has them';
  const { used, maxConnections, idleInTransaction, blockers, waiting } = found;
  return `${used} of ${maxConnections} taken, ${idleInTransaction.length} idle inside a transaction, ${blockers.length} block ${waiting}`;
}

const saySession = ({ application, state, ageMs }: Session | Blocker): string =>
  `${application || 'no name'}, ${state}, for ${duration(ageMs)}`;
