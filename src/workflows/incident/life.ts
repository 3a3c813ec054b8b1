import type { Incident } from './view.ts';

/** An incident's workflow while it runs: its record, and what is under way. */
export interface Life {
  readonly incident: Incident;
  /** What takes time and must not be cut off, by name. */
  readonly work: Map<string, Promise<void>>;
  /** A run of the workflow ends, and another one takes over; nobody begins anything. */
  leaving: boolean;
  /** Rises whenever something happens that the clocks must look at. */
  ticks: number;
}

/** Does something beside the clocks, once at a time; a failure of it is on nobody's way. */
export function beside(life: Life, name: string, work: () => Promise<void>, failed: (error: unknown) => void): void {
  if (life.work.has(name)) return;
  const done = work()
    .catch(failed)
    .finally(() => {
      life.work.delete(name);
      life.ticks += 1;
    });
  life.work.set(name, done);
}
