/** A runbook with everything that its plan holds but the request, which the parent gives. */
export interface ChildRun {
  /** The workflow's type, e.g. `failOverRegion`. */
  workflow: string;
  title: string;
  plan: object;
  /** Digest of the runbook's code at the start, where it is known: who asks when it was last tried compares it. */
  code?: string;
  /** It takes its own leases, beside those of this run. */
  ownLeases?: true;
  /** What it changes beyond what this run holds. */
  leases?: string[];
}
