/** An alert as a rule of the environment has understood it. */
export interface AlertFact {
  /** The sender's id of the alert (Alertmanager's fingerprint). */
  fingerprint: string;
  /** Name of the rule that took it. */
  rule: string;
  /** Alerts of one cause are one incident: the rule and the values of the labels that it groups by. */
  cause: string;
  status: 'firing' | 'resolved';
  /** With the fingerprint it names one episode; an episode that is resolved never fires again. */
  startsAt: string;
  endsAt?: string;
  service: string;
  severity: string;
  /** One line for people. */
  summary: string;
  /** A runbook that may help; nobody but a person starts it. */
  suggests?: Suggestion;
  /** The rule says: declared without a person once alerts of this cause have fired for so long; ms. */
  declareAfterMs?: number;
  /** Where it comes from, for people to look. */
  url?: string;
}

export interface Suggestion {
  runbook: string;
  input: Record<string, unknown>;
  why: string;
}

/** How one episode of an alert stands. */
export interface AlertEpisode {
  fingerprint: string;
  summary: string;
  startsAt: string;
  endsAt?: string;
  firstSeenAt: string;
  /** When it makes an incident of a proposal without a person. */
  declareAt?: string;
}
