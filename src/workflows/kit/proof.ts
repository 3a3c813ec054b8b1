import { CancellationScope } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { CommandOf, Verb } from '../messages.ts';
import { trust } from '../tools.ts';
import { refuse } from './operator.ts';
import type { Run } from './run.ts';

/** The command with the channel that it surely came by: what is not signed by our keys says only that it came through Temporal. */
export async function proven<V extends Verb>(run: Run, verb: V, { proof, ...command }: CommandOf[V]): Promise<CommandOf[V]> {
  const said = { environment: run.request.environment, to: run.view.runId, what: verb, command };
  const holds =
    proof !== undefined &&
    // Nobody but the player answers on a tape, and it knows no keys.
    run.request.mode !== 'tape' &&
    // Also while the run is being cancelled. A worker that cannot tell has proven nothing.
    (await CancellationScope.nonCancellable(() => trust.proveDecision({ said, proof })).catch(() => false));
  return { ...command, channel: holds ? (command.channel ?? 'temporal') : 'temporal' } as unknown as CommandOf[V];
}

/** Refuses a command that nobody has proven where the environment wants it proven; `signed` by a key that does not count here. */
export function mustCount<V extends Verb>(run: Run, verb: V, command: CommandOf[V], signed: boolean): void {
  if (run.unsigned === 'allow') return;
  const { environment } = run.request;
  const how = signed
    ? 'the worker knows no key that has signed this, within a day: see `decisions` in the environment file'
    : 'decide by the API, the console, or `muster` with your own token';
  if (run.unsigned === 'refuse') refuse(Failure.NotSigned, `${environment} takes nothing that is not signed: ${how}`);
  const gate = 'gate' in command ? run.gates.get(command.gate) : undefined;
  const final = verb === 'skipStep' || (verb === 'approve' && gate?.view.cannotBeUndone !== undefined);
  if (final) refuse(Failure.NotSigned, `what cannot be undone is decided in ${environment} by a signed word only: ${how}`);
}
