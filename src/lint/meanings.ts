import type { Call } from './page.ts';

/** What calls mean for the order of a recovery; by the activity's name, because that is what people read on the page. */
const changes = {
  /** Makes a copy the one that takes the writes. */
  promotes: /^promote/,
  /** The same, by a service that sees to it itself that only one takes writes. */
  movesWriter: /^(failOver|switchOver)/,
  /** Sends customers, or the service itself, somewhere else. */
  movesTraffic: /^pointDatabaseRecord$|Traffic|RoutingControl/,
  /** Nobody can write any more, and that is proven. */
  fences: /^(fence|stopWriters)/,
  /** Cannot be taken back. */
  cannotBeUndone: /^(promote|failOverGlobal|delete|remove|drop|terminate|truncate|purge)/,
  /** Takes away only what this run itself has made. */
  removesOwn: /^(removeInstance|dropRestored)$/,
  /** Adds something that nobody has to use, makes anew what can be derived, or is a write of our own: needs no way back. */
  addsOnly: /^(snapshot|copySnapshot|protect|install|rebuildIndexes|take|verify|warm|prove|capture|keep)/,
} as const;

/** Only looking at how much a copy lacks. */
const lag = /^(missingOrders|replicaLag|awaitCaughtUp|writesAfter|describeCluster)/;

/** True when the call is a change of that meaning. */
export function means({ kind, activity }: Call, meaning: keyof typeof changes): boolean {
  return kind === 'change' && changes[meaning].test(activity);
}

/** True when the call says how much a copy lacks. */
export const looksAtLag = ({ activity }: Call): boolean => lag.test(activity);

/** AWS services whose control plane stands in one region for the whole world, and what to use instead while people wait. */
export const globalControlPlanes: Readonly<Record<string, string>> = {
  route53: 'records that are changed need us-east-1; prefer health checks or routing controls that exist before the day',
  iam: 'roles and policies are made in us-east-1; make them before the day',
  organizations: 'accounts and policies are changed in us-east-1; prepare them before the day',
  cloudfront: 'distributions are changed in us-east-1; use origin failover that is set up before',
  globalaccelerator: 'accelerators are changed in us-west-2; use endpoint health checks that are set up before',
  'route53-recovery-control-config': 'routing controls are configured in us-west-2; only flip states, in the data plane',
};

/** What the region is called that a page leaves; it may not answer. */
export const leftRegion = /^(from|lost|lostRegion|oldRegion|impaired)$/;
/** A condition that says whether the region that is left can be reached, or that nothing is lost. */
export const guard = /reachable|planned|answers|unfenced|role\b|status\b/i;
