import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import type { Endpoint } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { measureOutage, watchCustomers } from '../evidence/customers.ts';
import { rebuildReplica } from '../database/rebuild-replica.ts';
import { proveService } from '../service/prove.ts';
import { endpointOf } from './beside.ts';

export interface Stopped {
  /** In ms since 1970. */
  closedAt: number;
  /** Where the log stood then; undefined in a dry run. */
  lsn: string | undefined;
}

/** Stops every writer of the database that serves customers, and proves it. */
export async function stopWrites({ step }: Kit, { database, region, instance }: DatabasePlan): Promise<Stopped> {
  const closedAt = Date.now();
  let lsn: string | undefined;
  await step(
    `Stop writes to ${instance} and prove that nobody writes`,
    async () => void (lsn = (await postgres.fenceDatabase({ database, region }))?.lsn),
    { undo: () => postgres.unfenceDatabase({ database, region }) },
  );
  return { closedAt, lsn };
}

/** Nobody may write to the server that takes over before it is proven, also not in the moment in which it gets its name. */
export async function holdWrites({ step }: Kit, { database, region }: DatabasePlan, name: string, endpoint: Endpoint | undefined) {
  await step(`Keep ${name} closed to writers until it serves`, async () => {
    if (!endpoint) return 'not in a dry run: it is not there';
    await postgres.fenceDatabase({ database, region, endpoint });
  });
}

export interface Swap {
  /** Name under which the database of today can be read on; it stays fenced and is never deleted. */
  aside: string;
  /** Name until now of the server that takes over. */
  takesOver: string;
  /** Its timeline, by which it is known; null when it cannot be told. */
  timeline: number | null;
}

/** Gives the name that customers use to another server; the one of today keeps all its data under a name of its own. */
export async function swapNames(
  { step }: Kit,
  plan: Pick<DatabasePlan, 'database' | 'region' | 'instance'>,
  { aside, takesOver, timeline }: Swap,
): Promise<void> {
  const { database, region, instance } = plan;
  const rename = (from: string, to: string) => rds.renameDatabase({ region, from, to });
  const back = (from: string, to: string) => renameBack({ region, from, to });
  await step(`Set ${instance} aside as ${aside}`, () => rename(instance, aside), { undo: () => back(aside, instance) });
  await step(`Give ${takesOver} the name ${instance}`, () => rename(takesOver, instance), { undo: () => back(instance, takesOver) });
  await step(`Wait until it answers as ${instance}`, () => postgres.awaitServer({ database, region, timeline }));
}

/** Takes a rename back; one that did not happen needs no way back. */
export async function renameBack({ region, from, to }: { region: string; from: string; to: string }): Promise<void> {
  const { role } = await rds.describeInstance({ region, instance: from });
  if (role !== 'absent') await rds.renameDatabase({ region, from, to });
}

/** From here on customers write to the server that took over, so that the way back is a runbook of its own. */
export async function openToCustomers(kit: Kit, plan: DatabasePlan, closedAt: number): Promise<void> {
  const { step, keep } = kit;
  const { database, region, instance } = plan;
  await step(`Open ${instance} to writers`, () => postgres.unfenceDatabase({ database, region }), { pointOfNoReturn: true });
  await proveService(kit, plan);
  const [from, until] = [closedAt, Date.now()].map((ms) => new Date(ms).toISOString());
  keep('closedToWriters', { from, until, ms: Date.now() - closedAt });
  await watchCustomers(kit, plan);
  await measureOutage(kit, plan);
}

/** Backups at once, and new replicas: those that there are follow the database that was set aside. */
export async function protectAgain(kit: Kit, plan: DatabasePlan): Promise<void> {
  const { database, region, otherRegions } = plan;
  await kit.step(`Turn backups of the database in ${region} on`, () => rds.protectDatabase({ database, region }));
  for (const other of otherRegions) await rebuildReplica(kit, plan, { region: other, of: region, ask: true, anew: true });
}

/** Where the database that was set aside can still be read; undefined in a dry run. Proven by reading it. */
export async function whereToRead({ learn }: Kit, plan: DatabasePlan, instance: string): Promise<object | undefined> {
  const { database, region } = plan;
  return learn(
    `Prove that the old data can be read on in ${instance}`,
    async () => {
      const endpoint = await endpointOf({ region, instance });
      const state = endpoint && (await postgres.examineCopy({ database, region, endpoint }));
      return state && { instance, region, endpoint, rows: state.rows, newest: state.newest };
    },
    (found) => (found ? `${found.rows ?? 'its'} rows can be read at ${found.endpoint.host}:${found.endpoint.port}` : 'not in a dry run'),
  );
}
