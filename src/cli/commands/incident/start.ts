import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Mode } from '../../../workflows/messages.ts';
import type { IncidentView } from '../../../workflows/incident/view.ts';
import { CliError, exitCodes } from '../../exit.ts';
import { followRun } from '../../follow.ts';
import { globals, print, withIncidents, withRuns } from '../../output.ts';
import { readPairs, readPlan, sayStarted, startOptions } from '../start.ts';
import { verb } from './signals.ts';
import { whichIncident } from '../../which.ts';

interface StartOptions {
  input: string[];
  file?: string;
  mode: Mode;
  reason?: string;
  key?: string;
  follow?: boolean;
  exitWhenWaiting?: boolean;
}

/** `muster incident start`: a run that belongs to the incident. */
export function registerStart(incident: Command): void {
  const start = verb(
    incident,
    'start <incident> [runbook]',
    'start a run for it; without a runbook the one that its alerts suggest',
    ...['start INC --mode simulate', 'start INC fail-over-region --input service=shop from=east to=west --follow'],
  );
  startOptions(start)
    .option('-r, --reason <text>', 'why, for the record; the title of the incident unless said')
    .action((number: string, runbook: string | undefined, options: StartOptions, command: Command) =>
      startRun(number, runbook, options, command),
    );
}

async function startRun(said: string, runbook: string | undefined, options: StartOptions, command: Command): Promise<void> {
  const { mode, key = randomUUID(), file, exitWhenWaiting } = options;
  const follow = options.follow ?? exitWhenWaiting;
  const input = { ...(file === undefined ? {} : readPlan(file)), ...readPairs(options.input) };
  const { output } = globals(command);
  const started = await withIncidents(command, async (incidents) => {
    const number = await whichIncident(incidents, said);
    // A runbook and a reason that are said need no look: a run is never held up by an incident that cannot be seen.
    const view = runbook === undefined || options.reason === undefined ? await incidents.view(number) : undefined;
    const suggested = runbook === undefined ? suggestionOf(view!) : { runbook, input: {} };
    const reason = options.reason ?? view!.title;
    return incidents.start(number, { ...suggested, input: { ...suggested.input, ...input }, mode, reason }, key);
  });
  if (!follow || output === 'table') print({ output }, started, () => sayStarted(started, follow ? undefined : mode));
  if (follow) process.exitCode = await withRuns(command, (runs) => followRun(runs, started.runId, { output, exitWhenWaiting }));
  else if (!started.applied) process.exitCode = exitCodes.waits;
}

function suggestionOf({ number, suggestions }: IncidentView): { runbook: string; input: Record<string, unknown> } {
  const [first, ...others] = suggestions;
  if (first && others.length === 0) return { runbook: first.runbook, input: first.input };
  const known = suggestions.map(({ runbook }) => runbook).join(', ');
  throw new CliError(
    first
      ? `${number} has more than one suggestion; say which: ${known}`
      : `no alert of ${number} suggests a runbook; say which (muster runbooks)`,
    exitCodes.usage,
  );
}
