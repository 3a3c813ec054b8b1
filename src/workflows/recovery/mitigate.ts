import { runbook, type RunResult } from '../kit/runbook.ts';
import { duration } from '../../words/durations.ts';
import { recordOf, sayMitigation, stillNeeded, type Mitigate } from '../procedures/service/mitigation.ts';
import { mitigations } from '../tools.ts';

/**
 * Relieves a service for a while: a measure with an owner, a reason and an end. It is proven where customers are, not where it is set, and it
 * goes by itself: silence takes it back. Source: pynomaly-kubernetes runbook, "Traffic Management" and "System Recovery".
 */
export async function mitigate(plan: Mitigate): Promise<RunResult> {
  const { service, kind, value, forMs, owner, began } = plan;
  const what = sayMitigation(plan);
  const asked = { service, kind, ...(value === undefined ? {} : { value }) };

  return runbook(plan, { title: `Put ${service} on ${what}`, leases: [`mitigation/${service}/${kind}`] }, async (kit) => {
    const { phase, step, check, measure, ask, rest, handOver } = kit;
    const record = recordOf(kit, plan);

    phase('Apply');
    const before = await measure(
      `Remember ${service} as it is`,
      () => mitigations.readMitigation(asked),
      ({ detail }) => detail,
    );
    const former = began?.former ?? before.former;
    const revert = async () => {
      await mitigations.revertMitigation({ ...asked, former });
      record({ inForce: false, asksAt: null });
    };
    await step(
      `Put ${service} on ${what}`,
      async () => {
        record({ inForce: true, since: began?.at ?? new Date().toISOString() });
        await mitigations.applyMitigation({ ...asked, former });
      },
      { undo: revert },
    );
    await check('See it as customers do', () => mitigations.seeMitigation({ ...asked, former, on: true }));

    phase('In force');
    for (let question = 1; ; question += 1) {
      record({ asksAt: new Date(Date.now() + forMs).toISOString() });
      await rest(`Leave it for ${duration(forMs)}`, forMs);
      const { kept, since } = record({ asksAt: null });
      const answer = await ask(`Is ${what} on ${service} still needed? ${owner} answers for it`, stillNeeded(plan, record({}), former));
      if (answer !== 'approved') break;
      record({ kept: kept + 1 });
      if (question === plan.questionsARun) {
        const on = { ...plan, began: { at: since, kept: kept + 1, former } };
        await handOver('Go on in a new run', { workflow: 'mitigate', title: `Put ${service} on ${what}`, plan: on });
      }
    }

    phase('Take it back');
    await step(`Take ${what} off ${service}`, revert);
    await check('See that it is gone, as customers do', () => mitigations.seeMitigation({ ...asked, former, on: false }));
  });
}
