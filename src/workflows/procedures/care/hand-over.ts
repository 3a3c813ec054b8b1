import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import type { Scenario } from '../../plans/scenario-plan.ts';
import { answerTo } from './offer.ts';
import type { FirstLook } from './first-look.ts';

const cannotBeUndone = 'this run ends, and the other one asks again before it changes anything';

/** Nothing here helped: a recovery takes over with the leases, when people want that; else the run waits for a person. */
export async function handOverOrAsk(kit: Kit, plan: Scenario, seen: FirstLook): Promise<void> {
  kit.phase('Hand over');
  for (const successor of plan.successors) {
    const { title, when } = successor;
    const offered = { kind: 'roll-back', question: `Hand over to "${title}"?`, because: when, cannotBeUndone } as const;
    // Nobody approves it in a dry run, which goes on: the other runbook has a dry run of its own.
    if ((await answerTo(kit, plan, seen, offered)) === 'approved') await kit.handOver(`Hand over to "${title}"`, successor);
  }
  const inVain = async () => {
    throw ApplicationFailure.nonRetryable(
      `nothing that this runbook knows has helped: start another one, or mend it by hand and skip this step`,
      Failure.DoesNotHold,
    );
  };
  await kit.check(`Find out what else ${plan.service} needs`, () => proving(inVain));
}
