import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Channel } from '../messages.ts';
import type { AlertFact } from './alerts.ts';
import type { PublicStatus } from './messages.ts';
import type { Audience } from './policy.ts';
import type { IncidentRun, IncidentState, IncidentSummary, IncidentView, Milestones, Said } from './view.ts';

/** Who asks, and an id that makes a repeat harmless. */
export interface Asked {
  by: string;
  id?: string;
  channel?: Channel;
}

/** Everything that people ask of an incident, by its name in URLs and on the command line. */
export interface IncidentCommands {
  /** A proposed incident is one. `severity` as in `severity`. */
  declare: { severity?: string; title?: string };
  /** Also declares a proposed one. The acknowledger gets the roles that are his by default. */
  acknowledge: object;
  /** It is no incident. Only while it is proposed, or declared by mistake. */
  dismiss: { reason: string };
  /** Assigns, hands over, or with `null` takes away. */
  role: { role: string; subject: string | null };
  severity: { severity: string; reason: string };
  /** Sends an update now, as drafted with what is said here, or exactly `text`. */
  update: { audience: Audience; text?: string; status?: PublicStatus } & Partial<Said>;
  /** Says something for later messages without sending one. */
  say: Partial<Said>;
  note: { text: string; on?: string };
  /** Customers are no longer hurt; the public status becomes `monitoring`. */
  mitigate: { how: string; at?: string };
  /** Verification, then the stability watch, then the final messages. */
  resolve: { resolution: string; cause?: string; unfreeze?: boolean };
  /** A person looked at a line of the verification, or at a missing reading, and answers for it. */
  attest: { line: string; good: boolean; note: string };
  /** It is back, or was resolved too early. */
  reopen: { reason: string };
  review: { review: string; notes: string };
  action: { text: string; owner: string; dueAt: string } | { done: string };
  /** Ticks a line of the closing checklist that only a person can tell. */
  tick: { line: string; note?: string };
  close: object;
}
export type IncidentCommandName = keyof IncidentCommands;
export const incidentCommandNames = [
  ...(['declare', 'acknowledge', 'dismiss', 'role', 'severity', 'update', 'say', 'note'] as const),
  ...(['mitigate', 'resolve', 'attest', 'reopen', 'review', 'action', 'tick', 'close'] as const),
] as const satisfies IncidentCommandName[];

export interface IncidentAnswer {
  state: IncidentState;
  status: string;
}

/** Update `ask`: refused with a failure of `NotNow`, `NotEntitled` or `InvalidInput`, else the new state. */
export type IncidentAsk = {
  [Name in IncidentCommandName]: Asked & { command: Name; with: IncidentCommands[Name] };
}[IncidentCommandName];
export const askUpdate = defineUpdate<IncidentAnswer, [IncidentAsk]>('ask');
/** The same by a plain signal, for when nobody waits for the answer; a refusal is on the timeline. */
export const askSignal = defineSignal<[IncidentAsk]>('askLater');
/** From the desk: episodes that are new or have changed. */
export const alertsSignal = defineSignal<[AlertFact[]]>('alerts');
/** From a run that names this incident: at its start, at every change of its state, and at its end. */
export const runSignal = defineSignal<[IncidentRun]>('run');
export const incidentQuery = defineQuery<IncidentView>('incident');

/** Somebody says that there is an incident. */
export interface Declaration {
  /** A repeat with the same key is the same incident. */
  key: string;
  by: string;
  title: string;
  service: string;
  severity: string;
  impact?: string;
  /** ISO; now unless said. */
  startedAt?: string;
  drill?: boolean;
}

/** What starts an incident's workflow: a declaration, or the alerts that propose it. */
export interface NewIncident {
  number: string;
  environment: string;
  title: string;
  service: string;
  severity: string;
  drill: boolean;
  at: string;
  declaration?: Declaration;
  alerts: AlertFact[];
  similar: { number: string; title: string; cause: string; resolvedAt?: string }[];
}

/** Update `take` of the desk: people's declarations and alerts, many at once. All of it is on the record when it is answered. */
export interface DeskRequest {
  /** So that a repeat of the request itself is not taken for a repeat by people. */
  id?: string;
  declarations: Declaration[];
  alerts: AlertFact[];
}
/** What became of an alert. `repeated`: nothing new. `late`: over before it was heard of, or too old to matter; it is counted only. */
export interface AlertOutcome {
  what: 'opened' | 'added' | 'cleared' | 'repeated' | 'late';
  /** The incident that it belongs to. */
  number?: string;
}
export interface DeskAnswer {
  declared: { key: string; number: string; existed: boolean }[];
  /** `each` is in the order of the request. */
  alerts: { opened: string[]; changed: number; repeated: number; each: AlertOutcome[] };
}
export const takeUpdate = defineUpdate<DeskAnswer, [DeskRequest]>('take');
/** The same without an answer, for when no worker is there to give one. */
export const takeLaterSignal = defineSignal<[DeskRequest]>('takeLater');
/** From an incident, at every change that its summary shows. */
export const summarySignal = defineSignal<[IncidentSummary]>('summary');
export interface DeskView {
  open: IncidentSummary[];
  /** Newest first. */
  ended: IncidentSummary[];
  alerts: { taken: number; repeated: number; episodes: number };
}
export const deskQuery = defineQuery<DeskView>('desk');

/** Ids of the workflows. */
export const deskId = (environment: string): string => `incident-desk/${environment}`;
export const incidentId = (environment: string, number: string): string => `incident/${environment}/${number}`;
export type { Milestones };
