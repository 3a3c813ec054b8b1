// The table of contents: one line a workflow.
export { failBackRegion } from './recovery/fail-back-region.ts';
export { failOverRegion } from './recovery/fail-over-region.ts';
export { fenceOnReturn } from './recovery/fence-on-return.ts';
export { leases } from './lifecycle/leases.ts';
