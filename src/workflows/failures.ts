/** Names of every failure that crosses a border (activity → workflow → API): one place, so that tables and texts agree. */
export const Failure = {
  /** The input or the environment is wrong; nothing was done. */
  InvalidInput: 'InvalidInput',
  /** It is not so yet (still creating, still PENDING); looking again later is right. */
  NotYet: 'NotYet',
  /** A passing fault (throttled, reset before the request left, 5xx on a read); trying again is right. */
  Transient: 'Transient',
  /** It cannot work as asked (no such resource, no permission, wrong state); a person must change something. */
  Permanent: 'Permanent',
  /** It cannot be told whether the change happened; never retried blindly. */
  UnknownOutcome: 'UnknownOutcome',
  /** A safety rule refuses the change, e.g. a record set left without a healthy answer. */
  RefusedBySafetyRule: 'RefusedBySafetyRule',
  /** A watch saw readings that do not hold. */
  DoesNotHold: 'DoesNotHold',
  /** A watch missed readings, so it can neither hold nor fail. */
  Inconclusive: 'Inconclusive',
  /** Another run holds a resource that this one would change. */
  ResourceBusy: 'ResourceBusy',
  /** A change in the opposite direction ended too short a time ago. */
  CoolingDown: 'CoolingDown',
  /** No gate, step or run of that name, or not now. */
  UnknownGate: 'UnknownGate',
  UnknownStep: 'UnknownStep',
  AlreadyDecided: 'AlreadyDecided',
  /** The same person decided twice. */
  AlreadyApproved: 'AlreadyApproved',
  NotEntitled: 'NotEntitled',
  OwnRequest: 'OwnRequest',
  /** Nobody whom we know has signed it, and the environment wants that. */
  NotSigned: 'NotSigned',
  /** The digest is not that of the facts now shown. */
  StaleDigest: 'StaleDigest',
  /** The facts were read again at the approval and no longer hold; the gate is open again with the new ones. */
  FactsChanged: 'FactsChanged',
  /** The verb does not fit the run's state (resume of a run that is not paused, undo after the point of no return …). */
  NotNow: 'NotNow',
} as const;

/** Nobody said no: whoever was asked cannot be reached, or not now. */
export const isOutOfReach = ({ name }: { name: string }): boolean => name === Failure.Transient || name === Failure.UnknownOutcome;

export type FailureName = (typeof Failure)[keyof typeof Failure];
