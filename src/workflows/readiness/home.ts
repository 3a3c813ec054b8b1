import { postgres } from '../tools.ts';

interface Move {
  database: string;
  from: string;
  to: string | undefined;
}

/** Why nobody would leave `from` now: the database takes its writes elsewhere. When no server says so, nobody knows, and the plan counts. */
export async function writerIsElsewhere({ database, from, to }: Move): Promise<string | undefined> {
  const [here, there] = await Promise.all([roleIn(database, from), to === undefined ? 'unknown' : roleIn(database, to)]);
  if (here === 'writer') return undefined;
  if (here === 'standby') return `${database} in ${from} takes no writes`;
  return there === 'writer' ? `${database} takes its writes in ${to}` : undefined;
}

async function roleIn(database: string, region: string): Promise<'writer' | 'standby' | 'unknown'> {
  const state = await postgres.replicationState({ database, region }).catch(() => undefined);
  if (!state?.reachable || state.refusal !== undefined) return 'unknown';
  return state.inRecovery || state.readOnly ? 'standby' : 'writer';
}
