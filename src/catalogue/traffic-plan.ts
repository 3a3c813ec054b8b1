import type { Environment } from '../config/environment.ts';
import type { Dependency, RegionMove } from '../workflows/plans/plan.ts';
import { databaseOf, dnsOf } from './service-parts.ts';
import { InputProblem, mustFind, unknown } from './entry.ts';

interface Asked {
  service: string;
  from: string;
  to: string;
  planned: boolean;
  dns?: string | undefined;
}

type TrafficPart = Required<Pick<RegionMove, 'dns' | 'traffic' | 'trafficBy' | 'dnsTtlMs' | 'dependsOn'>> & Pick<RegionMove, 'switches'>;

/** The part of a region move that says how customers are moved, and what that hangs on. Throws InputProblem when the entry cannot do it. */
export function trafficPlan(environment: Environment, asked: Asked): TrafficPart {
  const dns = asked.dns ?? dnsOf(mustFind(environment.services, asked.service, '/service', 'service'));
  const { traffic, ttl } = mustFind(environment.dns, dns, '/dns', 'dns entry');
  if (traffic.by === 'arc-routing-control') mustHave(traffic.controls, asked);
  const { stages, stageFor, watchFor, abortAbove } = environment.failover;
  // Stages are for a region that still serves: a lost one is given nothing more, with the first change.
  const staged = traffic.by === 'route53-records' && asked.planned;
  return {
    ...{ dns, trafficBy: traffic.by, dnsTtlMs: ttl * 1_000, dependsOn: dependenciesOf(environment, asked, dns) },
    traffic: { stages: staged ? stages : [100], stageForMs: stageFor, watchForMs: watchFor, errorRate: abortAbove.errorRate },
    ...(traffic.by === 'route53-health-check' ? { switches: Object.keys(traffic.switches) } : {}),
  };
}

/** What else of a service moves with its region. */
export function backgroundPlan(service: Environment['services'][string], to: string): Pick<RegionMove, 'warmUp' | 'consumers'> {
  return { warmUp: service.regions[to]?.warmUp !== undefined, consumers: service.consumers !== undefined };
}

function mustHave(controls: Readonly<Record<string, string>>, { from, to }: Asked): void {
  const fields = [from, to].flatMap((region, index) =>
    Object.hasOwn(controls, region) ? [] : [unknown(index === 0 ? '/from' : '/to', 'region with a routing control', region, controls)],
  );
  if (fields.length > 0) throw new InputProblem(fields);
}

/** Everything in the way out that needs a control plane elsewhere in the world, or the region that is left. */
function dependenciesOf(environment: Environment, { service, from, to, planned }: Asked, dns: string): Dependency[] {
  const global = `Route 53's control plane in ${environment.aws?.global.region ?? 'a region that this environment does not name'}`;
  const { endpointRecord } = databaseOf(environment, environment.services[service]!);
  const record: Dependency = { what: 'pointing the service at its database', on: global, verdict: 'unknown' };
  const own: Dependency = { ...record, on: `nothing: each region has its own name for it`, verdict: 'good' };
  return [movingDependsOn(environment, { from, to, planned, dns, global }), endpointRecord ? record : own];
}

function movingDependsOn(
  environment: Environment,
  { from, to, planned, dns, global }: { from: string; to: string; planned: boolean; dns: string; global: string },
): Dependency {
  const what = 'moving the traffic';
  const { traffic } = environment.dns[dns]!;
  if (traffic.by === 'route53-records') {
    const better = Object.keys(environment.dns).filter((name) => environment.dns[name]!.traffic.by !== 'route53-records');
    const instead = better.length > 0 ? `; ${better.join(' and ')} would do without it` : '';
    return { what, on: `${global}${instead}`, verdict: better.length > 0 ? 'bad' : 'unknown' };
  }
  if (traffic.by === 'arc-routing-control')
    return { what, on: 'any of the five endpoints of the ARC cluster; all at once', verdict: 'good' };
  if (Object.hasOwn(traffic.switches, to)) return { what, on: `the switch in ${to}; all at once`, verdict: 'good' };
  // Without a switch of its own a region gets the traffic when those of the others are off, or gone with their region.
  const on = `the switch in ${from}, the region that is left; all at once`;
  return { what, on, verdict: planned ? 'good' : 'bad' };
}
