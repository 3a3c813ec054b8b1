import type { ReadinessAlert, ReadinessView, PlanReadiness } from './view.ts';
import type { WatchList } from './watch-list.ts';

/** Everything that readiness knows, as it goes from one run of the workflow to the next. */
export interface ReadinessBook {
  list: WatchList;
  evaluation: number;
  at: string | null;
  because: string;
  nextAt: string | null;
  plans: PlanReadiness[];
  alerts: ReadinessAlert[];
  /** Plans that people were told are not ready. */
  told: string[];
  /** Plans that are not as people were told, with since when, in ms. */
  changed: Record<string, number>;
  /** Why somebody wants a look now. */
  wanted?: string;
}

const mostAlerts = 50;

/** A book in which nothing stands yet. */
export const newBook = (list: WatchList): ReadinessBook => ({
  ...{ list, evaluation: 0, at: null, because: '', nextAt: null, plans: [], alerts: [], told: [], changed: {} },
  wanted: 'it was started',
});

/** What the query answers. */
export function viewOf({ list, evaluation, at, because, nextAt, plans, alerts }: ReadinessBook): ReadinessView {
  return { version: 1, environment: list.environment, evaluation, looking: nextAt === null, at, because, nextAt, plans, alerts };
}

/** What people have to be told: what has not been as they know it for long enough. Notes what has changed. */
export function news(book: ReadinessBook, now: number): { plan: PlanReadiness | undefined; name: string; ready: boolean }[] {
  const { plans, told, changed, list } = book;
  const notReady = plans.filter(({ state }) => state === 'notReady').map(({ name }) => name);
  const different = [...notReady.filter((name) => !told.includes(name)), ...told.filter((name) => !notReady.includes(name))];
  book.changed = Object.fromEntries(different.map((name) => [name, changed[name] ?? now]));
  return different
    .filter((name) => now - book.changed[name]! >= list.times.confirmAfterMs)
    .map((name) => ({ name, plan: plans.find((plan) => plan.name === name), ready: !notReady.includes(name) }));
}

/** Notes that people were told. */
export function noteTold(book: ReadinessBook, alert: ReadinessAlert): void {
  const { plan, state } = alert;
  book.told = state === 'notReady' ? [...book.told, plan] : book.told.filter((name) => name !== plan);
  delete book.changed[plan];
  book.alerts = [alert, ...book.alerts].slice(0, mostAlerts);
}

/** Ms until the next look when nobody asks for one: soon while a change is not sure yet. */
export function restMs({ changed, list: { times } }: ReadinessBook): number {
  return Object.keys(changed).length > 0 ? Math.min(times.everyMs, Math.max(times.confirmAfterMs, 1_000)) : times.everyMs;
}
