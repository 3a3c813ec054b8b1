/** How much is measured. */
export interface Sizes {
  /** Steps of one run, and pairs of runs. */
  steps: number;
  stepPairs: number;
  triggerPairs: number;
  approvalPairs: number;
  /** Rounds before each comparison that are not counted. */
  warmUp: number;
  /** Runs that wait at a gate while memory is read, rising. */
  waiting: readonly number[];
  /** Approvals (an even number) and lists timed while the most of them wait. */
  approvals: number;
  lists: number;
}

export const fullSizes: Sizes = {
  ...{ steps: 30, stepPairs: 15, triggerPairs: 60, approvalPairs: 60, warmUp: 5 },
  ...{ waiting: [1, 100, 1_000], approvals: 40, lists: 100 },
};

export const quickSizes: Sizes = {
  ...{ steps: 5, stepPairs: 3, triggerPairs: 4, approvalPairs: 3, warmUp: 1 },
  ...{ waiting: [1, 10], approvals: 4, lists: 10 },
};
