import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Incidents } from '../incidents/incidents.ts';
import { counts, isOpen, timesOf, type TimeName } from '../incidents/metrics.ts';
import type { IncidentSummary } from '../workflows/incident/view.ts';

/** Scrapes that come together share one question to the desk. */
const freshMs = 1_000;
const minute = 60;
const buckets = [1, 5, 15, 30, 60, 120, 240, 480, 1_440].map((minutes) => minutes * minute);

const words: Record<TimeName, [name: string, help: string]> = {
  toDetect: ['detect', 'From the beginning of an incident until Muster heard of it'],
  toAcknowledge: ['acknowledge', 'From when Muster heard of an incident until somebody took it up'],
  toMitigate: ['mitigate', 'From the beginning of an incident until customers were no longer hurt'],
  toResolve: ['resolve', 'From the beginning of an incident until it was resolved'],
};

/** Puts the incidents that the desk knows into Prometheus' numbers, read anew at every scrape; drills are not counted. */
export function countIncidents(registry: Registry, incidents: Pick<Incidents, 'list'>, severities: readonly string[]): void {
  const read = shared(async () => {
    const { open, ended } = await incidents.list();
    return [...open, ...ended].filter(counts);
  });
  const registers = [registry];
  const labelNames = ['severity'] as const;

  new Gauge({
    ...{
      name: 'muster_incident_desk_up',
      help: '1 when the desk of incidents answers; without it the other numbers are missing',
      registers,
    },
    async collect() {
      this.set((await read()) ? 1 : 0);
    },
  });
  new Counter({
    ...{ name: 'muster_incidents_total', help: 'Incidents that were declared', labelNames, registers },
    async collect() {
      this.reset();
      const all = await read();
      if (all) for (const severity of severities) this.inc({ severity }, 0);
      for (const { severity } of all ?? []) this.inc({ severity });
    },
  });
  new Gauge({
    ...{ name: 'muster_incident_open', help: 'Incidents that are not resolved', labelNames, registers },
    async collect() {
      this.reset();
      const all = await read();
      if (all) for (const severity of severities) this.set({ severity }, 0);
      for (const { severity } of (all ?? []).filter(isOpen)) this.inc({ severity });
    },
  });
  new Counter({
    ...{ name: 'muster_incident_updates_total', help: 'Updates that were promised and fell due', labelNames: ['kept'], registers },
    async collect() {
      this.reset();
      for (const { updates } of (await read()) ?? []) {
        this.inc({ kept: 'yes' }, updates.kept);
        this.inc({ kept: 'no' }, updates.due - updates.kept);
      }
    },
  });
  new Gauge({
    ...{ name: 'muster_incident_open_actions', help: 'Action items that nobody has done yet', registers },
    async collect() {
      const all = await read();
      this.set(all ? all.reduce((sum, { openActions }) => sum + openActions, 0) : Number.NaN);
    },
  });
  for (const [time, [name, help]] of Object.entries(words) as [TimeName, [string, string]][]) {
    new Histogram({
      ...{ name: `muster_incident_time_to_${name}_seconds`, help, labelNames, buckets, registers },
      async collect() {
        this.reset();
        for (const summary of (await read()) ?? []) {
          const ms = timesOf(summary)[time];
          if (ms !== null) this.observe({ severity: summary.severity }, ms / 1_000);
        }
      },
    });
  }
}

/** Undefined when nobody answers: a scrape must not fail for that. */
function shared(read: () => Promise<IncidentSummary[]>): () => Promise<IncidentSummary[] | undefined> {
  let last: { at: number; answer: Promise<IncidentSummary[] | undefined> } | undefined;
  return () => {
    if (!last || Date.now() - last.at > freshMs) last = { at: Date.now(), answer: read().catch(() => undefined) };
    return last.answer;
  };
}
