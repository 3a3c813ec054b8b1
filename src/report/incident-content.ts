import type { TemplateValues } from '../workflows/incident/fields.ts';
import type { OutgoingMessage } from '../workflows/incident/messages.ts';
import type { Incident, TimelineEntry } from '../workflows/incident/view.ts';
import type { Report } from './chain.ts';
import type { Build } from './content.ts';

/** All of an incident but what has entries of its own; which build wrote it, and the digest of what it was made from. */
export interface IncidentFacts extends Omit<Incident, 'timeline' | 'messages' | 'policy' | 'done' | 'nextIds'> {
  /** Title and whether its failure is seen by customers, as the policy of its day had it. */
  serviceTitle: string;
  severityTitle: string;
  /** Promised updates that fell due, and those that were kept, by audience. */
  kept: Record<keyof Incident['promises'], { due: number; kept: number }>;
  /** The last that is known of it; what is due later is not owed yet. */
  until: string;
  build: Build;
  view: string;
}

/** What the data of each kind of entry holds; everything that Markdown and HTML show is in here. */
export interface IncidentDataOf {
  incident: IncidentFacts;
  /** The environment's own template of a report, and what its fields said. */
  words: { template: string; values: TemplateValues };
  line: TimelineEntry;
  message: OutgoingMessage;
}
export type IncidentKind = keyof IncidentDataOf;

export interface IncidentContents extends Pick<IncidentDataOf, 'incident' | 'words'> {
  head: string;
  timeline: TimelineEntry[];
  messages: OutgoingMessage[];
}

/** True when a sealed report is that of an incident, not of a run. */
export const isIncident = (report: Report): boolean => report.entries.some(({ kind }) => kind === 'incident');

/** The entries of an incident's sealed report, sorted for showing. Throws when it lacks an entry that every report has. */
export function readIncident(report: Report): IncidentContents {
  const all = <K extends IncidentKind>(kind: K) =>
    report.entries.filter((entry) => entry.kind === kind).map((entry) => entry.data as IncidentDataOf[K]);
  const one = <K extends IncidentKind>(kind: K): IncidentDataOf[K] => {
    const [data] = all(kind);
    if (data === undefined) throw new Error(`the report has no entry of the kind ${kind}`);
    return data;
  };
  return { head: report.head, incident: one('incident'), words: one('words'), timeline: all('line'), messages: all('message') };
}
