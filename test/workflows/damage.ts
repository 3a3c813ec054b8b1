import type { BadRows, IndexDamage, RuleBroken, TableDamage } from '../../src/activities/postgres/damage/integrity.ts';
import type { DamageFound, Look, StandbyLook } from '../../src/workflows/procedures/damage/found.ts';

/** Some damaged rows of an hour, dated unless it is said otherwise. */
export const badRows = (count: number, more: Partial<BadRows> = {}): BadRows => ({
  ...{ count, dated: true, firstAt: '2026-01-01T10:00:05.250Z', lastAt: '2026-01-01T10:30:00.000Z' },
  listed: Array.from({ length: Math.min(count, 3) }, (_, index) => ({
    place: `(0,${index + 1})`,
    key: `order-${index + 1}`,
    at: '2026-01-01T10:00:05.250Z',
  })),
  ...more,
});

export const badPage: TableDamage = {
  table: 'orders',
  pages: 9,
  unreadable: [{ from: 4, to: 4, problem: 'invalid page in block 4' }],
  malformed: [],
};

export const badIndex = (more: Partial<IndexDamage> = {}): IndexDamage => ({
  ...{ index: 'orders_pkey', table: 'orders', problem: 'lacks matching index tuple', rebuildable: true, unfound: badRows(4) },
  ...more,
});

export const badRule = (more: Partial<RuleBroken> = {}): RuleBroken => ({
  ...{ rule: 'every order has at least one line', kind: 'integrity query', table: null, rows: badRows(5) },
  ...more,
});

export interface Damage {
  tables?: TableDamage[];
  indexes?: IndexDamage[];
  rules?: RuleBroken[];
  unchecked?: string[];
  unanswered?: { rule: string; why: string }[];
}

/** What was found on one copy: whole unless it is said otherwise. */
export const look = ({ tables = [], indexes = [], rules = [], unchecked = [], unanswered = [] }: Damage = {}): Look => ({
  tables: { tables: 3, pages: 12, rows: 800, amcheck: true, damaged: tables },
  indexes: { indexes: 2, damaged: indexes, unchecked },
  rules: { rules: 5, broken: rules, notValidated: [], unanswered },
});

export const standby = (damage: Damage | undefined, state: StandbyLook['state'] = 'caught up', region = 'west'): StandbyLook => ({
  ...{ region, state },
  ...(damage ? { look: look(damage) } : {}),
});

export const foundOf = (primary: Damage, ...standbys: StandbyLook[]): DamageFound => ({
  ...{ at: '2026-01-01T11:00:00.000Z', primary: look(primary), standbys, hidden: [] },
});
