export const verbs = ['approve', 'decline', 'pause', 'resume', 'retryStep', 'skipStep', 'undo', 'abort', 'note'] as const;
export type Verb = (typeof verbs)[number];

/** Kebab-case spelling used in URLs and on the command line. */
export const verbPaths = {
  approve: 'approve',
  decline: 'decline',
  pause: 'pause',
  resume: 'resume',
  'retry-step': 'retryStep',
  'skip-step': 'skipStep',
  undo: 'undo',
  abort: 'abort',
  note: 'note',
} as const satisfies Record<string, Verb>;

export type Channel = 'api' | 'cli' | 'temporal' | 'console' | 'slack' | 'pagerduty';

/** What makes a command more than a claim: a signature (Ed25519, base64) over all of it, where it goes, and when it was given. */
export interface Proof {
  /** Id of the key. */
  key: string;
  /** ISO. */
  at: string;
  signature: string;
}

/** What an environment makes of a command that nobody has signed: all of it counts, or what can be undone, or nothing. */
export type Unsigned = 'allow' | 'undoable' | 'refuse';
