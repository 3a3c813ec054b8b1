import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { GateView, RunView } from '../../workflows/messages.ts';
import { askDecision } from '../ask.ts';
import { effectOf, saidOf } from '../after.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, print, withRuns } from '../output.ts';
import type { RunsClient } from '../runs-client.ts';
import { renderQuestion } from '../view/render-gate.ts';
import { wantsColor, widthOf } from '../view/words.ts';
import { whichRun } from '../which.ts';

interface DecideOptions {
  digest?: string;
  comment?: string;
  yes?: boolean;
}

type Decision = 'approve' | 'decline';

/** `muster approve` and `muster decline`: a decision at a gate, on the facts that were shown. */
export function registerDecide(program: Command): void {
  for (const decision of ['approve', 'decline'] as const) {
    program
      .command(`${decision} <run> [gate]`)
      .description(`${decision} at a gate; shows the facts and asks, unless you bring the digest of facts that you saw`)
      .option('--digest <digest>', 'of the facts that you saw, or its first 8 signs; refused when they have changed')
      .option('-c, --comment <text>', 'for the record')
      .option('-y, --yes', 'do not ask; what is shown is what you decide on')
      .addHelpText(
        'after',
        example(
          `muster ${decision} latest`,
          `muster ${decision} fail-over-region-1f3a`,
          `muster ${decision} RUN --yes --comment "seen from two places"`,
        ),
      )
      .action(async (said: string, gateId: string | undefined, options: DecideOptions, command: Command) =>
        withRuns(command, async (runs, { output }) => {
          const runId = await whichRun(runs, said);
          const { gate, answer } = await decide(runs, runId, gateId, decision, options);
          const effect = await effectOf(runs, runId, decision, answer);
          const { state, status } = effect.view ?? answer.answer ?? {};
          print({ output }, { runId, gate, applied: answer.applied, by: effect.me?.subject, state, status }, () =>
            saidOf(runId, decision, answer, effect),
          );
          if (!answer.applied) process.exitCode = exitCodes.waits;
        }),
      );
  }
}

async function decide(runs: RunsClient, runId: string, gateId: string | undefined, decision: Decision, options: DecideOptions) {
  const { digest, comment } = options;
  const said = comment === undefined ? {} : { comment };
  if (digest !== undefined && gateId !== undefined && wholeDigest.test(digest)) {
    return { gate: gateId, answer: await runs.command(runId, decision, { gate: gateId, digest, ...said }, randomUUID()) };
  }
  const view = await runs.view(runId);
  const gate = openGate(view, gateId);
  if (digest === undefined) await show(view, gate, decision, options);
  // The digest of what was shown, never a newer one: the run refuses when the facts have changed since.
  const seen = digest === undefined || isBeginningOf(digest, gate.digest) ? gate.digest : digest;
  const answer = await runs.command(runId, decision, { gate: gate.id, digest: seen, ...said }, randomUUID());
  return { gate: gate.id, answer };
}

const wholeDigest = /^[0-9a-f]{64}$/;
const isBeginningOf = (said: string, digest: string): boolean => said.length >= 8 && digest.startsWith(said.toLowerCase());

/** Shows what the decision is about; on standard error, so that the answer stays alone on standard output. */
async function show(view: RunView, gate: GateView, decision: Decision, { yes }: DecideOptions): Promise<void> {
  process.stderr.write(
    `${renderQuestion(view, gate, { now: Date.now(), width: widthOf(process.stderr), color: wantsColor(process.stderr) })}\n`,
  );
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(`without a terminal nobody can be asked: say --yes, or --digest with the digest that you saw`, exitCodes.usage);
  }
  if (!(await askDecision(`${decision === 'approve' ? 'Approve' : 'Decline'}: ${gate.question}`))) {
    throw new CliError('Nothing was decided.', exitCodes.waits);
  }
}

function openGate(view: RunView, gateId: string | undefined): GateView {
  const open = view.gates.filter(({ state }) => state === 'open');
  const named = gateId === undefined ? open : view.gates.filter(({ id }) => id === gateId);
  const [gate, ...others] = named;
  if (gate && others.length === 0) return gate;
  const known = open.map(({ id }) => id).join(', ') || 'none';
  throw new CliError(
    gate
      ? `${view.runId} asks at more than one gate; say which: ${known}`
      : `${view.runId} has no ${gateId ? `gate ${gateId}` : 'open gate'}; open: ${known}`,
    gate ? exitCodes.usage : exitCodes.refused,
  );
}
