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

export type Channel = 'api' | 'cli' | 'temporal' | 'console';
