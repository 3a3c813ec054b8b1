import { Gauge, type Registry } from 'prom-client';
import type { DrillBook, PastDrill } from '../workflows/lifecycle/drill-book.ts';

/** Scrapes that come together share one question to the book. */
const freshMs = 1_000;
const ms = 1_000;

/** Puts how each exercise came out last into Prometheus' numbers; they never count among incidents. */
export function countDrills(registry: Registry, readBook: () => Promise<DrillBook>): void {
  let last: { at: number; book: Promise<PastDrill[]> } | undefined;
  const newest = async (): Promise<PastDrill[]> => {
    // Undefined when nobody answers: a scrape must not fail for that.
    if (!last || Date.now() - last.at > freshMs)
      last = {
        at: Date.now(),
        book: readBook().then(
          ({ past }) => past,
          () => [],
        ),
      };
    const past = await last.book;
    return past.filter(({ name }, index) => past.findIndex((one) => one.name === name) === index);
  };
  const gauge = (name: string, help: string, valueOf: (drill: PastDrill) => number | null | undefined) =>
    new Gauge({
      ...{ name: `muster_drill_${name}`, help, labelNames: ['drill'], registers: [registry] },
      async collect() {
        this.reset();
        for (const drill of await newest()) {
          const value = valueOf(drill);
          if (value !== null && value !== undefined) this.set({ drill: drill.name }, value);
        }
      },
    });
  const seconds = (value: number | null | undefined) => (value === null || value === undefined ? value : value / ms);

  gauge('passed', '1 when the last exercise of this name passed', ({ how }) => (how === 'passed' ? 1 : 0));
  gauge('score', 'Share of its criteria that the last exercise met, 0 to 100', ({ score }) => score);
  gauge('outage_seconds', 'How long customers waited in the last exercise', ({ rtoMs }) => seconds(rtoMs));
  gauge('loss_seconds', 'How far back acknowledged writes were lost in the last exercise', ({ rpoMs }) => seconds(rpoMs));
  gauge('decision_seconds', 'The slowest decision of the last exercise', ({ decisionMs }) => seconds(decisionMs));
  gauge('ended_timestamp_seconds', 'When the last exercise ended', ({ endedAt }) => Date.parse(endedAt) / ms);
}
