import type { Command } from 'commander';
import { connectIncidents, connectRuns, type GlobalOptions } from './connect.ts';
import type { IncidentsClient } from './incidents-client.ts';
import type { RunsClient } from './runs-client.ts';
import { oneLine } from './view/words.ts';

/** The options that every command has. */
export function globals(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** Opens the way to runs for one command, and closes it afterwards. */
export async function withRuns<T>(command: Command, use: (runs: RunsClient, options: GlobalOptions) => Promise<T>): Promise<T> {
  const options = globals(command);
  const runs = await connectRuns(options);
  try {
    return await use(runs, options);
  } finally {
    await runs.close();
  }
}

/** Opens the way to incidents for one command, and closes it afterwards. */
export async function withIncidents<T>(
  command: Command,
  use: (incidents: IncidentsClient, options: GlobalOptions) => Promise<T>,
): Promise<T> {
  const options = globals(command);
  const incidents = await connectIncidents(options);
  try {
    return await use(incidents, options);
  } finally {
    await incidents.close();
  }
}

/** Prints a value as JSON when that was asked for, else its text for people. */
export function print({ output }: Pick<GlobalOptions, 'output'>, value: unknown, text: () => string): void {
  process.stdout.write(`${output === 'json' ? json(value) : text()}\n`);
}

/** JSON in which nothing turns the writing of a terminal round: it is written as \u…, which is the same text. */
const json = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\p{Bidi_Control}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Rows under a heading, in columns as wide as their longest cell. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows.map((row) => row.map(oneLine))];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export { example } from './example.ts';
