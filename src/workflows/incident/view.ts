import type { Mode, RunState } from '../view.ts';
import type { AlertEpisode, Suggestion } from './alerts.ts';
import type { Links, OutgoingMessage, PublicStatus } from './messages.ts';
import type { Audience, IncidentPolicy } from './policy.ts';

export interface Said {
  impact: string;
  progress: string;
  nextSteps: string;
  eta: string;
  cause: string;
  resolution: string;
  lessons: string;
  users: string;
  data: string;
}

/** Where an incident stands. `proposed`: alerts say so, and no person yet. */
export const incidentStates = [
  ...(['proposed', 'declared', 'acknowledged', 'mitigated', 'verifying', 'stabilizing'] as const),
  ...(['resolved', 'closed', 'dismissed'] as const),
] as const;
export type IncidentState = (typeof incidentStates)[number];

/** Times that the metrics are made of; ISO. */
export interface Milestones {
  /** When it began: said by a person, or when the first alert began. */
  startedAt: string;
  /** When Muster heard of it. */
  detectedAt: string;
  declaredAt?: string;
  acknowledgedAt?: string;
  mitigatedAt?: string;
  resolvedAt?: string;
  closedAt?: string;
}

/** Whole record of an incident: what its workflow carries over continue-as-new, and what the query `incident` answers. */
export interface Incident {
  version: 1;
  number: string;
  environment: string;
  title: string;
  service: string;
  severity: string;
  state: IncidentState;
  /** A sentence: where it stands, and what is waited for. */
  status: string;
  publicStatus: PublicStatus;
  drill: boolean;
  declaredBy?: string;
  /** What customers notice. */
  impact: string;
  /** Said by people for the messages. */
  said: Omit<Said, 'impact'>;
  milestones: Milestones;
  /** Rises with every rise in severity and every reopening: the ladders start anew. */
  round: number;
  roundSince: string;
  /** The round that somebody has acknowledged. */
  acknowledgedRound: number | null;
  people: Responder[];
  roles: Record<string, { subject: string; since: string } | null>;
  links: Links;
  alerts: AlertEpisode[];
  suggestions: Suggestion[];
  runs: IncidentRun[];
  /** Updates that were promised, by audience, oldest first. */
  promises: Record<Audience, Promised[]>;
  verification: VerifiedLine[];
  stability?: { since: string; until: string; readings: number; asks?: string };
  leftovers: Leftover[];
  reviews: { name: string; title: string; dueAt: string; doneAt?: string; by?: string; notes?: string }[];
  closing: { name: string; title: string; done: boolean; by?: string; at?: string; note?: string }[];
  actions: ActionItem[];
  similar: { number: string; title: string; cause: string; resolvedAt?: string }[];
  changes: { at: string; what: string; source: string }[];
  timeline: TimelineEntry[];
  messages: OutgoingMessage[];
  /** Parts of the timeline's messages that were moved to the archive. */
  archived: { parts: number; messages: number };
  /** Where the report and the collected evidence are. */
  archive?: { report?: string; bundle?: string; problems: string[] };
  policy: IncidentPolicy;
  /** What the clocks have done, by the key of what was due. */
  done: Record<string, string>;
  nextIds: { message: number; entry: number; action: number };
}

/** A person as far as an incident must know. */
export interface Responder {
  subject: string;
  name: string;
  duties: string[];
}

export interface Promised {
  dueAt: string;
  /** When the update was sent; later than `dueAt`, or absent after it, means that the promise was broken. */
  sentAt?: string;
  by?: string;
}

export interface IncidentRun {
  runId: string;
  runbook: string;
  title: string;
  mode: Mode;
  state: RunState;
  status: string;
  startedAt: string;
  endedAt?: string;
  startedBy: string;
}

export interface VerifiedLine {
  name: string;
  kind: string;
  at: string;
  /** `unknown`: nobody could tell; a person attests. */
  verdict: 'good' | 'bad' | 'unknown';
  detail: string;
  attestedBy?: string;
}

/** What would be forgotten: a mitigation that is in force, a delivery that is on hold, a run that is still open. */
export interface Leftover {
  kind: 'mitigation' | 'frozen-delivery' | 'open-run';
  what: string;
  /** Run that answers for it. */
  runId?: string;
  service?: string;
}

export interface ActionItem {
  id: string;
  text: string;
  owner: string;
  dueAt: string;
  doneAt?: string;
}

export interface TimelineEntry {
  /** `t1`, `t2`, …; people annotate by it, and nobody rewrites it. */
  id: string;
  at: string;
  kind: 'state' | 'alert' | 'clock' | 'role' | 'severity' | 'run' | 'update' | 'verification' | 'review' | 'action' | 'note' | 'message';
  text: string;
  by?: string;
  /** Entry that this one annotates. */
  on?: string;
}

/** What the desk remembers of an incident, for lists, metrics and likeness. */
export interface IncidentSummary extends Milestones {
  number: string;
  title: string;
  service: string;
  severity: string;
  state: IncidentState;
  drill: boolean;
  cause: string;
  /** Promised updates that fell due, and those that were kept. */
  updates: { due: number; kept: number };
  openActions: number;
  workflowId: string;
}

/** What the query `incident` answers: the record, and what follows from it now. */
export interface IncidentView extends Incident {
  /** What the clocks wait for, soonest first, at most ten. */
  next: { at: string; what: string }[];
  /** E.g. `11 of 12 kept`, by audience. */
  kept: Record<Audience, { due: number; kept: number }>;
  /** Updates as they would be sent now. */
  drafts: Record<Audience, { subject: string; text: string }>;
  /** What people can ask of it now. */
  signals: string[];
}
