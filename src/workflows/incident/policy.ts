import type { SinkName } from './messages.ts';

/** A length of time: plain, or in working days (Monday to Friday, the same time of day). */
export type Span = { ms: number } | { businessDays: number };

/** How an environment deals with incidents, as its file says it; fixed at an incident's start. Times in ms unless they are a Span. */
export interface IncidentPolicy {
  /** What incidents are about, by name. */
  services: Record<string, IncidentService>;
  /** Most severe first. */
  severities: Severity[];
  contacts: Record<string, Contact>;
  roles: RolePolicy[];
  channels: Channels;
  templates: Record<TemplateName, Template>;
  verification: VerificationLine[];
  stability: { forMs: number; everyMs: number };
  alerts: {
    /** A proposed incident whose alerts are all cleared for so long is withdrawn. */
    withdrawAfterMs: number;
  };
  /** Evidence that is kept when an incident is resolved. */
  collect: CollectItem[];
  reviews: Review[];
  /** What must be so before an incident can be closed. */
  closing: ClosingLine[];
  /** Severities whose real incidents stop exercises; none when it is left out. */
  drillsStoppedBy?: string[];
  /** Open action items are reminded of so often once they are due. */
  remindActionsEveryMs: number;
  /** Overdue reviews are reminded of so often; like action items when it is left out. */
  remindReviewsEveryMs?: number;
}

export interface IncidentService {
  title: string;
  /** True when its failure is seen by customers: only then are customers written to. */
  customerFacing: boolean;
  /** Component of the status page. */
  component?: string;
  /** The service of the environment that recovery runbooks work on. */
  recovers?: string;
}

export interface Severity {
  /** E.g. `P0`. */
  name: string;
  title: string;
  examples: string[];
  respondWithin: Span;
  resolveWithin: Span | null;
  /** Told at once when an incident of this severity is declared or rises to it. */
  tell: string[];
  /** Told at once too when customers see it; none when it is left out. */
  tellOfCustomers?: string[];
  /** Until somebody acknowledges. Rising. */
  unacknowledged: Rung[];
  /** From the declaration until it is mitigated. Rising. */
  unmitigated: Rung[];
  /** Null: no updates are promised. */
  updates: Record<Audience, UpdatePromise | null>;
}

export interface Rung {
  afterMs: number;
  /** Names of contacts. */
  to: string[];
  /** What this rung is for, when it is more than being told, e.g. `executive communication is required`. */
  because?: string;
}

export type Audience = 'internal' | 'customers';
export const audiences: readonly Audience[] = ['internal', 'customers'];
/** Who they are, in words. */
export const readers = { internal: 'the team', customers: 'customers' } as const satisfies Record<Audience, string>;

export interface UpdatePromise {
  everyMs: number;
  /** The communications role is reminded so long before. */
  remindBeforeMs: number;
  /** `person`: a person sends the draft. `policy`: the draft is sent as it is when it is due. */
  sentBy: 'person' | 'policy';
  /** Contacts who are told when an update is late. */
  lateTo: string[];
  /** The first one is sent as drafted so long after the declaration; like the others when it is left out. */
  firstMs?: number;
}

export interface Contact {
  title: string;
  /** Ways to reach them, all of which are used. `phone` is only shown. */
  reach: Reach[];
}
export type Reach =
  | { by: 'pagerduty' }
  /** A channel or a member. */
  | { by: 'slack'; to: string }
  | { by: 'email'; to: string }
  | { by: 'phone'; to: string };

export interface RolePolicy {
  /** `commander`, `operations`, `communications`, `scribe`, or what else the environment has. */
  name: string;
  title: string;
  /** Severities that need it; unassigned they nag. */
  requiredFor: string[];
  nagEveryMs: number;
  /** Who has it until somebody is assigned: who acknowledges, or nobody. */
  byDefault: 'acknowledger' | 'nobody';
  /** Contacts who are told while a severity needs it and nobody has it. */
  to?: string[];
}

export interface Channels {
  /** Standing Slack channel of the environment. */
  internal: string;
  /** Severities that get a channel of their own, #incident-YYYY-MM-DD-HHMM. */
  ownChannelFor: string[];
  /** Severities that get a ticket. */
  ticketFor: string[];
  /** Bridge of the conference call: a link or a number. */
  bridge: string | null;
  /** Where questions go, as the messages say it. */
  questions: string;
}

export const templateNames = [
  ...(['declared', 'escalation', 'internalUpdate', 'customerUpdate'] as const),
  ...(['internalResolved', 'customerResolved', 'ticket', 'report'] as const),
] as const;
export type TemplateName = (typeof templateNames)[number];
/** Plain text with named fields in braces: `{title}`; `{{` is a brace. `subject` is for e-mail, tickets and the status page. */
export interface Template {
  subject?: string;
  text: string;
}

export type VerificationKind = 'availability' | 'performance' | 'integrity' | 'alerts' | 'metrics' | 'person';
export interface VerificationLine {
  name: string;
  kind: VerificationKind;
  /** Read again and again while stability is watched. */
  stability: boolean;
  look: VerificationLook;
}
export type VerificationLook =
  /** GET: 2xx, and faster than so many ms when that is said. */
  | { by: 'http'; url: string; fasterThanMs?: number }
  /** One number from Prometheus; empty and NaN are no answer. */
  | { by: 'prometheus'; query: string; above?: number; below?: number }
  /** The integrity questions of a database of the environment. */
  | { by: 'database'; database: string }
  /** The incident's own alerts are all cleared. */
  | { by: 'alerts' }
  /** A person looks and attests. */
  | { by: 'person'; question: string };

export type CollectItem =
  | { name: string; by: 'http'; url: string }
  /** A range of an hour before the start until now. */
  | { name: string; by: 'prometheus'; query: string };

export interface Review {
  name: string;
  title: string;
  within: Span;
  remindBeforeMs: number;
  /** Contacts who are reminded. */
  to: string[];
}

export interface ClosingLine {
  name: string;
  title: string;
  /** What makes it so: a fact of the record, or a person's tick. */
  by: 'root-cause' | 'impact' | 'lessons' | 'actions' | 'customers-told' | `review:${string}` | 'person';
}

export type { SinkName };
