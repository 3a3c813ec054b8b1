import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { kubernetes } from '../../tools.ts';
import type { WorkloadInstance } from '../../ports/workload-state.ts';
import { sayInstance, see, type FirstLook } from '../care/first-look.ts';
import { isShortOfMemory } from './remedies.ts';

/** What the last exit of the worst copy says. */
export interface Crash {
  /** `memory`: it was killed for it. `release`: its image or its configuration cannot be had. `itself`: the program ended. */
  by: 'memory' | 'release' | 'itself' | 'nothing';
  worst: WorkloadInstance | null;
  /** The other copies are well, so this one, or its machine, has the trouble. */
  alone: boolean;
}

const worstFirst = ['image', 'configuration', 'memory', 'crashing', 'not-ready', 'pending', 'stopped'] as const;

/** Reads the cause from the state of the copies. Source: pynomaly-kubernetes "Scenario 1", Diagnosis. */
export function crashOf({ state }: FirstLook): Crash {
  const troubled = (state?.instances ?? []).filter(({ trouble }) => trouble !== null);
  const [worst] = troubled.sort((a, b) => worstFirst.indexOf(a.trouble!) - worstFirst.indexOf(b.trouble!) || b.restarts - a.restarts);
  if (!worst) return { by: 'nothing', worst: null, alone: false };
  const alone = troubled.length === 1 && state!.ready > 0;
  if (isShortOfMemory(worst)) return { by: 'memory', worst, alone };
  return { by: worst.trouble === 'image' || worst.trouble === 'configuration' ? 'release' : 'itself', worst, alone };
}

/** The log of the life before: a restart or another pod would leave nothing of it. */
export async function keepLastWords(kit: Kit, plan: Scenario, { worst }: Crash): Promise<void> {
  if (!worst) return;
  const read = () => kubernetes.podLogs({ ...whereOf(plan), pod: worst.name, previous: true, lines: 200 });
  const words = await see(
    kit,
    `Keep the last words of ${worst.name}`,
    read,
    ({ lines }) => lines.at(-1)?.slice(0, 200) ?? 'it said nothing',
  );
  kit.keep('crash', { worst: sayInstance(worst), lastWords: words?.lines.slice(-20) ?? null });
}
