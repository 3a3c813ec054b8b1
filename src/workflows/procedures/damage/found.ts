import type { BadRows, IndexesChecked, RulesChecked, TablesChecked } from '../../../activities/postgres/index.ts';
import type { ReplicaPromotion } from '../../plans/plan.ts';
import type { RestoreToTime } from '../../plans/restore-plan.ts';

/** What is done about damage. */
export type Way = 'repair' | 'promote' | 'restore';

/** A database whose data may be damaged. Its restore is the plan of the run that takes over when rows are damaged. */
export interface RecoverCorruption extends RestoreToTime {
  /** What people want done, whatever is found. */
  prefer?: Way;
  /** People are asked whether the writers are stopped before anybody looks. */
  stopFirst?: boolean;
  /** How each replica would become the primary, by region. */
  promotions: Record<string, Omit<ReplicaPromotion, 'run'>>;
}

/** All that one copy of a database was asked. */
export interface Look {
  tables: TablesChecked;
  indexes: IndexesChecked;
  rules: RulesChecked;
}

export interface StandbyLook {
  region: string;
  state: 'caught up' | 'behind' | 'not a standby' | 'unreachable';
  /** Missing when it could not be looked at. */
  look?: Look;
}

/** How far damage goes. */
export interface DamageFound {
  /** When it was found, ISO 8601 in UTC: the data was surely bad then. */
  at: string;
  /** The copy of the primary. */
  primary: Look;
  standbys: StandbyLook[];
  /** Rows in the places that cannot be read on the primary, as a standby has them. */
  hidden: { table: string; region: string; rows: BadRows | null }[];
}

/** Rows of people, not only indexes, are wrong or cannot be read. */
export const rowsAreDamaged = ({ tables, indexes, rules }: Look): boolean =>
  tables.damaged.length > 0 || rules.broken.length > 0 || indexes.damaged.some(({ rebuildable }) => !rebuildable);

/** Something could not be asked, though every page can be read. */
export const isUnsure = ({ tables, indexes, rules }: Look): boolean =>
  indexes.unchecked.length > 0 || (tables.damaged.length === 0 && rules.unanswered.length > 0);

/** Every page can be read, every rule was asked and holds, and every index that was asked is whole. */
export const isWhole = (look: Look): boolean =>
  !rowsAreDamaged(look) && look.indexes.damaged.length === 0 && look.rules.unanswered.length === 0;
