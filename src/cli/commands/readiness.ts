import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ReadinessView } from '../../workflows/readiness/view.ts';
import { connectReadiness } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print } from '../output.ts';
import type { ReadinessClient } from '../readiness-api-client.ts';
import { renderReadiness } from '../view/render-readiness.ts';
import { painter, wantsColor } from '../view/words.ts';
import { duration } from '../../words/durations.ts';

interface Options {
  plan?: string;
  now?: boolean;
}

const patienceMs = 120_000;
const askEveryMs = 250;

/** `muster readiness`: would the recovery plans work, and what is missing? */
export function registerReadiness(program: Command): void {
  program
    .command('readiness')
    .description('show how ready the recovery plans are; exits 1 when one is not')
    .option('-p, --plan <name>', 'only plans whose name holds this, with every check and what the score is made of')
    .option('--now', 'look at all of them now; nothing is changed')
    .addHelpText(
      'after',
      example('muster readiness', 'muster readiness --now --plan "fail-over-region shop"', 'muster readiness -o json | jq .plans'),
    )
    .action(async ({ plan, now }: Options, command: Command) => {
      const options = globals(command);
      const readiness = await connectReadiness(options);
      try {
        const view = only(now ? await lookNow(readiness) : await readiness.view(), plan);
        const paint = painter(wantsColor(process.stdout));
        print(options, view, () => renderReadiness(view, { paint, whole: plan !== undefined, now: Date.now() }));
        process.exitCode = exitCodeOf(view);
      } finally {
        await readiness.close();
      }
    });
}

/** Waits for a look that began after we asked. */
async function lookNow(readiness: ReadinessClient): Promise<ReadinessView> {
  const before = await readiness.view();
  // One that is under way may have begun before what we want to see.
  const wanted = before.evaluation + (before.looking && before.evaluation > 0 ? 2 : 1);
  await readiness.evaluate();
  for (const until = Date.now() + patienceMs; Date.now() < until; await delay(askEveryMs)) {
    const view = await readiness.view();
    if (view.evaluation >= wanted) return view;
  }
  throw new CliError(`no look was finished within ${duration(patienceMs)}; it is recorded, and a worker will take it`, exitCodes.waits);
}

function only(view: ReadinessView, name: string | undefined): ReadinessView {
  if (name === undefined) return view;
  const plans = view.plans.filter((plan) => plan.name.includes(name));
  if (plans.length > 0) return { ...view, plans };
  const known = view.plans.map((plan) => plan.name).join('; ') || 'none yet, look with --now';
  throw new CliError(`no plan is called ${name}; there are: ${known}`, exitCodes.usage);
}

function exitCodeOf({ evaluation, plans }: ReadinessView) {
  if (evaluation === 0) return exitCodes.waits;
  return plans.some(({ state }) => state === 'notReady') ? exitCodes.failed : exitCodes.ok;
}
