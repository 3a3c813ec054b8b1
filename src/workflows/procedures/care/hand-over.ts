import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Scenario } from '../../plans/scenario-plan.ts';
import { approved } from './offer.ts';
import type { FirstLook } from './first-look.ts';

const cannotBeUndone = 'this run ends, and the other one asks again before it changes anything';

/** Nothing here helped: a recovery takes over with the leases, when people want that; else the run waits for a person. */
export async function handOverOrAsk(kit: Kit, plan: Scenario, seen: FirstLook): Promise<void> {
  kit.phase('Hand over');
  // A dry run ends here: the other runbook has a dry run of its own.
  for (const successor of plan.run.mode === 'simulate' ? [] : plan.successors) {
    const { title, when } = successor;
    const offered = { kind: 'roll-back', question: `Hand over to "${title}"?`, because: when, cannotBeUndone } as const;
    if (await approved(kit, plan, seen, offered)) await kit.handOver(`Hand over to "${title}"`, successor);
  }
  await kit.check(`Find out what else ${plan.service} needs`, async () => {
    if (plan.run.mode === 'simulate') return 'people would be asked';
    throw ApplicationFailure.nonRetryable(
      `nothing that this runbook knows has helped: start another one, or mend it by hand and skip this step`,
      Failure.DoesNotHold,
    );
  });
}
