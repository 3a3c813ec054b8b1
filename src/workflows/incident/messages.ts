/** Where messages go. */
export const sinkNames = ['slack', 'pagerduty', 'statuspage', 'ticket', 'email'] as const;
export type SinkName = (typeof sinkNames)[number];

export type PublicStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved';
export type ComponentStatus = 'operational' | 'degraded_performance' | 'partial_outage' | 'major_outage';

/** What is asked of a sink. Text is whole: nobody adds to it but the mark of a late or repeated message. */
export type Post =
  /** `#incident-YYYY-MM-DD-HHMM`; the answer's `channel` is where `channel: 'incident'` goes. */
  | { sink: 'slack'; act: 'open-channel'; name: string; topic: string }
  /** `incident`: the incident's own channel once it is open, else the standing one; `internal`: the standing one; else a channel or member. */
  | { sink: 'slack'; act: 'post'; channel: string; text: string }
  /** `rung`: a page of its own, because a second trigger of the same alert rings nobody's phone. */
  | {
      sink: 'pagerduty';
      act: 'trigger' | 'acknowledge' | 'resolve';
      rung?: string;
      summary: string;
      severity: 'critical' | 'error' | 'warning' | 'info';
    }
  | {
      sink: 'statuspage';
      act: 'publish';
      status: PublicStatus;
      title: string;
      body: string;
      components: Record<string, ComponentStatus>;
    }
  | { sink: 'ticket'; act: 'open'; title: string; priority: string; components: string[]; text: string }
  | { sink: 'ticket'; act: 'comment' | 'close'; text: string }
  | { sink: 'email'; act: 'send'; to: string; subject: string; text: string };

/** A message of an incident, from the moment it is due until a sink has taken it. */
export interface OutgoingMessage {
  /** `m1`, `m2`, …: its place in the order of the incident; every receiver gets its messages in this order. */
  id: string;
  post: Post;
  /** Why it is sent, in a few words, e.g. `declared`, `update 3 to customers`. */
  about: string;
  dueAt: string;
  state: 'waiting' | 'sent' | 'givenUp';
  sentAt?: string;
  /** True when it left more than a minute after it was due; its text says so. */
  late?: boolean;
  tries: number;
  problem?: string;
  /** A try has ended so that it may have arrived. */
  unsure?: boolean;
}

/** What a sink is asked to do, once, for one message; given to the activity `deliver<Sink>`. */
export interface Delivery<P extends Post = Post> {
  incident: { number: string; title: string; startedAt: string; drill: boolean };
  /** The message's own id, which makes it known again. */
  id: string;
  post: P;
  /** What the incident's earlier posts answered. */
  links: Links;
  /** Set when it is late: when it was due. */
  dueAt?: string;
  /** Set once a try has failed with UnknownOutcome or ended without a word (a time limit): it may have arrived. */
  unsure?: boolean;
}

/** What sinks answered: where the incident is to be found. */
export interface Links {
  /** Slack's id and name of the incident's own channel. */
  channel?: { id: string; name: string };
  ticket?: { key: string; url: string };
  statuspage?: { id: string };
  /** Its dedup key, and why nobody was paged when nobody was. */
  pagerduty?: { key: string; notPaged?: string };
}
