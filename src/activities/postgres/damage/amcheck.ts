import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { change, failure } from '../../kit/index.ts';
import type { IndexDamage } from './damage.ts';
import { askSafely, scanMs } from './session.ts';
import { checkIndexes } from './indexes.ts';
import { hasAmcheck } from './tables.ts';
import { predictedStatement, withSession, type Where } from '../sql.ts';

const install = 'CREATE EXTENSION IF NOT EXISTS amcheck';

interface ToRebuild extends Where {
  /** As PostgreSQL names them, e.g. `orders_pkey`. */
  indexes: string[];
}

/** What is changed to look for damage, and to repair it. */
export function amcheckChanges(environment: Environment) {
  const remaining = async ({ indexes, ...where }: ToRebuild): Promise<IndexDamage[]> =>
    (await checkIndexes(environment, { ...where, only: indexes })).damaged;

  return {
    /** Installs `amcheck` on a copy of ours. Refused on a database that serves: installing it is a write, and evidence must stay as it is. */
    installAmcheck: change({
      look: async (where: Where) => {
        const so = await hasAmcheck(environment, where);
        return { so, found: `amcheck is ${so ? '' : 'not '}installed` };
      },
      predict: (where) => ({ calls: [predictedStatement(where, install)], result: { installed: true } }),
      refuse: ({ endpoint, database, region }) => {
        if (!endpoint)
          throw failure(Failure.RefusedBySafetyRule, `nothing is installed on ${database} in ${region} itself before its evidence is read`);
      },
      act: (where) => withSession(environment, where, 'change', (session) => session.run(install, [], 'change')),
      prove: async (where) => {
        if (!(await hasAmcheck(environment, where))) throw failure(Failure.Permanent, 'amcheck is not there after it was installed');
        return { installed: true };
      },
    }),

    /** Makes indexes anew from their tables, and proves that each then leads to every row. Installs `amcheck` for the proof. */
    rebuildIndexes: change({
      look: async (asked: ToRebuild) => {
        await mustExist(environment, asked);
        const damaged = (await hasAmcheck(environment, asked)) ? (await remaining(asked)).map(({ index }) => index) : asked.indexes;
        return {
          so: damaged.length === 0,
          found: damaged.length === 0 ? `${asked.indexes.join(', ')}: whole` : `to be made anew: ${damaged.join(', ')}`,
          damaged,
        };
      },
      predict: (asked, { damaged }) => ({
        calls: [install, ...damaged.map(rebuild)].map((statement) => predictedStatement(placeOf(asked), statement)),
        result: { indexes: asked.indexes },
      }),
      act: (asked, { damaged }) =>
        withSession(
          environment,
          placeOf(asked),
          'change',
          async (session) => {
            await session.run(install, [], 'change');
            for (const index of damaged) await session.run(rebuild(index), [], 'change');
          },
          { statementMs: scanMs },
        ),
      prove: async (asked) => {
        const damaged = await remaining(asked);
        if (damaged.length > 0)
          throw failure(Failure.Permanent, `still damaged: ${damaged.map(({ index, problem }) => `${index}, ${problem}`).join('; ')}`);
        return { indexes: asked.indexes };
      },
    }),
  };
}

const placeOf = ({ database, region, endpoint }: ToRebuild): Where => ({ database, region, ...(endpoint ? { endpoint } : {}) });

/** The name comes from PostgreSQL itself, quoted where it must be, and was looked up again before. */
const rebuild = (index: string): string => `REINDEX INDEX ${index}`;

async function mustExist(environment: Environment, asked: ToRebuild): Promise<void> {
  const known = await askSafely<{ index: string }>(
    ...([environment, placeOf(asked)] as const),
    `SELECT oid::regclass::text AS index FROM pg_class WHERE relkind = 'i' AND oid::regclass::text = ANY ($1)`,
    { values: [asked.indexes] },
  );
  const missing = asked.indexes.filter((name) => !known.some(({ index }) => index === name));
  if (missing.length > 0) throw failure(Failure.Permanent, `${asked.database} in ${asked.region} has no index ${missing.join(', ')}`);
}
