import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { IncidentCommandName, IncidentCommands } from '../../../workflows/incident/commands.ts';
import type { Said } from '../../../workflows/incident/view.ts';
import { incidentMarks, wordOf } from '../../../words/states.ts';
import { safeLine } from '../../../words/safe.ts';
import { exitCodes } from '../../exit.ts';
import type { Answered } from '../../incidents-client.ts';
import { print, withIncidents } from '../../output.ts';
import { whichIncident } from '../../which.ts';
import { nameOfMe, type Me } from '../../who.ts';

/** Asks one thing of an incident, and prints how it stands then. */
export async function tell<Name extends IncidentCommandName>(
  command: Command,
  incident: string,
  name: Name,
  said: IncidentCommands[Name],
): Promise<void> {
  await withIncidents(command, async (incidents, { output }) => {
    const number = await whichIncident(incidents, incident);
    const answered = await incidents.ask(number, name, said, randomUUID());
    printAnswer(output, number, answered, await incidents.me().catch(() => undefined));
  });
}

/** Prints what an incident answered; exit code 4 while it is only recorded. */
export function printAnswer(output: 'table' | 'json', number: string, { applied, answer }: Answered, me: Me | undefined): void {
  const who = me === undefined ? '' : ` (told as ${nameOfMe(me)})`;
  const words = answer
    ? `${number} is ${wordOf(incidentMarks, answer.state)}: ${safeLine(answer.status)}${who}`
    : 'Recorded, not yet applied: no worker has answered.';
  print({ output }, { number, applied, by: me?.subject, ...answer }, () => words);
  if (!applied) process.exitCode = exitCodes.waits;
}

const saidOptions: Record<keyof Said, [flag: string, description: string]> = {
  impact: ['--impact <text>', 'what customers notice'],
  progress: ['--progress <text>', 'what has been done'],
  nextSteps: ['--next-steps <text>', 'what is done next'],
  eta: ['--eta <text>', 'when it is expected to be over'],
  cause: ['--cause <text>', 'what it comes from'],
  resolution: ['--resolution <text>', 'what ended it'],
  lessons: ['--lessons <text>', 'what was learned'],
  users: ['--users <text>', 'how many people it hurts'],
  data: ['--data <text>', 'what became of data'],
};

/** Options for everything that messages and the report can say. */
export function withSaid(command: Command): Command {
  for (const [flag, description] of Object.values(saidOptions)) command.option(flag, description);
  return command;
}

/** What of it was said. */
export function saidIn(options: Partial<Record<keyof Said, string>>): Partial<Said> {
  return Object.fromEntries((Object.keys(saidOptions) as (keyof Said)[]).flatMap((name) => (options[name] ? [[name, options[name]]] : [])));
}
