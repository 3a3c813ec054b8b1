import type { DatabaseWay } from '../../activities/postgres-sessions.ts';
import type { Kit } from '../kit/kit.ts';
import type { DatabaseScenario } from '../plans/scenario-plan.ts';
import { sessions } from '../care-tools.ts';
import { see } from './first-look.ts';

/** How far one gets on the way to the database. */
export interface Reached {
  /** It answered a question. */
  answers: boolean;
  /** The first step that failed, as a sentence; null when none did, or nobody could look. */
  endsAt: string | null;
}

/** Goes the way to the database step by step. Source: iot-anomaly "4. Database Connectivity Issues", without a password on a command line. */
export async function reachDatabase(kit: Kit, { database, region }: DatabaseScenario): Promise<Reached> {
  const way = await see(kit, `Go the way to ${database} step by step`, () => sessions.reachDatabase({ database, region }), sayWay);
  kit.keep('way', way);
  const bad = way?.steps.find(({ verdict }) => verdict === 'bad');
  return { answers: way !== null && !bad, endsAt: bad?.detail ?? null };
}

/** The whole way again, at the end. */
export async function proveReachable({ check }: Kit, { database, region, run }: DatabaseScenario): Promise<void> {
  await check(`Check that ${database} answers a question`, async () =>
    run.mode === 'live' ? sessions.awaitReachable({ database, region }) : undefined,
  );
}

const sayWay = ({ steps }: DatabaseWay): string => {
  const bad = steps.find(({ verdict }) => verdict === 'bad');
  return bad ? `it ends at ${bad.name}: ${bad.detail}` : `it answers: ${steps.map(({ name, ms }) => `${name} ${ms} ms`).join(', ')}`;
};
