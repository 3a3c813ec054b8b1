import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { careOf } from '../../ports/workload-care.ts';
import type { DiskSeen } from '../../ports/workload-state.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { approved } from '../care/offer.ts';
import { sayBytes } from '../service/remedies.ts';

/** From this share on a disk counts as full; the runbooks call it critical. */
const fullAt = 0.9;
/** A smaller log is not worth the question. */
const worthBytes = 1024 * 1024;
const mostLogs = 5;
const journalKeepBytes = 200 * 1024 * 1024;

/** Reads the disks and what grows on them. */
export async function findWhatGrows(kit: Kit, plan: Scenario): Promise<DiskSeen[]> {
  const found = await readDisks(kit, plan, (read) => read());
  kit.keep('disks', found);
  return found ?? [];
}

type Read<T> = () => Promise<T>;

async function readDisks(kit: Kit, plan: Scenario, how: (read: Read<DiskSeen[]>) => Promise<DiskSeen[] | undefined>) {
  const { disks } = careOf(plan.platform);
  return disks ? see(kit, 'Read the disks, and what is large on them', () => how(() => disks(whereOf(plan))), sayDisks) : null;
}

/** Empties logs in place, each after a copy of it is kept; the program that writes them goes on with the same file. */
export async function emptyLogs(kit: Kit, plan: Scenario, seen: FirstLook, disks: readonly DiskSeen[]): Promise<void> {
  const { emptyLog } = careOf(plan.platform);
  const logs = disks.flatMap((disk) => (disk.usedShare >= fullAt ? disk.logs : [])).filter(({ bytes }) => bytes >= worthBytes);
  if (!emptyLog || logs.length === 0) return;
  kit.phase('Logs');
  for (const { path, bytes } of logs.slice(0, mostLogs)) {
    const because = `it takes ${sayBytes(bytes)} of a full disk`;
    const facts = async () => [fact('log', path, plan.platform, { informational: true })];
    if (await approved(kit, plan, seen, { kind: 'clean-up', question: `Keep a copy of ${path}, and empty it?`, because, facts }))
      await kit.step(`Keep a copy of ${path}, and empty it`, () => emptyLog({ ...whereOf(plan), path }));
  }
}

/** Shrinks the journal to a size, after what goes is kept. */
export async function shrinkJournal(kit: Kit, plan: Scenario, seen: FirstLook, disks: readonly DiskSeen[]): Promise<void> {
  const { shrinkJournal: shrink } = careOf(plan.platform);
  if (!shrink || !disks.some(({ usedShare }) => usedShare >= fullAt)) return;
  kit.phase('Journal');
  const question = `Keep a copy of the journal, and shrink it to ${sayBytes(journalKeepBytes)}?`;
  if (await approved(kit, plan, seen, { kind: 'clean-up', question, because: 'a disk is full' }))
    await kit.step(`Shrink the journal to ${sayBytes(journalKeepBytes)}`, () => shrink({ ...whereOf(plan), keepBytes: journalKeepBytes }));
}

/** Whether every disk has room again. */
export async function proveRoom(kit: Kit, plan: Scenario): Promise<boolean> {
  const disks = await readDisks(kit, plan, proving);
  if (disks) kit.keep('disks', disks);
  return disks ? disks.length > 0 && disks.every(({ usedShare }) => usedShare < fullAt) : false;
}

const sayDisks = (disks: readonly DiskSeen[]): string =>
  disks
    .map(({ path, usedShare, largest: [first] }) => `${path} ${Math.round(usedShare * 100)} %${first ? `, most by ${first.path}` : ''}`)
    .join('; ') || 'none';
