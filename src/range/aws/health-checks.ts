import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  ListHealthChecksCommand,
  type HealthCheck,
  type HealthCheckConfig,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { RegionName } from '../contract.ts';
import { unhealthyBecause } from '../net/http-call.ts';
import type { ArcCluster } from './arc.ts';
import type { Moto } from './moto.ts';
import { zone } from './seed.ts';

/** Names of the shop that follow health checks instead of weights. */
export const failoverNames = { switch: `switch.shop.${zone}`, arc: `arc.shop.${zone}` } as const;

/** What the health checkers of Route 53 see. */
export interface HealthChecks {
  healthy(id: string): boolean;
  close(): void;
}

// Route 53 asks every 10 or 30 s from many places; people who practise do not have that time.
const checkEveryMs = 250;
const agreement = 2;

/**
 * Makes the failover records with their health checks, as somebody would have done long before the incident, and starts the checkers.
 * East is the primary of both names. While the switch in west is on, east counts as unhealthy; of the other name the routing controls decide.
 */
export async function startHealthChecks(moto: Moto, zoneId: string, switchPort: number, arc: ArcCluster): Promise<HealthChecks> {
  const create = async (name: string, HealthCheckConfig: HealthCheckConfig): Promise<string> =>
    (await moto.route53.send(new CreateHealthCheckCommand({ CallerReference: name, HealthCheckConfig }))).HealthCheck!.Id!;
  const takenOver = await create('west takes over', {
    ...{ Type: 'HTTP', IPAddress: '127.0.0.1', Port: switchPort, ResourcePath: '/on', Inverted: true },
    ...{ RequestInterval: 10, FailureThreshold: 1 },
  });
  const controlOf = async (region: RegionName) =>
    create(`routing control ${region}`, { Type: 'RECOVERY_CONTROL', RoutingControlArn: arc.controls[region] });
  const [east, west] = await Promise.all([controlOf('east'), controlOf('west')]);
  // moto does not keep the ARN of a routing control.
  const controls = new Map([
    [east, arc.controls.east],
    [west, arc.controls.west],
  ]);
  const records = [
    record(failoverNames.switch, 'switch-east', 'PRIMARY', takenOver),
    record(failoverNames.switch, 'switch-west', 'SECONDARY'),
    record(failoverNames.arc, 'arc-east', 'PRIMARY', east),
    record(failoverNames.arc, 'arc-west', 'SECONDARY', west),
  ];
  const Changes = records.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
  await moto.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));

  const { HealthChecks: made = [] } = await moto.route53.send(new ListHealthChecksCommand({}));
  const watched = made.filter(({ HealthCheckConfig: config }) => config?.Type === 'HTTP').map(watch);
  return {
    healthy: (id) => {
      const control = controls.get(id);
      return control === undefined ? (watched.find((check) => check.id === id)?.healthy() ?? true) : arc.isOn(control);
    },
    close: () => watched.forEach((check) => check.stop()),
  };
}

function record(name: string, set: string, role: 'PRIMARY' | 'SECONDARY', check?: string): ResourceRecordSet {
  const region = set.split('-')[1]!;
  return {
    ...{ Name: name, Type: 'CNAME', TTL: 1, SetIdentifier: set, Failover: role },
    ...{ ResourceRecords: [{ Value: `${region}.lb.${zone}` }], ...(check === undefined ? {} : { HealthCheckId: check }) },
  };
}

/** Asks an address as its health check says, and changes its mind only when several answers in a row agree. */
function watch({ Id, HealthCheckConfig: config }: HealthCheck) {
  const url = `http://${config!.IPAddress}:${config!.Port}${config!.ResourcePath}`;
  const inverted = config!.Inverted === true;
  let healthy = true;
  let against = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const check = async (): Promise<void> => {
    const good = ((await unhealthyBecause(url, 1_000)) === undefined) !== inverted;
    against = good === healthy ? 0 : against + 1;
    if (against >= agreement) {
      healthy = good;
      against = 0;
    }
    if (!stopped) timer = setTimeout(() => void check(), checkEveryMs);
  };
  void check();
  return { id: Id!, healthy: () => healthy, stop: () => ((stopped = true), clearTimeout(timer)) };
}
