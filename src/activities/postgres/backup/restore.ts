import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { wholeBackup } from './files.ts';
import { restoreCommand, restoreInto, wrongIn } from './check.ts';
import { change, currentStep, failure } from '../../kit/index.ts';
import { connectionOf, predictedPostgres } from './commands.ts';
import { dropDatabase, dropStatement, finishDatabase, lookAtDatabase, makeDatabase, swap, swapStatements } from './side-databases.ts';
import { predictedStatement, type Where } from '../sql.ts';

/** A database beside the one that is used: the restored one, or the old one that was kept. */
export interface Beside extends Where {
  /** Name on the server of the one that takes the database's name. */
  bring: string;
  /** Name that the present one gets. */
  aside: string;
}

/** A restore never overwrites: it fills a database beside, which then takes the old one's name. */
export function restoreChanges(environment: Environment) {
  const own = (where: Where) => connectionOf(environment, where).name;

  return {
    /** Restores a verified backup into a new database beside the present one, fenced until it is needed. */
    restoreBackup: change({
      look: async (asked: Where & { backup: string }) => {
        const short = currentStep().operationId.slice(0, 8);
        const names = { bring: `${own(asked)}_restored_${short}`, aside: `${own(asked)}_before_${short}` };
        const { exists, whole } = await lookAtDatabase(environment, asked, names.bring);
        return {
          so: whole,
          found: exists ? `${names.bring} is there, ${whole ? 'whole' : 'not whole'}` : `there is no ${names.bring}`,
          names,
        };
      },
      predict: (asked, { names }) => ({
        calls: [
          predictedStatement(asked, `CREATE DATABASE ${names.bring}`),
          predictedPostgres(environment, asked, restoreCommand(names.bring)),
        ],
        result: names,
      }),
      refuse: async (asked) => {
        const { backup } = await wholeBackup(environment, asked.database, asked.backup);
        if (backup.verifiedAt === null)
          throw failure(Failure.RefusedBySafetyRule, `${backup.name} was never restored elsewhere: nobody knows whether it is good`);
      },
      act: async (asked, { names }) => {
        const { file } = await wholeBackup(environment, asked.database, asked.backup);
        await makeDatabase(environment, asked, names.bring, own(asked));
        await restoreInto(environment, asked, { into: names.bring, file });
        await finishDatabase(environment, asked, names.bring, own(asked));
      },
      prove: async (asked, { names }) => {
        const { backup } = await wholeBackup(environment, asked.database, asked.backup);
        const wrong = await wrongIn(environment, asked, { name: names.bring, rows: backup.rows });
        if (wrong.length > 0) throw failure(Failure.Permanent, `the restored database is not what the backup says: ${wrong.join('; ')}`);
        return names;
      },
    }),

    /** Removes the restored database again, and no other one. */
    dropRestored: change({
      look: async ({ bring, ...where }: Where & { bring: string }) => {
        const { exists } = await lookAtDatabase(environment, where, bring);
        return { so: !exists, found: exists ? `${bring} is there` : `there is no ${bring}` };
      },
      predict: ({ bring, ...where }) => ({ calls: [predictedStatement(where, dropStatement(bring))], result: { bring } }),
      act: ({ bring, ...where }) => dropDatabase(environment, where, bring),
      prove: async ({ bring, ...where }) => {
        const { exists } = await lookAtDatabase(environment, where, bring);
        if (exists) throw failure(Failure.NotYet, `${bring} is still there`);
        return { bring };
      },
    }),

    /** Lets the database step aside and another one take its name; the same the other way round takes it back. */
    swapDatabases: change({
      look: async ({ bring, aside, ...where }: Beside) => {
        const [now, next, old] = await Promise.all([own(where), bring, aside].map((name) => lookAtDatabase(environment, where, name)));
        const so = now!.exists && !next!.exists && old!.exists && now!.open && old!.open;
        return { so, found: so ? `${aside} has stepped aside` : `${bring} waits beside`, there: next!.exists !== old!.exists };
      },
      predict: ({ bring, aside, ...where }) => ({
        calls: swapStatements(own(where), { bring, aside }).map((statement) => predictedStatement(where, statement)),
        result: { aside },
      }),
      refuse: ({ bring, aside }, { there }) => {
        if (!there) throw failure(Failure.Permanent, `${bring} must be there and ${aside} must not: nothing is renamed`);
      },
      act: ({ bring, aside, ...where }) => swap(environment, where, own(where), { bring, aside }),
      prove: async ({ bring, aside, ...where }) => {
        const [now, next, old] = await Promise.all([own(where), bring, aside].map((name) => lookAtDatabase(environment, where, name)));
        if (now!.open && !next!.exists && old!.open) return { aside };
        throw failure(Failure.Permanent, `${own(where)} and ${aside} are not both there and open`);
      },
    }),
  };
}
