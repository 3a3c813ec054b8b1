/** What one check saw of one resource. What cannot be read is `unknown`, and never ok. */
export interface Finding {
  /** Kebab-case name of the check, e.g. `replica-lag`. */
  check: string;
  resource: string;
  state: 'ok' | 'warning' | 'failed' | 'unknown';
  needed: string;
  have: string;
  /** How a run says it, where "needed, have" would not tell what to do. */
  says?: string;
}

type Seen = Omit<Finding, 'state' | 'check'>;

/** The findings of one check, by how they turned out. */
export const findingsOf = (check: string) => ({
  /** Ok when it holds, failed when not. */
  must: (holds: boolean, seen: Seen): Finding => ({ check, state: holds ? 'ok' : 'failed', ...seen }),
  should: (holds: boolean, seen: Seen): Finding => ({ check, state: holds ? 'ok' : 'warning', ...seen }),
  unknown: (seen: Seen): Finding => ({ check, state: 'unknown', ...seen }),
});

/** True for what a plan cannot work with, or nobody knows. */
export const isProblem = ({ state }: Pick<Finding, 'state'>): boolean => state === 'failed' || state === 'unknown';

/** A finding as a run tells it. */
export const sayFinding = ({ says, resource, needed, have }: Finding): string => says ?? `${resource}: needed ${needed}, have ${have}`;
