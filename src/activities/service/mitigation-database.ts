import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, isUnreachable, named } from '../kit/index.ts';
import {
  endSessionsStatement,
  type FenceAnswer,
  fenceStatement,
  predictedStatement,
  proveFenced,
  proveUnfenced,
  setFence,
  withSession,
} from '../postgres/index.ts';
import type { Former, Mitigation, MitigationReading } from './mitigation.ts';

interface Home {
  region: string;
  name: string;
  fenced: boolean;
  standby: boolean;
}

/** Read-only mode of a service: the fence on its database, where that takes the writes today. */
export function databaseMitigation(environment: Environment, database: string, former: Former | undefined): Mitigation {
  const homes = async (): Promise<Home[]> => {
    const regions = Object.keys(named(environment.databases, database, 'database').regions);
    const seen = await Promise.all(regions.map((region) => look(environment, database, region)));
    return seen.filter((home) => home !== undefined);
  };
  const home = async (): Promise<Home> => {
    const primaries = (await homes()).filter(({ standby }) => !standby);
    const [before] = Object.keys(former ?? {});
    const open = primaries.filter(({ fenced }) => !fenced);
    const found = primaries.find(({ region }) => region === before) ?? (open.length === 1 ? open[0] : primaries[0]);
    if (!found) throw failure(Failure.Transient, `no primary of ${database} answers`);
    if (primaries.length > 1 && open.length !== 1 && found.region !== before) {
      const where = primaries.map(({ region }) => region).join(' and ');
      throw failure(Failure.Permanent, `it cannot be told which ${database} takes the writes: ${where} could`);
    }
    return found;
  };
  const where = (reading: MitigationReading) => ({ database, region: Object.keys(reading.former)[0]! });

  return {
    read: async () => {
      const { region, name, fenced } = await home();
      const detail = `${database} in ${region} is ${fenced ? 'read-only' : 'open to writers'}`;
      return { on: fenced, off: !fenced, value: null, former: { [region]: 0 }, detail, name };
    },
    calls: (on, now) => [
      predictedStatement(where(now), fenceStatement(now.name!, on)),
      predictedStatement(where(now), endSessionsStatement),
    ],
    refuse: async (on, now) => {
      const others = (await homes()).filter(({ region, standby, fenced }) => region !== where(now).region && !standby && !fenced);
      if (on || others.length === 0) return;
      const taken = others.map(({ region }) => region).join(', ');
      throw failure(
        Failure.RefusedBySafetyRule,
        `${database} takes writes in ${taken}: opening it in ${where(now).region} gives it two primaries`,
      );
    },
    turn: (on, now) => setFence(environment, where(now), now.name!, on),
    prove: (on, now, answer) => (on ? proveFenced : proveUnfenced)(environment, where(now), answer as FenceAnswer | undefined),
    seen: async (on) => {
      const place = { database, region: (await home()).region };
      await (on ? proveFenced : proveUnfenced)(environment, place, undefined);
      return { is: on ? 'a new session cannot write' : 'a new session can write' };
    },
  };
}

async function look(environment: Environment, database: string, region: string): Promise<Home | undefined> {
  try {
    return await withSession(environment, { database, region }, 'read', async (session) => {
      const [row] = await session.run<Omit<Home, 'region'>>(
        `SELECT current_database() AS name, pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS fenced`,
      );
      return { region, ...row! };
    });
  } catch (error) {
    // The database of a region that is away is not the one that customers write to.
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}
