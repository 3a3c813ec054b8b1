import { drills } from '../tools.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { proving } from '../kit/scope.ts';
import type { Drill } from '../plans/drill-plan.ts';
import { attest } from '../procedures/drill/attest.ts';
import { enterInBook, closeInBook } from '../procedures/drill/book.ts';
import { beginGate, sayCriteria } from '../procedures/drill/begin.ts';
import { againBy, criteriaOf, keepFigures, type Measures, sayMissed, scoreOf } from '../procedures/drill/criteria.ts';
import { cleanUp, lookAround, putBack } from '../procedures/drill/residue.ts';
import { goThrough, reverse } from '../procedures/drill/stages.ts';
import { validate } from '../procedures/evidence/validate.ts';

/**
 * An exercise: what must be met is fixed, something is broken on purpose, the real runbook mends it, everything is brought back, and it has
 * passed only when nothing is left behind and people attest it. Source: ml-platform runbook, "Monthly Drills"; all five, "Training and Drills".
 */
export async function drill(plan: Drill): Promise<RunResult> {
  const { name, title, practice } = plan;

  return runbook(plan, { title, leases: ['drill'], ...(practice ? { patienceMs: practice.patienceMs } : {}) }, async (kit) => {
    const { phase, step, gate, rest, keep } = kit;

    phase('Prepare');
    keep('criteria', sayCriteria(plan));
    await enterInBook(kit, plan);
    const before = practice ? await lookAround(kit) : {};

    phase('Begin');
    if (practice) await gate(`Begin the exercise "${title}"?`, beginGate(plan, practice));
    for (const fault of practice?.faults ?? [])
      await step(`Break it: ${fault}`, () => drills.beginFault({ drill: name, fault }), {
        undo: () => drills.endFault({ drill: name, fault }),
      });

    if (practice && practice.noticedAfterMs > 0) await rest('Leave it until people would notice', practice.noticedAfterMs);

    phase('Recover');
    const recovery = practice ? await goThrough(kit, practice, practice.recovery) : undefined;

    phase('Validate');
    if (practice?.checklist && recovery) await validate(kit, practice.checklist);

    phase('Bring back');
    for (const fault of practice?.faults ?? []) await step(`End it: ${fault}`, () => drills.endFault({ drill: name, fault }));
    const back = practice && recovery ? await reverse(kit, practice) : [];
    if (practice) await putBack(kit, plan, before);

    phase('Clean up');
    const residue = practice ? await cleanUp(kit, plan, before) : [];

    phase('Attest');
    const measured = await proving(async (): Promise<Measures> => recovery?.measures ?? {});
    const criteria = criteriaOf({ plan, recovery, back, residue, measured });
    const attested = await attest(kit, plan, criteria);
    const score = scoreOf([...criteria, attested]);
    keep('drill', { name, ...score });
    keepFigures(kit, plan, recovery);
    await closeInBook(kit, plan, score, recovery);
    if (!score.passed) kit.fail(`${sayMissed(score)}; practise it again by ${againBy()}`);
  });
}
