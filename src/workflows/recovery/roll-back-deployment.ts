import { approvalOf } from '../facts/rollback-facts.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { proving } from '../kit/scope.ts';
import { causeOf, leasesOf, onsetOf, sayRelease, targetOf, type RollBack } from '../plans/rollback-plan.ts';
import { holdDelivery, keepTheWayForward } from '../procedures/service/hold-delivery.ts';
import { proveService } from '../procedures/service/prove.ts';
import { releases } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';
import { duration } from '../../words/durations.ts';

/**
 * A release is bad: hold the deliveries, go back to a pinned one, prove it by digest on every instance, and watch what people see.
 * Source: ml-platform "Rollback Procedures"; observer-coordinator "Rollback if Recent Deployment"; pynomaly-kubernetes "If Application Issue";
 * iot-anomaly "System Completely Down"; pynomaly-aws "Quick Health Assessment". They toggle or rebuild; see docs/where-we-differ.md.
 */
export async function rollBackDeployment(plan: RollBack): Promise<RunResult> {
  const { service, region, bakeMs } = plan;
  const where = { service, region };
  const load = workloadOf(plan.platform);
  const title = `Roll ${service} in ${region} back`;

  return runbook(plan, { title, leases: leasesOf(plan) }, async (kit) => {
    const { phase, step, check, measure, learn, gate, watch, keep } = kit;

    phase('Look');
    const before = await measure(
      `Record what runs in ${region} before anything is restarted`,
      () => load.describe(where),
      ({ wanted, instances }) => `${sayRelease(wanted)} on ${instances.length} instances`,
    );
    const bad = before.wanted;
    keep('before', before);
    const target = await measure('Choose the release to go back to', async () => targetOf(before, plan.to), sayRelease);
    const onset = await learn(
      'Find when the trouble began',
      () => onsetOf(plan),
      (seen) => seen.at ?? 'nobody can tell',
    );
    const cause = await measure(
      `Compare it with the rollouts of ${bad.image}`,
      async () => causeOf(plan, before, onset?.at ?? null),
      ({ why }) => why,
    );
    keep('cause', cause);

    phase('Decide');
    await gate(`Roll ${service} in ${region} back from ${bad.image} to ${target.image}?`, approvalOf(plan, target, cause));

    phase('Hold deliveries');
    await holdDelivery(kit, plan);
    const { stopRollout } = load;
    if (stopRollout) await step('Stop a rollout that is under way', () => stopRollout(where));

    phase('Roll back');
    await step(`Roll ${region} back to ${sayRelease(target)}`, () => load.deploy({ ...where, ...target }), {
      undo: () => load.deploy({ ...where, ...bad }),
    });
    await check(`Check that every instance runs ${target.image}, by digest`, () => load.proveRelease({ ...where, ...target }));

    phase('Verify');
    await proveService(kit, plan, { region });
    await check(`Wait until everybody sees ${region} well`, () => releases.awaitWell(where));
    await watch(`Watch ${region} for ${duration(bakeMs)} from every vantage point`, {
      read: () => proving(() => releases.observeVantage({ ...where, forMs: bakeMs, everyMs: 500 })),
      holds: (seen) => seen.bad === 0,
    });
    await check(`Check that nobody has brought ${bad.image} back`, () => load.proveRelease({ ...where, ...target }));

    phase('Way forward');
    await keepTheWayForward(kit, plan, bad);
  });
}
