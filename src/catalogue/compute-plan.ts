import type { Environment } from '../config/schema.ts';
import type { RegionMove } from '../workflows/plans/plan.ts';

/** What runs a service in the region that it goes to; nothing for Auto Scaling groups, so that plans stay what they were. */
export function computePlan({ regions, delivery }: Environment['services'][string], to: string): Pick<RegionMove, 'compute'> {
  const kubernetes = regions[to]?.kubernetes;
  if (!kubernetes) return {};
  return { compute: { platform: 'kubernetes', manifests: kubernetes.manifests !== undefined, delivery: delivery !== undefined } };
}
