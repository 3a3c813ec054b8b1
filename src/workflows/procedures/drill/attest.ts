import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Criterion, Drill } from '../../plans/drill-plan.ts';
import { gateOf } from '../approval.ts';

/** Somebody who was there says, with notes, whether the exercise was a success; silence is not one. */
export async function attest({ ask }: Kit, plan: Drill, criteria: readonly Criterion[]): Promise<Criterion> {
  const facts = () =>
    Promise.resolve(
      criteria.map(({ name, needed, have, met }) =>
        fact.words(name, `${name} (needed ${needed})`, have, 'the exercise', {
          verdict: met === true ? 'good' : met === false ? 'bad' : 'unknown',
          informational: true,
        }),
      ),
    );
  const answer = await ask(
    `Was the exercise "${plan.title}" a success? Say in a note what you saw`,
    gateOf(plan.approval, facts, { quorum: 1, noted: true }),
  );
  const words = { approved: 'success', declined: 'no success', simulated: 'a dry run' } as Record<string, string>;
  return {
    name: 'people attest it',
    needed: 'success',
    have: words[answer] ?? 'nobody did',
    met: answer === 'approved' || answer === 'simulated',
  };
}
