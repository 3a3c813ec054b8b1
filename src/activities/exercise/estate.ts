import { DeleteDBInstanceCommand, DeleteDBSnapshotCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { EstateReading } from '../../workflows/plans/drill-plan.ts';
import { type Aws, createAws } from '../aws/index.ts';
import { change, failure, pauseFor, read, sentenceOf, short, until } from '../kit/index.ts';
import { findInstance, findSnapshot, untilInstance } from '../rds/index.ts';
import { belongs, estateParts } from './estate-lines.ts';

/** What an exercise has made, by its line in the reading of the estate. */
export interface Leftover {
  kind: 'database' | 'snapshot';
  region: string;
  name: string;
  /** Everything of that kind that was there before the exercise; it is never removed. */
  before: string[];
}

const patience = 10 * 60_000;
const settleMs = 3 * 60_000;
/** RDS's words for an instance that is about to be another. */
const underWay = /\b(backing-up|configuring-\S+|creating|deleting|maintenance|modifying|rebooting|renaming|starting|stopping|upgrading)\b/;

/** How a whole estate looks, for telling what an exercise has left behind, and taking that away. */
export function estateActivities(environment: Environment, aws: Aws = createAws(environment)) {
  return {
    /** Everything that Muster's runbooks can change, as lines that can be compared; what cannot be read is a line that says so. */
    readEstate: read(async (_asked: object): Promise<EstateReading> => {
      const readAll = async () => {
        const parts = estateParts(environment, aws).map(({ what, read: lines }) =>
          lines().catch((error: unknown) => ({ [what]: `cannot be read: ${short(sentenceOf(error), 200)}` })),
        );
        return Object.assign({}, ...(await Promise.all(parts))) as EstateReading;
      };
      // What is still under way would be another thing in a moment.
      for (const deadline = Date.now() + settleMs; ; await pauseFor(500)) {
        const lines = await readAll();
        if (Date.now() > deadline || !Object.values(lines).some((line) => underWay.test(line))) return lines;
      }
    }),

    /** Deletes a copy, or a database that was set aside: never one of the environment's own names, nor what was there before. */
    removeLeftover: change({
      check: ({ kind, region, name, before }: Leftover) => {
        const own = Object.values(environment.databases).some(({ regions }) =>
          Object.values(regions).some(({ instance }) => instance === name),
        );
        if (own || !belongs(environment, name) || before.includes(name))
          throw failure(Failure.RefusedBySafetyRule, `the ${kind} ${name} in ${region} was not made by an exercise: it stays`);
      },
      look: async (asked: Leftover) => {
        const status = await statusOf(aws, asked);
        return { so: status === undefined || status === 'deleting', found: `${asked.name} is ${status ?? 'gone'}` };
      },
      predict: (asked) => ({
        calls: removal(asked).map((command) => aws.predicted('rds', asked.region, command)),
        result: { removed: asked.name },
      }),
      act: async (asked) => {
        const rds = aws.client('rds', asked.region);
        if (asked.kind === 'snapshot') {
          await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: asked.name }));
          return;
        }
        const found = await findInstance(aws, asked.region, asked.name);
        if (found?.DeletionProtection) await rds.send(unprotect(asked.name));
        await rds.send(remove(asked.name));
      },
      prove: async (asked) => {
        const gone = async () => {
          const status = await statusOf(aws, asked);
          return status === undefined ? { is: { removed: asked.name } } : { notYet: `it is ${status}` };
        };
        if (asked.kind === 'database')
          await untilInstance(aws, asked.region, asked.name, { what: 'to be gone', within: patience, is: ({ role }) => role === 'absent' });
        return until(gone, { within: patience, what: `${asked.name} to be gone` });
      },
    }),
  };
}

const unprotect = (name: string) =>
  new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, DeletionProtection: false, ApplyImmediately: true });
const remove = (name: string) =>
  new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true });
const removal = ({ kind, name }: Leftover) =>
  kind === 'snapshot' ? [new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name })] : [remove(name)];

async function statusOf(aws: Aws, { kind, region, name }: Leftover): Promise<string | undefined> {
  if (kind === 'snapshot') return (await findSnapshot(aws, region, name))?.Status;
  return (await findInstance(aws, region, name))?.DBInstanceStatus;
}
