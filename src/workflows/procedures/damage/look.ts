import type { Kit } from '../../kit/kit.ts';
import { nameBeside, type Endpoint } from '../../plans/restore-plan.ts';
import { integrity, rds } from '../../tools.ts';
import { isWhole, type DamageFound, type Look, type RecoverCorruption, type StandbyLook } from './found.ts';
import { lookWhere } from '../restore/beside.ts';

/** Name of the copy that is looked at. */
export const copyOf = (plan: RecoverCorruption): string => nameBeside(plan, 'evidence');

/** Restores the evidence into a copy of ours, so that nobody looks at, or writes to, the database itself. */
export async function restoreEvidence(kit: Kit, plan: RecoverCorruption, snapshot: string): Promise<Endpoint | undefined> {
  const { step } = kit;
  const { database, region } = plan;
  const instance = copyOf(plan);
  await step(
    `Restore ${snapshot} into ${instance}`,
    () => rds.restoreSnapshot({ database, region, instance, snapshot, like: { region } }),
    {
      undo: () => rds.removeInstance({ region, instance }),
    },
  );
  const endpoint = await lookWhere(kit, { region, instance });
  await step(`Install amcheck on ${instance}`, async () => {
    if (!endpoint) return 'not in a dry run: it is not there';
    await integrity.installAmcheck({ database, region, endpoint });
  });
  return endpoint;
}

/** Finds out how far damage goes, on the copy and on every replica; undefined in a dry run. `lsn` is where the log stood when the evidence was kept. */
export async function findDamage(kit: Kit, plan: RecoverCorruption, where: { endpoint: Endpoint | undefined; lsn: string | undefined }) {
  const { database, region, otherRegions } = plan;
  const { endpoint, lsn } = where;
  if (!endpoint) return undefined;
  const primary = await lookAt(kit, 'the copy', { database, region, endpoint });
  if (!primary) return undefined;
  const standbys: StandbyLook[] = [];
  for (const other of otherRegions) {
    // Without it nothing tells whether a replica has every write.
    const standby =
      lsn === undefined ? { region: other, state: 'behind' as const } : await lookAtStandby(kit, { database, region: other, lsn }, primary);
    standbys.push(standby);
  }
  const hidden = await boundRows(kit, database, primary, standbys);
  const at = new Date().toISOString();
  return { at, primary, standbys, hidden } satisfies DamageFound;
}

interface At {
  database: string;
  region: string;
  endpoint?: Endpoint;
}

async function lookAt({ measure }: Kit, what: string, at: At, only?: string[]): Promise<Look | undefined> {
  const tables = await measure(`Read every page of ${what}`, () => integrity.checkTables(at), sayDamaged('tables'));
  const damagedTables = tables?.damaged.map(({ table }) => table) ?? [];
  const ask = { ...at, damagedTables, ...(only ? { only } : {}) };
  const indexes = await measure(
    `Hold the indexes of ${what} against their tables`,
    () => integrity.checkIndexes(ask),
    sayDamaged('indexes'),
  );
  const rules = await measure(`Ask whether the rules of the data hold in ${what}`, () => integrity.checkRules(at), sayRules);
  return tables && indexes && rules && { tables, indexes, rules };
}

/** Replicas copy what is in the log; what a disk has done to a page is not. So each is read, too, and only what is damaged is compared. */
async function lookAtStandby(kit: Kit, at: At & { lsn: string }, primary: Look): Promise<StandbyLook> {
  const { database, region } = at;
  const standby = await kit.measure(
    `Ask the replica in ${region} whether it has every write until then`,
    () => integrity.standbyState(at),
    (is) => is?.state ?? 'not in a dry run',
  );
  const state = standby?.state ?? 'unreachable';
  if (state !== 'caught up' || isWhole(primary)) return { region, state };
  const only = primary.indexes.damaged.map(({ index }) => index);
  const look = await lookAt(kit, `the replica in ${region}`, { database, region }, only);
  return { region, state, ...(look ? { look } : {}) };
}

/** Names the rows that cannot be read, by the first replica that has them. */
async function boundRows({ measure }: Kit, database: string, primary: Look, standbys: StandbyLook[]): Promise<DamageFound['hidden']> {
  const hidden: DamageFound['hidden'] = [];
  const region = standbys.find(({ look }) => look && look.tables.damaged.length === 0)?.region;
  if (region === undefined) return hidden;
  for (const damage of primary.tables.damaged) {
    const rows = await measure(
      `Name the damaged rows of ${damage.table} by the replica in ${region}`,
      () => integrity.rowsWithin({ database, region, damage }),
      (found) => (found ? `${found.count} rows` : 'they cannot be read there either'),
    );
    hidden.push({ table: damage.table, region, rows: rows ?? null });
  }
  return hidden;
}

const sayDamaged =
  (what: 'tables' | 'indexes') =>
  (checked: { damaged: unknown[]; tables?: number; indexes?: number } | undefined): string =>
    checked ? `${checked.damaged.length} of ${checked[what]} ${what} are damaged` : 'not in a dry run';

function sayRules(
  checked: { rules: number; broken: { rule: string; rows: { count: number } }[]; unanswered: unknown[] } | undefined,
): string {
  if (!checked) return 'not in a dry run';
  const { rules, broken, unanswered } = checked;
  const wrong = broken.map(({ rule, rows }) => `${rule} (${rows.count} rows)`);
  const open = unanswered.length === 0 ? '' : `; ${unanswered.length} could not be asked`;
  return wrong.length === 0 ? `${rules - unanswered.length} of ${rules} hold${open}` : `does not hold: ${wrong.join(', ')}${open}`;
}
