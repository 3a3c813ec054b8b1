import { isUnsure, isWhole, rowsAreDamaged, type DamageFound, type StandbyLook, type Way } from './found.ts';

/** What is to be done, and why. */
export interface Decision {
  way: Way | 'nothing';
  /** What the facts ask for; null when nobody looked, as in a dry run. */
  recommended: Way | 'nothing' | null;
  why: string;
  /** Indexes to make anew. */
  indexes: string[];
  /** Region of the replica that takes over. */
  to?: string;
  /** False when something could not be asked: people decide, whatever else was found. */
  sure: boolean;
  /** Why what was wanted cannot be done. */
  impossible?: string;
}

/**
 * Decides by what was found: damaged indexes are made anew; damaged rows come back from a replica that is proven whole and has every write,
 * or else from a time before the damage. A wish goes before the facts, but not before what can be done.
 */
export function decideWay(found: DamageFound | undefined, prefer?: Way): Decision {
  if (!found) {
    const way = prefer ?? 'restore';
    return { way, recommended: null, why: 'a dry run looks at nothing: the longest way is told', indexes: [], sure: true };
  }
  const indexes = found.primary.indexes.damaged.filter(({ rebuildable }) => rebuildable).map(({ index }) => index);
  const { recommended, why } = recommend(found, indexes);
  const base = { recommended, indexes, sure: !isUnsure(found.primary) };
  if (recommended === 'nothing') return { ...base, way: 'nothing', why };
  const way = prefer ?? recommended;
  const said = way === recommended ? why : `${why}; ${prefer} was asked for instead of ${recommended}`;
  if (way === 'repair' && indexes.length === 0)
    return { ...base, way, why: said, impossible: 'there is no damaged index that could be made anew' };
  if (way !== 'promote') return { ...base, way, why: said };
  const to = (wholeStandby(found) ?? found.standbys.find(({ state }) => state === 'caught up') ?? found.standbys.find(isThere))?.region;
  return to === undefined
    ? { ...base, way, why: said, impossible: 'there is no replica that could take over' }
    : { ...base, way, why: said, to };
}

function recommend(found: DamageFound, indexes: string[]): { recommended: Way | 'nothing'; why: string } {
  if (!rowsAreDamaged(found.primary)) {
    if (indexes.length === 0) return { recommended: 'nothing', why: 'no damage was found' };
    return {
      recommended: 'repair',
      why: `only ${indexes.join(', ')} ${indexes.length === 1 ? 'is' : 'are'} damaged, and every row is there`,
    };
  }
  const whole = wholeStandby(found);
  if (whole) return { recommended: 'promote', why: `rows are damaged, and the replica in ${whole.region} is whole and has every write` };
  const standbys = found.standbys.map(sayStandby).join(', ') || 'there is no replica';
  return { recommended: 'restore', why: `rows are damaged, and no replica can help: ${standbys}` };
}

const wholeStandby = ({ standbys }: DamageFound): StandbyLook | undefined =>
  standbys.find(({ state, look }) => state === 'caught up' && look !== undefined && isWhole(look));

const isThere = ({ state }: StandbyLook): boolean => state === 'behind';

/** A replica in words. */
export function sayStandby({ region, state, look }: StandbyLook): string {
  if (state !== 'caught up') return `${region} is ${state}`;
  if (!look) return `${region} was not looked at`;
  return isWhole(look) ? `${region} is whole` : `${region} is damaged too`;
}
