import type { Command } from 'commander';
import { example, print, withRuns } from '../output.ts';
import { renderRun } from '../view/render-run.ts';
import { wantsColor, widthOf } from '../view/words.ts';
import { whichRun } from '../which.ts';

/** `muster show`: one run as it stands now. */
export function registerShow(program: Command): void {
  program
    .command('show <run>')
    .description('show one run: its steps, its gates with their facts, and what can be done')
    .addHelpText('after', example('muster show latest', 'muster show fail-over-region-1f3a'))
    .action(async (runId: string, _options: object, command: Command) =>
      withRuns(command, async (runs, { output }) => {
        const view = await runs.view(await whichRun(runs, runId));
        const { stdout } = process;
        print({ output }, view, () => renderRun(view, { now: Date.now(), width: widthOf(stdout), color: wantsColor(stdout) }));
      }),
    );
}
