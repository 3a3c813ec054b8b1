import type { Way } from '../../../activities/service/index.ts';
import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { kubernetes, network, sessions } from '../../tools.ts';
import { see } from '../care/first-look.ts';

/** Reads every way to the service and from it to its database; answers, in words, what is in the way. */
export async function readWays(kit: Kit, plan: Scenario): Promise<string[]> {
  const { service, database, region, platform } = plan;
  const where = whereOf(plan);
  const onKubernetes = platform === 'kubernetes';
  const [ways, policies, behind, rules, way] = await kit.parallel(
    () => see(kit, `Go every way to ${service}`, () => network.readWays(where), sayWays),
    async () =>
      onKubernetes
        ? see(
            kit,
            'Read the network policies',
            () => kubernetes.networkPolicies(where),
            ({ denies }) => sayList(denies),
          )
        : null,
    async () => (onKubernetes ? readBehind(kit, plan) : null),
    async () =>
      platform === 'autoscaling'
        ? see(
            kit,
            'Read security groups and network ACLs',
            () => network.readNetworkRules(where),
            (found) => sayList(found.map(({ where: at, detail }) => `${at}: ${detail}`)),
          )
        : null,
    async () =>
      database === null
        ? null
        : see(
            kit,
            `Go the way to ${database}`,
            () => sessions.reachDatabase({ database, region }),
            ({ steps }) => sayList(steps.filter(({ verdict }) => verdict === 'bad').map(({ name, detail }) => `${name}: ${detail}`)),
          ),
  );
  const inTheWay = [
    ...(ways ?? []).filter(({ endsAt }) => endsAt === 'name').map(({ name, detail }) => `${name}: ${detail}`),
    ...(policies?.denies ?? []),
    ...(behind?.ready === 0 ? ['no ready pod stands behind the Service'] : []),
    ...(rules ?? []).map(({ where: at, detail }) => `${at}: ${detail}`),
  ];
  kit.keep('network', { ways, policies, behind, rules, database: way, inTheWay });
  return inTheWay;
}

/** Which pods get the requests of the service. */
export const readBehind = (kit: Kit, plan: Scenario) =>
  see(
    kit,
    'Read who stands behind the Service',
    () => kubernetes.readService(whereOf(plan)),
    ({ ready }) => `${ready} endpoints ready`,
  );

const sayList = (found: readonly string[]): string => (found.length === 0 ? 'nothing is in the way' : found.join('; '));
const sayWays = (ways: readonly Way[]): string =>
  sayList(ways.flatMap(({ name, endsAt, detail }) => (endsAt === null ? [] : [`${name} ends at the ${endsAt}: ${detail}`])));
