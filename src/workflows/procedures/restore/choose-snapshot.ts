import { ApplicationFailure } from '@temporalio/workflow';
import type { Snapshot } from '../../../activities/rds/index.ts';
import { Failure } from '../../failures.ts';
import type { SnapshotRestore } from '../../plans/snapshot-plan.ts';
import { kms, rds } from '../../tools.ts';

/** A snapshot that can be restored where it lies. */
export interface Chosen extends Snapshot {
  createdAt: string;
  /** Newer ones that cannot be used, each with the reason. */
  passedOver: string[];
  /** How its key stands there; `not encrypted` when it has none. */
  key: string;
}

/**
 * Finds the newest snapshot in the region that takes over which is complete, of the database's engine, and readable with a key of that region.
 * Fails with the reason of each when there is none.
 */
export async function chooseSnapshot({ database, to, engine, snapshot: asked }: SnapshotRestore): Promise<Chosen> {
  const all = await rds.listSnapshots({ database, region: to });
  const candidates = asked === undefined ? all : all.filter(({ id }) => id === asked);
  const passedOver: string[] = [];
  for (const snapshot of candidates) {
    const { createdAt } = snapshot;
    const reason = unusable(snapshot, engine);
    const key = reason === undefined ? await keyOf(snapshot, to) : { usable: false, state: '' };
    if (reason === undefined && createdAt !== null && key.usable) return { ...snapshot, createdAt, passedOver, key: key.state };
    passedOver.push(`${snapshot.id}: ${reason ?? key.state}`);
  }
  const which = asked === undefined ? `no usable snapshot of ${database} in ${to}` : `the snapshot ${asked} in ${to} cannot be used`;
  const why = passedOver.length > 0 ? passedOver.join('; ') : 'there is none';
  throw ApplicationFailure.nonRetryable(`${which}: ${why}`, Failure.Permanent);
}

function unusable({ status, engine, createdAt }: Snapshot, wanted: string): string | undefined {
  if (status !== 'available') return `needed status available, have ${status}`;
  if (engine !== wanted) return `needed the engine ${wanted}, have ${engine}`;
  return createdAt === null ? 'nobody knows when it was made' : undefined;
}

async function keyOf({ encrypted, kmsKeyId }: Snapshot, region: string): Promise<{ usable: boolean; state: string }> {
  if (!encrypted) return { usable: true, state: 'not encrypted' };
  if (!kmsKeyId) return { usable: false, state: 'it is encrypted, and nobody says with which key' };
  const { usable, state } = await kms.keyUsable({ region, keyId: kmsKeyId });
  return { usable, state: usable ? state : `its key ${kmsKeyId} is ${state} in ${region}` };
}

/** The choice in words. */
export const sayChosen = ({ id, createdAt, passedOver }: Chosen): string =>
  `${id} of ${createdAt}${passedOver.length > 0 ? `; passed over: ${passedOver.join(', ')}` : ''}`;
