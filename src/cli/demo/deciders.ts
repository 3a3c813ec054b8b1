import { randomUUID } from 'node:crypto';
import { confirm, isCancel } from '@clack/prompts';
import { Failure } from '../../workflows/failures.ts';
import type { GateView, RunView } from '../../workflows/messages.ts';
import { createApiClient } from '../api-client.ts';
import { CliError, Interrupted, RefusedError } from '../exit.ts';
import type { RunsClient } from '../runs-client.ts';
import type { Stack } from '../stack.ts';
import type { LiveView } from '../view/live.ts';
import { renderQuestion } from '../view/render-gate.ts';
import { wantsColor, widthOf } from '../view/words.ts';

export interface DeciderOptions {
  interactive: boolean;
  asked: AbortSignal;
  live: LiveView;
}

/** These say that the gate has moved on; the next view shows where it is. */
const overtaken: string[] = [Failure.StaleDigest, Failure.FactsChanged, Failure.AlreadyDecided, Failure.AlreadyApproved, Failure.NotNow];

/** Answers every gate of a run once for each set of facts: two practice colleagues, or the person at the terminal and one of them. */
export function decideWith(stack: Stack, options: DeciderOptions): (view: RunView) => Promise<void> {
  const answered = new Set<string>();
  return async (view) => {
    if (view.state === 'pausedByFailedStep') throw new CliError(`the run is stuck: ${view.status}`);
    for (const gate of view.gates.filter(({ state }) => state === 'open')) {
      const asked = `${gate.id} ${gate.digest}`;
      if (answered.has(asked)) continue;
      answered.add(asked);
      await (options.interactive ? decideTogether(stack, view, gate, options) : decideScripted(stack, view, gate));
    }
  };
}

/** incident-commander → the incident commander. */
const words = (duty: string): string => `the ${duty.replaceAll('-', ' ')}`;

async function decideScripted(stack: Stack, view: RunView, gate: GateView): Promise<void> {
  for (const colleague of ['ana', 'ben']) await decide(stack, colleague, view, gate, 'approve');
}

async function decideTogether(stack: Stack, view: RunView, gate: GateView, { asked, live }: DeciderOptions): Promise<void> {
  live.hide();
  process.stdout.write(
    `${renderQuestion(view, gate, { now: Date.now(), width: widthOf(process.stdout), color: wantsColor(process.stdout) })}\n`,
  );
  const answer = await confirm({
    message: `You are ${words(gate.of)}, and a colleague decides with you. Approve?`,
    active: 'approve',
    inactive: 'decline',
    signal: asked,
  });
  if (isCancel(answer)) throw new Interrupted('the demo was ended at the gate; nothing was decided');
  await decide(stack, 'you', view, gate, answer ? 'approve' : 'decline');
  if (answer) await decide(stack, 'ana', view, gate, 'approve');
}

const decide = (stack: Stack, who: string, view: RunView, gate: GateView, decision: 'approve' | 'decline'): Promise<void> =>
  decideAs(createApiClient({ url: stack.addresses.api, token: stack.tokens[who] }), view, gate, decision);

/** Decides a gate as it was shown; that it has moved on meanwhile is no failure. */
export async function decideAs(runs: RunsClient, { runId }: RunView, gate: GateView, decision: 'approve' | 'decline'): Promise<void> {
  try {
    await runs.command(runId, decision, { gate: gate.id, digest: gate.digest, comment: 'practice' }, randomUUID());
  } catch (error) {
    if (!(error instanceof RefusedError) || !overtaken.includes(error.code)) throw error;
  }
}
