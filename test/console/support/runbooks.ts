// What is listed as a run must be of a runbook that there is: here each is a small one of the kit's tests.
export { gated as failOverRegion, leases } from '../../kit/runbooks.ts';
