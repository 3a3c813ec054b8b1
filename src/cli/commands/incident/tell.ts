import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { IncidentCommandName, IncidentCommands } from '../../../workflows/incident/commands.ts';
import type { Said } from '../../../workflows/incident/view.ts';
import { CliError, exitCodes } from '../../exit.ts';
import type { Answered } from '../../incidents-client.ts';
import { print, withIncidents } from '../../output.ts';

/** The number as the API knows it. Throws when it is none. */
export function readNumber(text: string): string {
  const number = text.toUpperCase();
  if (/^INC-\d{4}-\d{2}-\d{2}-\d{3,6}$/.test(number)) return number;
  throw new CliError(`${text} is no number of an incident; it looks like INC-2026-03-14-001`, exitCodes.usage);
}

/** Asks one thing of an incident, and prints how it stands then. */
export async function tell<Name extends IncidentCommandName>(
  command: Command,
  incident: string,
  name: Name,
  said: IncidentCommands[Name],
): Promise<void> {
  const number = readNumber(incident);
  await withIncidents(command, async (incidents, { output }) => {
    printAnswer(output, number, await incidents.ask(number, name, said, randomUUID()));
  });
}

/** Prints what an incident answered; exit code 4 while it is only recorded. */
export function printAnswer(output: 'table' | 'json', number: string, { applied, answer }: Answered): void {
  const words = answer ? `${number} is ${answer.state}: ${answer.status}` : 'Recorded, not yet applied: no worker has answered.';
  print({ output }, { number, applied, ...answer }, () => words);
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
