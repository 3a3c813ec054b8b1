import type { SnapshotRestore } from '../../plans/snapshot-plan.ts';
import { findingsOf, type Finding } from '../../readiness/finding.ts';
import { rds } from '../../tools.ts';
import type { Chosen } from './choose-snapshot.ts';

/** Undefined when nobody knows which class the instance will have. */
export async function offerFor({ to, instanceClass }: SnapshotRestore, chosen: Chosen) {
  const wanted = instanceClass ?? chosen.instanceClass;
  if (wanted === null) return undefined;
  const { engine, engineVersion } = chosen;
  return rds.instanceClassOffered({ region: to, engine, engineVersion, instanceClass: wanted });
}

/** The region must take one more database instance, of the class that it would be restored with. */
export async function instanceIsAllowed(move: SnapshotRestore, chosen: Chosen): Promise<Finding[]> {
  const { to } = move;
  const { must } = findingsOf('restored-instance');
  const [offer, { quota, needed, have }] = await Promise.all([offerFor(move, chosen), rds.databaseQuota({ region: to })]);
  const allowed = must(have >= needed, { resource: `quota ${quota} in ${to}`, needed: String(needed), have: String(have) });
  if (!offer) return [allowed];
  const wanted = `${offer.instanceClass} for ${chosen.engine} ${chosen.engineVersion}`;
  const seen = { resource: `RDS in ${to}`, needed: wanted };
  return [
    offer.offered
      ? must(true, { ...seen, have: `offered in ${offer.zones} zones` })
      : must(false, { ...seen, have: 'not offered', says: `RDS in ${to} does not offer ${wanted}` }),
    allowed,
  ];
}
