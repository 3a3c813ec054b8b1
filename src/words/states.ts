/** How good something is: it picks the colour, which never speaks alone. */
export type Tone = 'good' | 'bad' | 'asks' | 'works' | 'quiet';

/** A state as people see it: a sign and a word, the same everywhere. */
export interface Mark {
  icon: string;
  word: string;
  tone: Tone;
}

export const good = (word: string): Mark => ({ icon: '✔', word, tone: 'good' });
export const bad = (word: string): Mark => ({ icon: '✖', word, tone: 'bad' });
export const asks = (word: string): Mark => ({ icon: '?', word, tone: 'asks' });
export const works = (word: string): Mark => ({ icon: '▸', word, tone: 'works' });
export const quiet = (icon: string, word: string): Mark => ({ icon, word, tone: 'quiet' });

/** The word for a state that may be one of another version: then as it is called. */
export const wordOf = (marks: Readonly<Record<string, Mark>>, state: string): string => marks[state]?.word ?? state;

export const runMarks = {
  pending: works('waits for its leases'),
  inProgress: works('in progress'),
  pendingApproval: asks('waits for approval'),
  pausedByFailedStep: bad('paused by a failed step'),
  pausedByOperator: asks('paused by a person'),
  completed: good('completed'),
  completedWithExceptions: asks('completed, with exceptions'),
  timedOut: bad('timed out'),
  failed: bad('failed'),
  canceled: quiet('■', 'canceled'),
  compensating: works('is being undone'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('could not be undone'),
  handedOver: quiet('→', 'handed over to another run'),
  blockedByLease: bad('refused: another run holds the resource'),
};

/** What a run really does: in a dry run and on a tape nothing. */
export const modeWords = { live: 'live', simulate: 'DRY RUN', tape: 'TAPE' };

export const stepMarks = {
  running: works('running'),
  pendingApproval: asks('waits'),
  completed: good('done'),
  failed: bad('failed'),
  skipped: quiet('↷', 'skipped'),
  notMeasured: asks('not measured'),
  canceled: quiet('■', 'canceled'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('undo failed'),
  simulated: quiet('~', 'predicted'),
  notTried: quiet('–', 'not tried'),
};

export const gateMarks = {
  open: asks('waits'),
  approved: good('approved'),
  declined: bad('declined'),
  expired: bad('expired'),
  canceled: quiet('■', 'canceled'),
  simulated: quiet('~', 'predicted'),
};

export const incidentMarks = {
  proposed: asks('proposed'),
  declared: bad('declared'),
  acknowledged: works('acknowledged'),
  mitigated: works('mitigated'),
  verifying: works('verifying'),
  stabilizing: works('stabilizing'),
  resolved: good('resolved'),
  closed: good('closed'),
  dismissed: quiet('■', 'dismissed'),
};

export const verdictMarks = {
  good: good('good'),
  bad: bad('bad'),
  unknown: asks('not known'),
  notTried: quiet('–', 'not tried'),
  none: quiet('·', ''),
};

export const messageMarks = {
  sending: works('is sent'),
  sent: good('sent'),
  notSent: bad('not sent'),
  simulated: quiet('~', 'predicted'),
};

/** Whether a recovery plan would work. */
export const planMarks = {
  ready: good('ready'),
  warnings: asks('ready, with warnings'),
  notReady: bad('NOT READY'),
  notNow: quiet('·', 'not now'),
};
export const findingMarks = {
  ok: good('ok'),
  warning: asks('warning'),
  failed: bad('failed'),
  unknown: bad('unknown'),
};
