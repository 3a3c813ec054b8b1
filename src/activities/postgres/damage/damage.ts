/** Pages of a table, both ends included. */
export interface PageRange {
  from: number;
  to: number;
  problem: string;
}

/** One damaged row: where it lies, and by what it is known. */
export interface BadRow {
  /** PostgreSQL's `ctid`, e.g. `(0,7)`; null when the question does not say. */
  place: string | null;
  /** Its primary key, or the key that is wrong with it. */
  key: string;
  /** When it was written, where the environment says which column holds that. */
  at: string | null;
}

/** Some damaged rows; `listed` holds the first of them. */
export interface BadRows {
  count: number;
  listed: BadRow[];
  /** ISO; null when no row says when it was written. */
  firstAt: string | null;
  lastAt: string | null;
  /** True when every one of them says when it was written. */
  dated: boolean;
}

export interface TableDamage {
  table: string;
  pages: number;
  /** Pages that cannot be read. */
  unreadable: PageRange[];
  /** Rows that can be read and are not well formed. */
  malformed: { place: string; problem: string }[];
}

export interface TablesChecked {
  tables: number;
  pages: number;
  rows: number;
  /** False when only reading was possible, because `amcheck` is not installed there. */
  amcheck: boolean;
  damaged: TableDamage[];
}

export interface IndexDamage {
  index: string;
  table: string;
  problem: string;
  /** False for PostgreSQL's own catalogues, which the owner of a database cannot rebuild. */
  rebuildable: boolean;
  /** Rows of the table that the index does not find; null when that cannot be counted. */
  unfound: BadRows | null;
}

export interface IndexesChecked {
  indexes: number;
  damaged: IndexDamage[];
  /** Indexes of a kind that cannot be checked. */
  unchecked: string[];
}

export interface RuleBroken {
  rule: string;
  kind: 'foreign key' | 'unique' | 'check' | 'integrity query';
  table: string | null;
  rows: BadRows;
}

export interface RulesChecked {
  rules: number;
  broken: RuleBroken[];
  /** Constraints that PostgreSQL itself does not vouch for; they were checked all the same. */
  notValidated: string[];
  /** Rules that could not be asked, e.g. because a page cannot be read. */
  unanswered: { rule: string; why: string }[];
}

/** At most so many rows are named; the count is exact. */
export const mostListed = 100;
