/** Every runbook of the catalogue, for what must know their names and no more. */
export const runbookNames = [
  ...(['fail-over-region', 'fail-back-region', 'fence-on-return', 'recover-everything'] as const),
  ...(['promote-read-replica', 'fail-over-database-cluster', 'recover-corrupted-database'] as const),
  ...(['restore-database-to-point-in-time', 'undo-database-restore', 'restore-from-snapshot', 'restore-from-backup'] as const),
  ...(['roll-back-deployment', 'mitigate'] as const),
  ...(['service-down', 'pods-crash-looping', 'database-unreachable', 'connection-pool-exhausted', 'memory-exhausted'] as const),
  ...(['disk-full', 'network-unreachable', 'application-crashed', 'application-wont-start', 'api-error-rate-high'] as const),
  ...(['performance-degraded', 'load-balancer-unhealthy', 'node-unhealthy', 'traffic-overload'] as const),
  ...(['model-inference-failing', 'data-pipeline-stalled', 'drill'] as const),
] as const;

export type RunbookName = (typeof runbookNames)[number];
