import type { Targets } from '../../../activities/aws/index.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { ec2, loadBalancer } from '../../tools.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';

/** Who is on the list of the load balancer, with its reason; and what EC2 says of the instances. */
export async function readTargets(kit: Kit, plan: Scenario): Promise<Targets | null> {
  const where = whereOf(plan);
  const [targets, instances] = await kit.parallel(
    () => see(kit, 'Read the targets of the load balancer', () => loadBalancer.readTargets(where), sayTargets),
    () =>
      see(
        kit,
        'Read what EC2 says of the instances',
        () => ec2.instanceStatus(where),
        ({ ok, total }) => `${ok} of ${total} pass their checks`,
      ),
  );
  kit.keep('targets', { targets, instances });
  return targets;
}

/** Brings instances that are well and were lost from the list back onto it. Source: pynomaly-aws "Manually register healthy targets". */
export async function registerLost(kit: Kit, plan: Scenario, seen: FirstLook, targets: Targets | null): Promise<boolean> {
  const instances = targets?.lost ?? [];
  if (instances.length === 0) return false;
  const asked = { ...whereOf(plan), instances };
  const names = instances.join(', ');
  kit.phase('Register');
  return offer(kit, plan, seen, {
    kind: 'register',
    question: `Bring ${names} back onto the list of the load balancer?`,
    because: 'Auto Scaling calls them healthy, and the load balancer does not know them',
    facts: async () => {
      const { lost } = await loadBalancer.readTargets(whereOf(plan));
      return [
        fact.count('missing', 'instances that are missing on the list', lost.length, 'ELB and Auto Scaling', {
          verdict: lost.length > 0 ? 'bad' : 'good',
        }),
      ];
    },
    apply: () =>
      kit.step(`Register ${names}`, () => loadBalancer.registerTargets(asked), { undo: () => loadBalancer.deregisterTargets(asked) }),
  });
}

const sayTargets = ({ targets, lost }: Targets): string => {
  const well = targets.filter(({ state }) => state === 'healthy').length;
  const [bad] = targets.filter(({ state }) => state !== 'healthy');
  return [
    `${well} of ${targets.length} healthy`,
    ...(bad ? [`${bad.id} is ${bad.state}${bad.reason ? `: ${bad.reason}` : ''}`] : []),
    ...(lost.length > 0 ? [`missing on the list: ${lost.join(', ')}`] : []),
  ].join('; ');
};
